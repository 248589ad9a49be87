import { hostname } from "node:os";
import { resolve } from "node:path";
import { createHotRoutes, createProbes, loadApi, type Readiness, servedElsewhere } from "#api";
import { runCli } from "#cli";
import {
  createDelivery,
  type DeliveryRole,
  deliveryChores,
  ensureDeliveryPartitions,
  isOwed,
  loadEndpoints,
  resealHeaders,
  resealSecrets,
  resendEvent,
  stopEndpoint,
} from "#delivery";
import { createEventLog, type EventLog, ensureEventPartitions, eventChores, readPayloads } from "#events";
import { createIngest, type Ingest, type QuotaRefusal, resealSources } from "#ingest";
import {
  type Config,
  checkUrl,
  createGuard,
  createIntake,
  createLog,
  createMembership,
  createOutbound,
  createSealer,
  DatabaseError,
  type Db,
  type EmbeddedPostgres,
  generateApiToken,
  generatedSecret,
  generateMasterKey,
  type Intake,
  isPooled,
  type Membership,
  migrate,
  type Outbound,
  openDb,
  parseMasterKeys,
  publicId,
  type RootLog,
  runChores,
  runServices,
  type Sealer,
  type Service,
  startEmbeddedPostgres,
  watchParent,
} from "#kernel";
import {
  type ApplicationResolver,
  createApplication,
  createApplicationResolver,
  createAuthenticate,
  createQuota,
  findApplication,
  isReservedUid,
  liveApplications,
  removeExpiredAnswers,
  type TakeQuota,
} from "#tenancy";
import engine from "../package.json" with { type: "json" };

const USER_AGENT = `Posthorn/${engine.version}`;
const MIGRATIONS = resolve(import.meta.dir, "../migrations");

/** What the engine stands on: known once the database answers. */
interface Ground {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly apiToken: string;
  readonly embedded: EmbeddedPostgres | undefined;
}

interface Roles {
  readonly membership: Membership;
  readonly outbound: Outbound;
  readonly delivery: DeliveryRole;
  readonly events: EventLog;
  readonly ingest: Ingest;
  readonly intake: Intake;
  readonly applications: ApplicationResolver;
  readonly quota: TakeQuota;
  readonly chores: { stop(): Promise<void> };
}

/** The database and the secrets: embedded and generated in development, given where DATABASE_URL is. */
function groundService(config: Config, log: RootLog): Service & { ground(): Ground } {
  let ground: Ground | undefined;
  return {
    name: "database",
    ground: () => {
      if (ground === undefined) throw new Error("The database is not open yet.");
      return ground;
    },
    start: async () => {
      const embedded =
        config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir, log }) : undefined;
      const url = config.databaseUrl?.reveal() ?? embedded?.url ?? "";
      const applied = await migrate(url, MIGRATIONS);
      if (applied.length > 0) log.info("schema_migrated", `Applied ${applied.join(", ")}.`, { applied });
      const apiToken =
        config.apiToken?.reveal() ?? (await generatedSecret(config.dataDir, "api-token", generateApiToken));
      const keyText =
        config.masterKeys?.map((key) => key.reveal()).join(",") ??
        (await generatedSecret(config.dataDir, "master-key", generateMasterKey));
      const keys = parseMasterKeys(keyText);
      if (!keys.ok) throw new Error(`The master key cannot be used: ${keys.message}`);
      const pooled = embedded === undefined && (await isPooled(url));
      if (pooled)
        log.info("database_pooled", "DATABASE_URL leads to a pooler in transaction mode: statements are sent unnamed.");
      const db = openDb({ url, poolMax: config.databasePool, pooled });
      ground = { db, sealer: createSealer(keys.keys), apiToken, embedded };
    },
    stop: async () => {
      await ground?.db.close();
      await ground?.embedded?.stop();
    },
  };
}

/**
 * Partitions stand ready days ahead. At the start a reader that holds their table (a dump in the night) may keep us from
 * adding the next: then today's is there already, and upkeep adds the rest later. On a new database nobody reads.
 */
async function preparePartitions(db: Db, log: RootLog, nowMs: number): Promise<void> {
  try {
    await ensureEventPartitions(db, nowMs);
    await ensureDeliveryPartitions(db, nowMs);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.fault !== "contention") throw error;
    log.warn("partitions_later", "A long reader keeps new partitions from being added; upkeep tries again.", { error });
  }
}

