import { DatabaseError, type Db, type Log, parsePublicId, type Queryable } from "#kernel";
import { type Principal, recordAudit, STRANGER } from "#tenancy";
import { masked } from "./masked.ts";
import type { Route } from "./operation.ts";
import type { Reply } from "./reply.ts";

/** A request as the record wants it. */
export interface Deed {
  readonly route: Pick<Route, "operationId" | "method">;
  /** Undefined: nobody known. */
  readonly principal: Principal | undefined;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly remoteAddress: string | undefined;
}

export interface AuditTrail {
  /** Adds a deed, in the transaction that does it. `appId`: the application it turned out to be about. */
  record(q: Queryable, deed: Deed, reply: Reply, appId: string | undefined): Promise<void>;
  /** Adds an attempt that was refused, a moment later; of many by the same actor only some. */
  refused(deed: Deed, reply: Reply): void;
}

/** Refused attempts of one actor that are recorded at once; after those one a minute, with the number of those left out. */
const REFUSALS_AT_ONCE = 60;
const REFUSAL_EVERY_MS = 60_000;
const ACTORS_MAX = 1_000;
const WAITING_MAX = 100;
const ANSWER_BYTES_MAX = 64 * 1024;

interface Allowance {
  left: number;
  atMs: number;
  suppressed: number;
}

export function createAuditTrail(options: {
  readonly db: Pick<Db, "query">;
  readonly log: Log;
  readonly monotonic: () => number;
}): AuditTrail {
  const { db, log, monotonic } = options;
  const allowances = new Map<string, Allowance>();
  const waiting: (() => Promise<void>)[] = [];
  let writing = false;

  /** How many of the actor's were left out since the last that was recorded; undefined: this one is left out too. */
  function allow(actor: string): number | undefined {
    const nowMs = monotonic();
    let allowance = allowances.get(actor);
    if (allowance === undefined) {
      allowance = { left: REFUSALS_AT_ONCE, atMs: nowMs, suppressed: 0 };
      allowances.set(actor, allowance);
      if (allowances.size > ACTORS_MAX) for (const oldest of allowances.keys().take(1)) allowances.delete(oldest);
    }
    allowance.left = Math.min(REFUSALS_AT_ONCE, allowance.left + (nowMs - allowance.atMs) / REFUSAL_EVERY_MS);
    allowance.atMs = nowMs;
    if (allowance.left < 1 || waiting.length >= WAITING_MAX) {
      allowance.suppressed++;
      return undefined;
    }
    allowance.left--;
    const { suppressed } = allowance;
    allowance.suppressed = 0;
    return suppressed;
  }

  async function writeAll(): Promise<void> {
    writing = true;
    for (let write = waiting.shift(); write !== undefined; write = waiting.shift()) {
      try {
        await write();
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        log.limited("audit_refusal", "warn", "audit_refusal_lost", "A refused attempt was not recorded.", { error });
      }
    }
    writing = false;
  }

  return {
    record: (q, deed, reply, appId) =>
      recordAudit(q, entryOf(deed, reply, appId, masked(deed.url.searchParams, deed.body))),
    refused(deed, reply) {
      const suppressed = allow(deed.principal?.id ?? STRANGER.id);
      if (suppressed === undefined) return;
      const detail = suppressed === 0 ? {} : { suppressed };
      // What the path names is none of the actor's: it is not looked up.
      waiting.push(() =>
        recordAudit(db, { ...entryOf(deed, reply, deed.principal?.appId, detail), appName: undefined }),
      );
      if (!writing) void writeAll();
    },
  };
}

function entryOf(deed: Deed, reply: Reply, appId: string | undefined, detail: Readonly<Record<string, unknown>>) {
  const { route, principal, params } = deed;
  const asked = params["app_id"];
  const answered = answeredId(reply);
  const named = Object.entries(params)
    .filter(([name]) => name !== "app_id")
    .at(-1)?.[1];
  const target = answered ?? named ?? asked;
  return {
    actor: principal ?? STRANGER,
    operation: route.operationId,
    method: route.method.toUpperCase(),
    path: deed.url.pathname,
    appId:
      appId ??
      principal?.appId ??
      (asked === undefined ? undefined : parsePublicId("app", asked)) ??
      (answered === undefined ? undefined : parsePublicId("app", answered)),
    appName: asked,
    target,
    status: reply.status,
    requestId: deed.requestId,
    remoteAddress: deed.remoteAddress,
    detail,
  };
}

/** The id of what was made or changed, as the answer tells it. */
function answeredId(reply: Reply): string | undefined {
  if (typeof reply.body !== "string" || reply.status >= 400 || reply.body.length > ANSWER_BYTES_MAX) return undefined;
  const answer: unknown = JSON.parse(reply.body);
  if (typeof answer !== "object" || answer === null || !("id" in answer)) return undefined;
  return typeof answer.id === "string" ? answer.id : undefined;
}
