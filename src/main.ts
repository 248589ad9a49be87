import { hostname } from "node:os";
import { resolve } from "node:path";
import { createHotRoutes } from "#api";
import { runCli } from "#cli";
import {
  createDelivery,
  type DeliveryRole,
  deliveryChores,
  ensureDeliveryPartitions,
  isOwed,
  KeyedBucket,
  loadEndpoints,
  stopEndpoint,
} from "#delivery";
import { createEventLog, type EventLog, ensureEventPartitions, eventChores, readPayloads } from "#events";
import { createIngest, type Ingest } from "#ingest";
import {
  type Config,
  createGuard,
  createIntake,
  createLog,
  createMembership,
  createOutbound,
  createSealer,
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
  type RootLog,
  runChores,
  runServices,
  type Sealer,
  type Service,
  startEmbeddedPostgres,
  watchParent,
} from "#kernel";
import { type Application, createApplicationResolver, createAuthenticate, liveApplications } from "#tenancy";
import engine from "../package.json" with { type: "json" };

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

/** Everything that works on the log, whichever roles this process plays: every process plans, some also send. */
function rolesService(config: Config, log: RootLog, onGround: () => Ground): Service & { roles(): Roles } {
  let roles: Roles | undefined;
  const now = Date.now;
  const monotonic = performance.now.bind(performance);

  async function start(): Promise<Roles> {
    const { db, sealer, embedded } = onGround();
    await ensureEventPartitions(db, now());
    await ensureDeliveryPartitions(db, now());
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
      userAgent: `Posthorn/${engine.version}`,
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
    const ingest = createIngest({
      db,
      sealer,
      log,
      events,
      bodyBytesMax: config.bodyBytesMax,
      dedupeWindowMs: config.dedupeWindowMs,
      intake,
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
              ...deliveryChores({ ...upkeep, heldMax: config.heldMax, heldForMs: config.heldForMs }),
            ]
          : []),
      ],
      { log, monotonic },
    );
    return { membership, outbound, delivery, events, ingest, intake, chores };
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
      await chores.stop();
      // What outlived the grace is interrupted, and recorded as such before the lease is given up.
      await outbound.close();
      await delivery.stop();
      await ingest.stop();
      await membership.leave();
      membership.stop();
    },
  };
}

/** The HTTP server: the hot roads by hand, everything else through the API. */
function httpService(config: Config, log: RootLog, onGround: () => Ground, onRoles: () => Roles): Service {
  let server: Bun.Server<undefined> | undefined;
  let draining = false;
  return {
    name: "http",
    start: async () => {
      const { apiToken, db } = onGround();
      const { events, ingest, intake } = onRoles();
      const quotas = new KeyedBucket(100_000);
      const hot = createHotRoutes({
        log: events,
        intake,
        authenticate: createAuthenticate(apiToken),
        applications: createApplicationResolver({ q: db }),
        createApplication: async () => undefined,
        quota: (application: Application, n: number) => {
          const rate = application.quotas.eventsPerSecond ?? config.eventsPerSecond;
          return rate === undefined ? 0 : quotas.take(application.id, rate, n, performance.now());
        },
        limits: config,
        dedupeWindowMs: config.dedupeWindowMs,
        retentionMs: config.retentionMs,
      });
      const leaving = (response: Response) => {
        if (draining) response.headers.set("connection", "close");
        return response;
      };
      server = Bun.serve({
        hostname: config.listen.host,
        port: config.listen.port,
        maxRequestBodySize: config.batchBytesMax + 1024 * 1024,
        idleTimeout: 60,
        routes: {
          "/api/v1/app/:app/msg": {
            POST: async (request) => leaving(await hot.createMessage(request, request.params.app)),
          },
          "/api/v1/app/:app/msg/batch": {
            POST: async (request) => leaving(await hot.createMessages(request, request.params.app)),
          },
          "/in/:token": { POST: async (request, at) => leaving(await ingest.receive(request, at)) },
        },
        fetch: () => new Response("not found", { status: 404 }),
      });
      log.info("listening", `Posthorn listens on ${server.url}`, { url: server.url.href });
    },
    drain: async () => {
      draining = true;
      await server?.stop();
    },
    stop: async () => {
      await server?.stop(true);
    },
  };
}

async function serve(config: Config): Promise<number> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  // A launcher that was killed can forward nothing any more; and a terminal that closes is a wish to stop, not an accident.
  watchParent(() => process.kill(process.pid, "SIGTERM"));
  process.on("SIGHUP", () => process.kill(process.pid, "SIGTERM"));
  const ground = groundService(config, log);
  const roles = rolesService(config, log, ground.ground);
  const http = httpService(config, log, ground.ground, roles.roles);
  return runServices([ground, roles, http], { graceMs: config.shutdownGraceMs, delayMs: config.shutdownDelayMs, log });
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