/** Everything that works on the log, whichever roles this process plays: every process plans, some also send. */
function rolesService(config: Config, log: RootLog, onGround: () => Ground): Service & { roles(): Roles } {
  let roles: Roles | undefined;
  const now = Date.now;
  const monotonic = performance.now.bind(performance);

  async function start(): Promise<Roles> {
    const { db, sealer, embedded } = onGround();
    await preparePartitions(db, log, now());
    const exclusive = embedded !== undefined;
    const membership = createMembership({
      db,
      name: `${hostname()}:${process.pid}`,
      roles: [...config.roles],
      version: engine.version,
      exclusive,
      monotonic,
      onError: (error) =>
        log.limited("pulse_failed", "warn", "pulse_failed", "The database did not take this process's heartbeat.", {
          error,
        }),
    });
    const outbound = createOutbound({ guard: createGuard({ allowNetworks: config.allowNetworks }) });
    const delivery = createDelivery({
      db,
      membership,
      outbound,
      log,
      limits: {
        inFlightMax: config.inFlightMax,
        endpointConcurrency: config.endpointConcurrency,
        heldMax: config.queueEventsMax,
        heldBytesMax: config.queueBytesMax,
      },
      timeoutMs: config.deliveryTimeoutMs,
      responseBytesMax: config.responseBytesMax,
      userAgent: USER_AGENT,
      sends: config.roles.has("delivery"),
      exclusive,
      loadEndpoints: (tx, appIds) =>
        loadEndpoints(tx, sealer, appIds, (endpoint, error) =>
          log.limited(
            `endpoint_sealed:${endpoint}`,
            "error",
            "endpoint_sealed",
            "The secrets of an endpoint cannot be opened; nothing is signed for it.",
            { endpoint, error },
          ),
        ),
      stopEndpoint: (tx, endpoint, mode, reason) => stopEndpoint(tx, sealer, endpoint, mode, reason),
      throttles: async (q, appIds) =>
        new Map([...(await liveApplications(q, appIds))].map(([id, app]) => [id, app.throttleRate ?? undefined])),
      readPayloads,
      now,
      monotonic,
      random: Math.random,
    });
    const events = createEventLog({ db, planners: [delivery.planner], liveApplications });
    const intake = createIntake({
      db,
      pending: () => ({ events: events.pending, bytes: events.pendingBytes }),
      eventsMax: config.queueEventsMax,
      bytesMax: config.queueBytesMax,
      ...(exclusive &&
        config.diskFreeBytesMin > 0 && { disk: { folder: config.dataDir, freeBytesMin: config.diskFreeBytesMin } }),
    });
    const applications = createApplicationResolver({ q: db });
    const quota = createQuota({
      eventsPerSecond: config.eventsPerSecond,
      processes: () => membership.alive("api"),
      monotonic,
    });
    const admit = async (appId: string, payloadBytes: number): Promise<QuotaRefusal | undefined> => {
      const application = await applications.resolve(publicId("app", appId));
      if (application === undefined) return undefined; // Gone a moment ago: the append says so.
      const bytesMax = application.quotas.payloadBytesMax ?? Number.POSITIVE_INFINITY;
      if (payloadBytes > bytesMax) {
        return {
          kind: "too_large",
          detail: `The body has ${payloadBytes} bytes; the application may send ${bytesMax}`,
        };
      }
      const waitMs = quota(application, 1);
      return waitMs === 0
        ? undefined
        : {
            kind: "not_now",
            detail: "The application is over its quota of events per second",
            retryAfterSeconds: Math.ceil(waitMs / 1_000),
          };
    };
    const ingest = createIngest({
      db,
      sealer,
      log,
      events,
      bodyBytesMax: config.bodyBytesMax,
      dedupeWindowMs: config.dedupeWindowMs,
      intake,
      admit,
    });
    await membership.start();
    delivery.start();
    const upkeep = { db, log, now, retentionMs: config.retentionMs };
    const chores = runChores(
      [
        { name: "disk", everyMs: 2_000, run: () => intake.measure() },
        ...(config.roles.has("upkeep")
          ? [
              ...eventChores({ ...upkeep, needed: (partition) => isOwed(db, partition) }),
              {
                name: "expired_answers",
                everyMs: 60_000,
                run: () => forgetAnswers(db),
              },
              { name: "reseal", everyMs: 3_600_000, run: () => reseal(db, sealer, log) },
              ...deliveryChores({ ...upkeep, heldMax: config.heldMax, heldForMs: config.heldForMs }),
            ]
          : []),
      ],
      { log, monotonic },
    );
    return { membership, outbound, delivery, events, ingest, intake, applications, quota, chores };
  }

  return {
    name: "roles",
    roles: () => {
      if (roles === undefined) throw new Error("The roles have not started yet.");
      return roles;
    },
    start: async () => {
      roles = await start();
    },
    drain: async () => {
      roles?.intake.drain();
      await roles?.events.idle();
      await roles?.delivery.drain();
    },
    stop: async () => {
      if (roles === undefined) return;
      const { chores, delivery, ingest, membership, outbound } = roles;
      // A chore may be long: it must not keep the lease from being given up.
      const resting = chores.stop();
      // Nothing is started any more; then what outlived the grace is interrupted, and recorded before the lease is given up.
      await Promise.all([delivery.stop(), outbound.close()]);
      await ingest.stop();
      await membership.leave();
      await resting;
    },
  };
}

