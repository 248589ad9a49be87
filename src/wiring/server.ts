import { createHotRoutes, createProbes, loadApi, type Readiness, servedElsewhere } from "#api";
import { resendEvent } from "#delivery";
import { type Config, checkUrl, createGuard, type RootLog, type Service } from "#kernel";
import { createApplication, createAuthenticate, findApplication, isReservedUid } from "#tenancy";
import { USER_AGENT, VERSION } from "./engine.ts";
import type { Ground } from "./ground.ts";
import type { Roles } from "./roles.ts";

export interface Http extends Service {
  readonly url: () => string;
  /** From now on this process reports that it is not ready, and still answers. */
  leave(): void;
}

/** When nothing was answered for so long, whoever sends often has been told `Connection: close`; under a stream of new ones, waited no longer. */
const FAREWELL_QUIET_MS = 200;
const FAREWELL_MAX_MS = 2_000;

/** The HTTP server: the hot roads by hand, everything else through the API. */
export function httpService(config: Config, log: RootLog, onGround: () => Ground, onRoles: () => Roles): Http {
  let server: Bun.Server<undefined> | undefined;
  let isLeaving = false;
  let answeredAt = Number.NEGATIVE_INFINITY;

  function readiness(): Readiness {
    const reasons: { code: string; detail: string }[] = [];
    if (isLeaving) reasons.push({ code: "draining", detail: "This process is shutting down." });
    const refusal = onRoles().intake.refusal();
    if (refusal !== undefined) reasons.push({ code: refusal.code, detail: refusal.detail });
    return { ready: reasons.length === 0, reasons };
  }

  return {
    name: "http",
    url: () => server?.url.href.replace(/\/$/, "") ?? "",
    leave: () => {
      isLeaving = true;
    },
    start: async () => {
      const { apiToken, db, sealer } = onGround();
      const { applications, delivery, events, ingest, intake, quota } = onRoles();
      const authenticate = createAuthenticate(apiToken);
      const guard = createGuard({ allowNetworks: config.allowNetworks });
      const takesEvents = config.roles.has("api") || config.roles.has("ingest");
      const answersApi = async () =>
        (await loadApi()).createApi({
          db,
          sealer,
          log,
          authenticate,
          applications,
          checkUrl: (url) => checkUrl(url, { guard }),
          resend: resendEvent,
          onOwed: () => delivery.lookNow(),
          onSourcesChanged: () => ingest.sourcesChanged(),
          limits: { bodyBytesMax: config.bodyBytesMax, endpointsMax: config.endpointsMax },
          userAgent: USER_AGENT,
          version: VERSION,
          publicUrl: config.publicUrl,
          readiness,
          nowMs: Date.now,
        });
      const api = config.roles.has("api") ? await answersApi() : createProbes(readiness);
      const hot = createHotRoutes({
        log: events,
        intake,
        authenticate,
        applications,
        createApplication: async (asked, text) => {
          const fields = (await loadApi()).applicationFrom(text);
          // It is sent to `asked`, so that is its uid; another one would be an application that the next message misses.
          if (fields === undefined || isReservedUid(asked) || (fields.uid ?? asked) !== asked) return "not_this_one";
          const made = await createApplication(db, { ...fields, uid: asked });
          return made === "uid_taken" ? findApplication(db, asked) : made;
        },
        quota,
        limits: config,
        dedupeWindowMs: config.dedupeWindowMs,
        retentionMs: config.retentionMs,
      });
      const leaving = (response: Response) => {
        answeredAt = performance.now();
        if (isLeaving) response.headers.set("connection", "close");
        return response;
      };
      server = Bun.serve({
        hostname: config.listen.host,
        port: config.listen.port,
        maxRequestBodySize: config.batchBytesMax + 1024 * 1024,
        idleTimeout: 60,
        routes: {
          "/api/v1/app/:app/msg": {
            POST: async (request) =>
              leaving(takesEvents ? await hot.createMessage(request, request.params.app) : servedElsewhere("api")),
          },
          "/api/v1/app/:app/msg/batch": {
            POST: async (request) =>
              leaving(takesEvents ? await hot.createMessages(request, request.params.app) : servedElsewhere("api")),
          },
          "/in/:token": {
            POST: async (request, at) =>
              leaving(config.roles.has("ingest") ? await ingest.receive(request, at) : servedElsewhere("ingest")),
          },
        },
        fetch: async (request) => leaving(await api(request)),
        error: (error) => {
          log.error("request_failed", "Answering a request failed by a fault of our own.", { error });
          return Response.json(
            { code: "internal_error", detail: "Something failed that should not; the operator's log says what" },
            { status: 500 },
          );
        },
      });
      log.info("listening", `Posthorn listens on ${server.url}`, { url: server.url.href });
    },
    drain: async (over) => {
      isLeaving = true;
      // Stopping closes the connections that look idle, among them those whose next request is on its way, and that request
      // would fail. So whoever keeps a connection is first told with an answer that it ends here.
      const untilMs = performance.now() + FAREWELL_MAX_MS;
      while (performance.now() < Math.min(untilMs, answeredAt + FAREWELL_QUIET_MS) && !over.aborted)
        await Bun.sleep(20);
      await server?.stop();
    },
    stop: async () => {
      await server?.stop(true);
    },
  };
}
