import {
  type Api,
  answerProbe,
  createCors,
  createHotRoutes,
  createMetricsRoute,
  createProbes,
  loadApi,
  refuseMisframed,
  servedElsewhere,
} from "#api";
import { resendEvent } from "#delivery";
import {
  type Config,
  checkUrl,
  createGuard,
  isLoopback,
  newId,
  publicId,
  type RootLog,
  type Service,
  type Telemetry,
  type Tracing,
} from "#kernel";
import {
  createApplication,
  createAuthenticate,
  createConsoleSessions,
  findApplication,
  isReservedUid,
  recordAudit,
} from "#tenancy";
import { consoleOf } from "./console.ts";
import { USER_AGENT, VERSION } from "./engine.ts";
import type { Ground } from "./ground.ts";
import type { ProcessHealth } from "./health.ts";
import { instanceOf } from "./instance.ts";
import type { Roles } from "./roles.ts";
import { meteredRoads } from "./telemetry.ts";

export interface Http extends Service {
  /** Whether this process should be sent requests. */
  readonly isReady: () => boolean;
  readonly url: () => string;
  /** Finds or makes what the browser gets, before anybody asks. */
  prepareConsole(): void;
  /** From now on this process reports that it is not ready, and still answers. */
  leave(): void;
}

/** When nothing was answered for so long, whoever sends often has been told `Connection: close`; under a stream of new ones, waited no longer. */
const FAREWELL_QUIET_MS = 200;
const FAREWELL_MAX_MS = 2_000;

/** Whether a URL's path lies under /api/, without taking it apart. */
const isOfApi = (url: string): boolean => url.startsWith("/api/", url.indexOf("/", url.indexOf("://") + 3));