/** After a rotation of the master key: seals anew what an older one sealed, a page at a time, while everything runs. */
async function reseal(db: Db, sealer: Sealer, log: RootLog): Promise<void> {
  let resealed = 0;
  for (const page of [resealSecrets, resealHeaders, resealSources]) {
    let after: string | undefined;
    do {
      const done = await page(db, sealer, after, 500);
      resealed += done.resealed;
      after = done.next;
    } while (after !== undefined);
  }
  if (resealed > 0)
    log.info("secrets_resealed", `Sealed ${resealed} secrets under the current master key.`, { resealed });
}

async function forgetAnswers(db: Db): Promise<void> {
  while ((await removeExpiredAnswers(db, 10_000)) === 10_000);
}

interface Http extends Service {
  readonly url: () => string;
  /** From now on this process reports that it is not ready, and still answers. */
  leave(): void;
}

/** When nothing was answered for so long, whoever sends often has been told `Connection: close`; under a stream of new ones, waited no longer. */
const FAREWELL_QUIET_MS = 200;
const FAREWELL_MAX_MS = 2_000;

/** The HTTP server: the hot roads by hand, everything else through the API. */
function httpService(config: Config, log: RootLog, onGround: () => Ground, onRoles: () => Roles): Http {
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
          version: engine.version,
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

/** What a newcomer needs next. The token is shown because it was generated here for development, on this machine only. */
function welcome(url: string, token: string, allowed: readonly string[]): string {
  const networks = allowed.length === 0 ? "public addresses only" : `public addresses, and ${allowed.join(" and ")}`;
  return `
  Posthorn is running.

    API        ${url}/api/v1      reference: ${url}/docs
    Health     ${url}/readyz
    API token  ${token}
    Deliveries may go to ${networks}.

  Send a first event (the application is made with it):

    curl ${url}/api/v1/app/hello/msg \\
      -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
      -d '{"eventType":"greeting.sent","payload":{"text":"hello"},"application":{"name":"Hello","uid":"hello"}}'

  Ctrl-C stops everything.

`;
}

async function serve(config: Config): Promise<number> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  // A launcher that was killed can forward nothing any more; and a terminal that closes is a wish to stop, not an accident.
  watchParent(() => process.kill(process.pid, "SIGTERM"));
  process.on("SIGHUP", () => process.kill(process.pid, "SIGTERM"));
  const ground = groundService(config, log);
  const roles = rolesService(config, log, ground.ground);
  const http = httpService(config, log, ground.ground, roles.roles);
  return runServices([ground, roles, http], {
    graceMs: config.shutdownGraceMs,
    delayMs: config.shutdownDelayMs,
    log,
    onStarted: () => {
      // For a person who just started it; a container's log has the line `listening`.
      if (config.databaseUrl === undefined && config.logFormat !== "json")
        process.stdout.write(welcome(http.url(), ground.ground().apiToken, config.allowNetworks));
    },
    onSignal: () => http.leave(),
  });
}

async function migrateOnly(config: Config): Promise<number> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir, log }) : undefined;
  try {
    const applied = await migrate(config.databaseUrl?.reveal() ?? embedded?.url ?? "", MIGRATIONS);
    process.stdout.write(applied.length === 0 ? "The schema is current.\n" : `Applied ${applied.join(", ")}.\n`);
    return 0;
  } finally {
    await embedded?.stop();
  }
}

// Everything has stopped by now: what a library still has open (a connection that closes, a timer) must not hold us here.
process.exit(await runCli(process.argv.slice(2), { serve, migrate: migrateOnly }));
