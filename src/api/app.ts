import { Hono } from "hono";
import { DatabaseError, newId, parseTraceparent } from "#kernel";
import { definitionSchemaFile } from "#language";
import { createApprovalAnswer } from "./approve/answer.ts";
import { openConsoleSession } from "./http/console-session.ts";
import { replyToDatabaseError } from "./http/database-faults.ts";
import type { ApiDeps } from "./http/deps.ts";
import { quote, type Reply, refuse, toResponse } from "./http/reply.ts";
import { createServe } from "./http/serve.ts";
import { openApiDocument } from "./openapi.ts";
import { type Health, PROBE_PATHS, probe } from "./probes.ts";
import { referencePage } from "./reference/page.ts";
import { routes } from "./routes/index.ts";

/** Who is at the other end of a connection: the server itself knows. */
export interface Client {
  requestIP(request: Request): { readonly address: string } | null;
}

/** What is known of a request besides itself. */
interface Origin {
  readonly requestId: string;
  readonly remoteAddress: string | undefined;
  /** The template of the operation, once it is found. */
  template?: string;
}

export type Api = (request: Request, client?: Client) => Response | Promise<Response>;

export const REQUEST_ID_HEADER = "Posthorn-Request-Id";

/** The HTTP API, all but the two roads of events (hot.ts) and of received webhooks. */
export function createApi(deps: ApiDeps): Api {
  const app = new Hono<{ Bindings: Origin }>({ strict: false });
  // Made when somebody first wants to read them: most processes are never asked.
  let document: string | undefined;
  let page: Reply | undefined;
  let schema: string | undefined;

  app.get("/api/v1/health", () => new Response(null, { status: 204 }));
  const health: Health = {
    readiness: deps.readiness,
    liveness: deps.liveness ?? (() => ({ alive: true, reasons: [] })),
    startedAt: deps.instance?.startedAt ?? new Date(deps.nowMs()),
  };
  for (const path of PROBE_PATHS) app.get(path, () => probe(health, path));
  app.get("/api/v1/openapi.json", () => {
    document ??= JSON.stringify(openApiDocument(deps.version));
    return toResponse({ status: 200, body: document, headers: { "Cache-Control": "no-cache" } });
  });
  app.get("/docs", () => {
    page ??= referencePage(openApiDocument(deps.version));
    return toResponse(page);
  });
  app.post("/console/session", ({ req, env }) =>
    toResponse(openConsoleSession(deps.consoleSessions, req.raw, env.remoteAddress) ?? unknown(req.method, req.path)),
  );
  app.get("/api/v1/flow.schema.json", () => {
    schema ??= definitionSchemaFile();
    // Editors load it from wherever they are.
    const headers = { "Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*" };
    return toResponse({ status: 200, body: schema, contentType: "application/schema+json", headers });
  });
  const approve = createApprovalAnswer(deps);
  app.on(["GET", "POST"], "/approve/:token", async ({ req, env }) => {
    env.template = "/approve/{token}";
    return toResponse(await approve({ request: req.raw, token: req.param("token"), ...env }));
  });
  const serve = createServe(deps);
  for (const route of routes) {
    app.on(route.method.toUpperCase(), route.path.replace(/\{(\w+)\}/g, ":$1"), async ({ req, env }) => {
      env.template = route.path;
      return toResponse(await serve(route, { request: req.raw, params: req.param(), ...env }));
    });
  }
  app.notFound((context) => toResponse(unknown(context.req.method, context.req.path)));
  app.onError((error, context) => toResponse(failed(deps, error, context.req, context.env)));

  return async (request, client) => {
    const id = newId();
    const beganAt = performance.now();
    const origin: Origin = { requestId: id, remoteAddress: client?.requestIP(request)?.address };
    const response = await app.fetch(request, origin);
    deps.instruments?.telemetry
      .http(METHODS.has(request.method) ? request.method : "OTHER", origin.template ?? "unmatched")
      .ended(response.status, (performance.now() - beganAt) / 1_000);
    response.headers.set(REQUEST_ID_HEADER, id);
    if (response.status >= 500) {
      const path = new URL(request.url).pathname;
      deps.log.limited(
        `api:${response.status}`,
        "warn",
        "api_answered_5xx",
        `${request.method} ${path} was answered ${response.status}.`,
        { requestId: id, trace_id: parseTraceparent(request.headers.get("traceparent"))?.traceId },
      );
    }
    return response;
  };
}

/** A stranger may name a method as he likes. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const patterns = [
  ...routes.map(({ method, path }) => ({ method: method.toUpperCase(), path })),
  ...["/api/v1/health", ...PROBE_PATHS, "/api/v1/openapi.json", "/api/v1/flow.schema.json", "/docs"].map((path) => ({
    method: "GET",
    path,
  })),
].map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}/?$`) }));

/** No operation: because the path is none, or because it has others. */
function unknown(method: string, path: string): Reply {
  const methods = [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map((known) => known.method))];
  if (methods.length === 0) return refuse(404, "no_such_route", `There is no operation at ${quote(path)}`);
  if (methods.includes("GET")) methods.push("HEAD");
  const allow = methods.join(", ");
  return refuse(405, "method_not_allowed", `${quote(path)} knows ${allow}, not ${quote(method)}`, { Allow: allow });
}

function failed(deps: ApiDeps, error: Error, { method, path }: { method: string; path: string }, at: Origin): Reply {
  const reply = error instanceof DatabaseError ? replyToDatabaseError(error) : undefined;
  if (reply !== undefined) return reply;
  deps.log.error("api_failed", `Answering ${method} ${path} failed by a fault of our own.`, {
    requestId: at.requestId,
    error,
  });
  return refuse(500, "internal_error", "Something failed that should not; the operator's log says what");
}