/** The HTTP server: the hot roads by hand, everything else through the API. */
export function httpService(
  config: Config,
  log: RootLog,
  onGround: () => Ground,
  onRoles: () => Roles,
  onTracing: () => Tracing | undefined,
  health: ProcessHealth,
  telemetry: Telemetry | undefined,
): Http {
  let server: Bun.Server<undefined> | undefined;
  let isLeaving = false;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const pages = consoleOf(config, log);

  return {
    name: "http",
    url: () => server?.url.href.replace(/\/$/, "") ?? "",
    prepareConsole: () => pages?.prepare(),
    isReady: () => server !== undefined && health.readiness().ready,
    leave: () => {
      isLeaving = true;
      health.leave();
    },
    start: async () => {
      const { apiToken, db, embedded, sealer } = onGround();
      const { applications, delivery, events, flowSecrets, ingest, intake, quota, tasks, tokens, flows, watch } =
        onRoles();
      // In development the database is ours alone and only this machine gets in: the console it serves may sign in by itself.
      // Whoever names a public URL lets others in, whatever the proxy says of them.
      const isPublic =
        config.publicUrl !== undefined && !isLoopback(new URL(config.publicUrl).hostname.replace(/^\[|\]$/g, ""));
      const consoleSessions =
        embedded !== undefined && config.console === "on" && isLoopback(config.listen.host) && !isPublic
          ? createConsoleSessions(Date.now)
          : undefined;
      const authenticate = createAuthenticate(apiToken, { stored: tokens, console: consoleSessions });
      const guard = createGuard({ allowNetworks: config.allowNetworks });
      const takesEvents = config.roles.has("api") || config.roles.has("ingest");
      const answersApi = async () =>
        (await loadApi()).createApi({
          db,
          sealer,
          log,
          authenticate,
          consoleSessions,
          onAccessChanged: () => tokens.changed(),
          onFlowSecretsChanged: () => flowSecrets.changed(),
          applications,
          checkUrl: (url) => checkUrl(url, { guard }),
          resend: resendEvent,
          onOwed: () => delivery.lookNow(),
          onTask: () => onRoles().jobs?.lookNow(),
          tasks: tasks && { queue: tasks, application: (asked) => applications.resolve(asked) },
          flows: {
            startRuns: flows.startRuns,
            startWithin: flows.startWithin,
            waitFor: flows.waitFor,
            compiled: flows.compiled,
            lookNow: flows.lookNow,
            watch: watch.watch,
            application: (asked) => applications.resolve(asked),
          },
          onSourcesChanged: () => ingest.sourcesChanged(),
          limits: { bodyBytesMax: config.bodyBytesMax, endpointsMax: config.endpointsMax },
          userAgent: USER_AGENT,
          version: VERSION,
          publicUrl: config.publicUrl,
          readiness: health.readiness,
          liveness: health.liveness,
          instance: instanceOf(config, log, embedded !== undefined, health.startedAt),
          nowMs: Date.now,
          instruments: telemetry && { telemetry, roles: [...config.roles], process: () => onRoles().membership.token },
        });
      let loaded: Promise<Api> | undefined;
      /** Loaded when somebody first asks for more than whether we live: a process that takes and delivers does without its 17 MB. */
      const load = () => {
        loaded ??= answersApi();
        loaded.catch(() => {
          loaded = undefined;
        });
        return loaded;
      };
      const api: Api = config.roles.has("api")
        ? async (request, at) => answerProbe(health, request) ?? (await load())(request, at)
        : createProbes(health);
      const hot = createHotRoutes({
        log: events,
        intake,
        authenticate,
        applications,
        createApplication: async (asked, text, { principal, request }) => {
          const fields = (await loadApi()).applicationFrom(text);
          // It is sent to `asked`, so that is its uid; another one would be an application that the next message misses.
          if (fields === undefined || isReservedUid(asked) || (fields.uid ?? asked) !== asked) return "not_this_one";
          return db.transaction(async (tx) => {
            const made = await createApplication(tx, { ...fields, uid: asked });
            if (made === "uid_taken") return findApplication(tx, asked);
            // Messages are not recorded, but this is more than a message.
            await recordAudit(tx, {
              actor: principal,
              operation: "v1.message.create",
              method: request.method,
              path: new URL(request.url).pathname,
              appId: made.id,
              target: publicId("app", made.id),
              status: 202,
              requestId: newId(),
              remoteAddress: server?.requestIP(request)?.address,
              detail: { body: { application: { name: made.name, uid: asked } } },
            });
            return made;
          });
        },
        quota,
        limits: config,
        dedupeWindowMs: config.dedupeWindowMs,
        retentionMs: config.retentionMs,
        tracing: onTracing(),
      });
      const leaving = (response: Response) => {
        answeredAt = performance.now();
        if (isLeaving) response.headers.set("connection", "close");
        return response;
      };
      const cors = createCors(config.corsOrigins);
      /** The API's answers may be read by pages of other origins; pages, metrics and received webhooks are no business of theirs. */
      const ofApi = (request: Request, response: Response) => {
        cors.allow(request, response);
        return leaving(response);
      };
      // Nobody reads a body of no length that can be trusted; the hot roads of the API look for themselves, as they read that header anyway.
      const answer = async (request: Request, at: Bun.Server<undefined>): Promise<Response> => {
        const misframed = refuseMisframed(request);
        if (misframed !== undefined) return isOfApi(request.url) ? ofApi(request, misframed) : leaving(misframed);
        if (!isOfApi(request.url)) return leaving((await pages?.answer(request)) ?? (await api(request, at)));
        return ofApi(request, cors.preflight(request) ?? (await api(request, at)));
      };
      const metered = meteredRoads(telemetry);
      const metrics = telemetry && createMetricsRoute(telemetry.registry, authenticate);
      server = Bun.serve({
        hostname: config.listen.host,
        port: config.listen.port,
        maxRequestBodySize: config.batchBytesMax + 1024 * 1024,
        idleTimeout: 60,
        routes: {
          "/api/v1/app/:app/msg": {
            POST: async (request) =>
              ofApi(
                request,
                await metered.message(() =>
                  takesEvents ? hot.createMessage(request, request.params.app) : servedElsewhere("api"),
                ),
              ),
          },
          "/api/v1/app/:app/msg/batch": {
            POST: async (request) =>
              ofApi(
                request,
                await metered.batch(() =>
                  takesEvents ? hot.createMessages(request, request.params.app) : servedElsewhere("api"),
                ),
              ),
          },
          "/in/:token": {
            POST: async (request, at) =>
              leaving(
                refuseMisframed(request) ??
                  (await metered.webhook(() =>
                    config.roles.has("ingest") ? ingest.receive(request, at) : servedElsewhere("ingest"),
                  )),
              ),
          },
          "/metrics": {
            GET: async (request, at) =>
              leaving(await (metrics === undefined ? api(request, at) : metrics(request, at))),
          },
        },
        fetch: answer,
        error: (error) => {
          const requestId = newId();
          log.error("request_failed", "Answering a request failed by a fault of our own.", { requestId, error });
          return Response.json(
            { code: "internal_error", detail: "Something failed that should not; the operator's log says what" },
            { status: 500, headers: { "Posthorn-Request-Id": requestId } },
          );
        },
      });
      log.info("listening", `Posthorn listens on ${server.url}`, { url: server.url.href });
    },
    drain: async (over) => {
      // A tail ends when it is told to and not before: the server would wait for it.
      telemetry?.tail.close();
      // Nor does a worker that waits for tasks.
      onRoles().tasks?.dismiss();
      isLeaving = true;
      health.leave();
      // Stopping closes the connections that look idle, among them those whose next request is on its way, and that request
      // would fail. So whoever keeps a connection is first told with an answer that it ends here.
      const untilMs = performance.now() + FAREWELL_MAX_MS;
      while (performance.now() < Math.min(untilMs, answeredAt + FAREWELL_QUIET_MS) && !over.aborted)
        await Bun.sleep(20);
      await server?.stop();
    },
    stop: async () => {
      pages?.stop();
      await server?.stop(true);
    },
  };
}
