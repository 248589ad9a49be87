import { findApplication, isIdempotencyKey, permits } from "#tenancy";
import { createAuditTrail, type Deed } from "./audit-trail.ts";
import { authorize, unauthenticated } from "./authorize.ts";
import { announcedLength, lengthInvalid } from "./content-length.ts";
import type { ApiDeps, Scope } from "./deps.ts";
import { createGate } from "./gate.ts";
import { createLargeBodies } from "./large-bodies.ts";
import type { Route } from "./operation.ts";
import { readBody } from "./read-body.ts";
import { invalid, quote, type Reply, refuse } from "./reply.ts";
import { unitOfWork } from "./unit-of-work.ts";
import { whileAllowed } from "./while-allowed.ts";

/** A request on its way to an operation. */
export interface Incoming {
  readonly request: Request;
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly remoteAddress: string | undefined;
}

export type Serve = (route: Route, incoming: Incoming) => Promise<Reply>;

const BODY_BYTES_MIN = 64 * 1024;
/** Connections of the pool (six by default) that reads and changes may hold; the rest is for the road of events. */
const READS_AT_ONCE = 2;
const CHANGES_AT_ONCE = 2;
const WAITING_MAX = 200;
const NOTHING = new Uint8Array(0);
/** Bodies of the operations that take large ones, from what they announce to the end of the deed. */
const LARGE_BODIES_BYTES_MAX = 64 * 1024 * 1024;
/** Not counted among them. */
const SMALL_BODY_BYTES = 64 * 1024;

/**
 * What happens to every request for an operation, in this order: who asks (401), whether he may, and in this application
 * (403, 404), the body (413), what it says (422), then the deed. So nobody learns from a 422 what he may not touch.
 */
export function createServe(deps: ApiDeps): Serve {
  const reads = createGate(READS_AT_ONCE, WAITING_MAX);
  const changes = createGate(CHANGES_AT_ONCE, WAITING_MAX);
  const bodies = createLargeBodies(LARGE_BODIES_BYTES_MAX, SMALL_BODY_BYTES);
  const audit = createAuditTrail({ db: deps.db, log: deps.log, monotonic: performance.now.bind(performance) });

  return async (route, incoming) => {
    const { request } = incoming;
    const url = new URL(request.url);
    const deed: Deed = { route, principal: undefined, url, body: NOTHING, ...incoming };
    const refused = (who: Deed, reply: Reply): Reply => {
      if (route.audited && reply.status < 500) audit.refused(who, reply);
      return reply;
    };

    const authentication = await deps.authenticate(request);
    if (!authentication.ok) return refused(deed, unauthenticated(authentication.reason));
    const { principal } = authentication;
    const known = { ...deed, principal };

    let mayLook = true;
    const applicationOf = async (uid: string) => {
      const looking = reads.pass(() => findApplication(deps.db, uid));
      mayLook = looking !== undefined;
      return (await looking)?.id;
    };
    const decision = await authorize(principal, route, incoming.params, applicationOf);
    if (!mayLook) return overloaded();
    if (!decision.ok) return refused(known, decision.reply);
    const { params } = decision;

    if (route.prepare === undefined) {
      return refuse(503, "served_elsewhere", "This process does not take messages; ask one with the role ingest");
    }
    const bytesMax = route.bodyBytesMax ?? Math.max(deps.limits.bodyBytesMax, BODY_BYTES_MIN);
    const announced = announcedLength(request);
    if (announced === "invalid") return lengthInvalid();
    // One of unknown length counts as it comes; one that is too long is refused below.
    const expected = Math.min(announced ?? 0, bytesMax);
    const owner = params["app_id"] ?? principal.appId ?? principal.id;
    using held = route.bodyBytesMax === undefined ? null : (bodies.hold(owner, expected) ?? null);
    if (route.bodyBytesMax !== undefined && held === null) return tooManyBodies();
    const body = await readBody(request, bytesMax, (bytes) => held?.resize(bytes) ?? true);
    if (body === "no_room") return tooManyBodies();
    if (body === undefined) return refuse(413, "body_too_large", `The body has more than ${bytesMax} bytes`);
    held?.resize(body.length);
    const prepared = route.prepare({ params, search: url.searchParams, body });
    if ("faults" in prepared) return invalid(...prepared.faults);

    const key = route.method === "post" ? request.headers.get("idempotency-key") : null;
    if (key !== null && !isIdempotencyKey(key)) {
      return invalid({
        loc: ["header", "idempotency-key"],
        msg: `${quote(key)} should be 1 to 256 printable ASCII characters`,
        type: "value_error",
      });
    }
    const stillAllowed = async () => {
      const again = await deps.authenticate(request);
      return again.ok && again.principal.id === principal.id && permits(again.principal.permissions, route.access);
    };
    const run = async (q: Scope["q"], afterCommit: Scope["afterCommit"]): Promise<Reply> => {
      let appId: string | undefined;
      const about = (id: string) => {
        appId = id;
      };
      const reply = await prepared.run({
        q,
        deps,
        principal,
        origin: url.origin,
        about,
        afterCommit,
        gone: request.signal,
        ...(key !== null && !route.changes && { idempotencyKey: key }),
      });
      if (route.audited && reply.status < 400) await audit.record(q, { ...known, params, body }, reply, appId);
      // What comes afterwards may wait long, and counts for itself what it keeps.
      held?.[Symbol.dispose]();
      return reply;
    };
    const isKeyed = request.headers.has("idempotency-key");
    if (route.direct === "always" || (route.direct === "without_key" && !isKeyed)) {
      const scope = { deps, principal, origin: url.origin, about: () => undefined, afterCommit: runNow };
      return await prepared.run({ ...scope, q: deps.db, direct: true, gone: request.signal });
    }
    if (!route.changes) {
      const reply = (await reads.pass(() => run(deps.db, (then) => then()))) ?? overloaded();
      // Not awaited: who waits here would keep the body meanwhile, counted by nobody.
      if (reply.afterwards !== undefined) return finished(reply);
      if (reply.stream === undefined) return reply;
      if (request.method !== "HEAD") return { ...reply, stream: whileAllowed(reply.stream, stillAllowed) };
      // Nobody reads the answer to a HEAD, and so nobody would end it.
      await reply.stream.cancel();
      return { status: reply.status, headers: { ...reply.headers, "Content-Type": reply.contentType ?? "" } };
    }

    const idempotent =
      key === null
        ? undefined
        : {
            principal: principal.id,
            method: "POST",
            path: url.pathname,
            query: url.search,
            key,
            body,
            twinWaitMs: deps.twinWaitMs,
            sealer: route.answersSecret ? deps.sealer : undefined,
          };
    return finished((await changes.pass(() => unitOfWork(deps.db, idempotent, run))) ?? overloaded());
  };
}

function finished(reply: Reply): Reply | Promise<Reply> {
  return reply.afterwards === undefined || reply.status >= 400 ? reply : reply.afterwards();
}

const runNow = (then: () => void): void => then();

function tooManyBodies(): Reply {
  return refuse(503, "overloaded", "More large bodies are under way than this process may hold; nothing was done", {
    "Retry-After": "1",
  });
}

function overloaded(): Reply {
  return refuse(503, "overloaded", `More than ${WAITING_MAX} requests wait already; nothing was done`, {
    "Retry-After": "1",
  });
}
