import { Hono } from "hono";
import { DatabaseError, newId } from "#kernel";
import { isIdempotencyKey } from "#tenancy";
import { replyToDatabaseError } from "./http/database-faults.ts";
import type { ApiDeps, Scope } from "./http/deps.ts";
import { createGate, type Gate } from "./http/gate.ts";
import type { Route } from "./http/operation.ts";
import { readBody } from "./http/read-body.ts";
import { invalid, json, quote, type Reply, refuse, toResponse } from "./http/reply.ts";
import { unitOfWork } from "./http/unit-of-work.ts";
import { openApiDocument } from "./openapi.ts";
import { referencePage } from "./reference/page.ts";
import { routes } from "./routes/index.ts";

export type Api = (request: Request) => Response | Promise<Response>;

export const REQUEST_ID_HEADER = "Posthorn-Request-Id";

const UNAUTHENTICATED = {
  missing: "There is no Authorization header; it should be: Bearer <token>",
  not_bearer: "The Authorization header is not a bearer token; it should be: Bearer <token>",
  wrong: "The token is not known here",
} as const;

const BODY_BYTES_MIN = 64 * 1024;
/** Connections of the pool (six by default) that reads and changes may hold; the rest is for the road of events. */
const READS_AT_ONCE = 2;
const CHANGES_AT_ONCE = 2;
const WAITING_MAX = 200;

/** The HTTP API, all but the two roads of events (hot.ts) and of received webhooks. */
export function createApi(deps: ApiDeps): Api {
  const app = new Hono({ strict: false });
  // Made when somebody first wants to read them: most processes are never asked.
  let document: string | undefined;
  let page: Reply | undefined;

  app.get("/api/v1/health", () => new Response(null, { status: 204 }));
  app.get("/livez", () => toResponse(json(200, { alive: true })));
  app.get("/readyz", () => {
    const readiness = deps.readiness();
    return toResponse(json(readiness.ready ? 200 : 503, readiness));
  });
  app.get("/api/v1/openapi.json", () => {
    document ??= JSON.stringify(openApiDocument(deps.version));
    return toResponse({ status: 200, body: document, headers: { "Cache-Control": "no-cache" } });
  });
  app.get("/docs", () => {
    page ??= referencePage(openApiDocument(deps.version));
    return toResponse(page);
  });
  const reads = createGate(READS_AT_ONCE, WAITING_MAX);
  const changes = createGate(CHANGES_AT_ONCE, WAITING_MAX);
  for (const route of routes) {
    const gate = route.changes ? changes : reads;
    app.on(route.method.toUpperCase(), route.path.replace(/\{(\w+)\}/g, ":$1"), async (context) =>
      toResponse(await serve(deps, gate, route, context.req.raw, context.req.param())),
    );
  }
  app.notFound((context) => toResponse(unknown(context.req.method, context.req.path)));
  app.onError((error, context) => toResponse(failed(deps, error, context.req.method, context.req.path)));

  return async (request) => {
    const id = newId();
    const response = await app.fetch(request);
    response.headers.set(REQUEST_ID_HEADER, id);
    if (response.status >= 500) {
      const path = new URL(request.url).pathname;
      deps.log.limited(
        `api:${response.status}`,
        "warn",
        "api_answered_5xx",
        `${request.method} ${path} was answered ${response.status}.`,
        { requestId: id },
      );
    }
    return response;
  };
}

async function serve(
  deps: ApiDeps,
  gate: Gate,
  route: Route,
  request: Request,
  params: Record<string, string>,
): Promise<Reply> {
  const authentication = deps.authenticate(request);
  if (!authentication.ok) {
    const headers = { "WWW-Authenticate": "Bearer" };
    return refuse(401, "authentication_failed", UNAUTHENTICATED[authentication.reason], headers);
  }
  if (route.prepare === undefined) {
    return refuse(503, "served_elsewhere", "This process does not take messages; ask one with the role ingest");
  }
  const bytesMax = Math.max(deps.limits.bodyBytesMax, BODY_BYTES_MIN);
  const body = await readBody(request, bytesMax);
  if (body === undefined) return refuse(413, "body_too_large", `The body has more than ${bytesMax} bytes`);
  const url = new URL(request.url);
  const prepared = route.prepare({ params, search: url.searchParams, body });
  if ("faults" in prepared) return invalid(...prepared.faults);
  const scope = (q: Scope["q"], afterCommit: Scope["afterCommit"]): Scope => ({
    q,
    deps,
    principal: authentication.principal,
    origin: url.origin,
    afterCommit,
  });
  if (!route.changes) return (await gate.pass(() => prepared.run(scope(deps.db, (then) => then())))) ?? overloaded();

  const key = route.method === "post" ? request.headers.get("idempotency-key") : null;
  if (key !== null && !isIdempotencyKey(key)) {
    return invalid({
      loc: ["header", "idempotency-key"],
      msg: `${quote(key)} should be 1 to 256 printable ASCII characters`,
      type: "value_error",
    });
  }
  const idempotent =
    key === null
      ? undefined
      : {
          principal: authentication.principal.id,
          method: "POST",
          path: url.pathname,
          query: url.search,
          key,
          body,
          twinWaitMs: deps.twinWaitMs,
        };
  const work = () => unitOfWork(deps.db, idempotent, (tx, afterCommit) => prepared.run(scope(tx, afterCommit)));
  return (await gate.pass(work)) ?? overloaded();
}

function overloaded(): Reply {
  return refuse(503, "overloaded", `More than ${WAITING_MAX} requests wait already; nothing was done`, {
    "Retry-After": "1",
  });
}

const patterns = [
  ...routes.map(({ method, path }) => ({ method: method.toUpperCase(), path })),
  ...["/api/v1/health", "/livez", "/readyz", "/api/v1/openapi.json", "/docs"].map((path) => ({ method: "GET", path })),
].map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}/?$`) }));

/** No operation: because the path is none, or because it has others. */
function unknown(method: string, path: string): Reply {
  const methods = [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map((known) => known.method))];
  if (methods.length === 0) return refuse(404, "no_such_route", `There is no operation at ${quote(path)}`);
  if (methods.includes("GET")) methods.push("HEAD");
  const allow = methods.join(", ");
  return refuse(405, "method_not_allowed", `${quote(path)} knows ${allow}, not ${quote(method)}`, { Allow: allow });
}

function failed(deps: ApiDeps, error: Error, method: string, path: string): Reply {
  const reply = error instanceof DatabaseError ? replyToDatabaseError(error) : undefined;
  if (reply !== undefined) return reply;
  deps.log.error("api_failed", `Answering ${method} ${path} failed by a fault of our own.`, { error });
  return refuse(500, "internal_error", "Something failed that should not; the operator's log says what");
}
