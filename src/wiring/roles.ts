import { hostname } from "node:os";
import {
  backlogChores,
  createDelivery,
  createJobs,
  type DeliveryRole,
  deletedEndpointsLook,
  deliveryChores,
  ensureDeliveryPartitions,
  isOwed,
  type Jobs,
  loadEndpoints,
  resealHeaders,
  resealSecrets,
  stopEndpoint,
} from "#delivery";
import {
  createAppendMeter,
  createEventLog,
  type EventLog,
  ensureEventPartitions,
  eventChores,
  noticeLook,
  readPayloads,
} from "#events";
import {
  createFlowMeter,
  createFlowSecrets,
  createTasks,
  ensureFlowPartitions,
  ensureTaskPartitions,
  type FlowSecrets,
  type Flows,
  isInputOfRuns,
  meteredTasks,
  type RunWatch,
  resealFlowSecrets,
  type Tasks,
  taskChores,
} from "#flows";
import { createIngest, type Ingest, type QuotaRefusal, resealSources } from "#ingest";
import {
  type Config,
  createGuard,
  createIntake,
  createLooks,
  createMembership,
  createOutbound,
  DatabaseError,
  type Db,
  type Looks,
  type Membership,
  type ObservedIntake,
  type Outbound,
  publicId,
  type RootLog,
  runChores,
  type Sealer,
  type Service,
  type Telemetry,
  type Tracing,
} from "#kernel";
import {
  type ApplicationResolver,
  createApplicationResolver,
  createQuota,
  createTokenCache,
  EXPIRED_ANSWERS,
  liveApplications,
  removeExpiredAnswers,
  type TakeQuota,
  type TokenCache,
  tenancyChores,
} from "#tenancy";
import { USER_AGENT, VERSION } from "./engine.ts";
import { openFlows } from "./flows.ts";
import type { Ground } from "./ground.ts";
import type { ProcessHealth } from "./health.ts";
import { instrument } from "./telemetry.ts";

export interface Roles {
  readonly membership: Membership;
  readonly outbound: Outbound;
  readonly delivery: DeliveryRole;
  /** Absent in a process that does not deliver. */
  readonly jobs: Jobs | undefined;
  readonly events: EventLog;
  readonly ingest: Ingest;
  readonly flowSecrets: FlowSecrets;
  readonly intake: ObservedIntake;
  readonly applications: ApplicationResolver;
  readonly quota: TakeQuota;
  readonly tokens: TokenCache;
  readonly chores: { stop(): Promise<void> };
  readonly looks: Looks;
  /** Enqueues, hands out and settles tasks; absent in a process that neither answers the API nor runs flows. */
  readonly tasks: Tasks | undefined;
  readonly flows: Flows;
  readonly watch: RunWatch;
  readonly closeFlows: () => Promise<void>;
  readonly instruments: { stop(): Promise<void> } | undefined;
}

/**
 * Partitions stand ready days ahead. At the start a reader that holds their table (a dump in the night) may keep us from
 * adding the next: then today's is there already, and upkeep adds the rest later. On a new database nobody reads.
 */
async function preparePartitions(db: Db, log: RootLog, nowMs: number): Promise<void> {
  try {
    await ensureEventPartitions(db, nowMs);
    await ensureDeliveryPartitions(db, nowMs);
    await ensureTaskPartitions(db, nowMs);
    await ensureFlowPartitions(db, nowMs);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.fault !== "contention") throw error;
    log.warn("partitions_later", "A long reader keeps new partitions from being added; upkeep tries again.", { error });
  }
}

/** Between two looks that rooms take by themselves: one statement a second asks for all of them (`createLooks`). */
const LOOK_FLOOR_MS = 30_000;

/** Everything that works on the log, whichever roles this process plays: every process plans, some also send. */
export function rolesService(
  config: Config,
  log: RootLog,
  onGround: () => Ground,
  onTracing: () => Tracing | undefined,
  health: ProcessHealth,
  telemetry: Telemetry | undefined,
): Service & { roles(): Roles } {
  let roles: Roles | undefined;
  const now = Date.now;
  const monotonic = performance.now.bind(performance);

  async function start(): Promise<Roles> {
    const { db, sealer, embedded, linkKey } = onGround();
    await preparePartitions(db, log, now());
    const exclusive = embedded !== undefined;
    const membership = createMembership({
      db,
      name: `${hostname()}:${process.pid}`,
      roles: [...config.roles],
      version: VERSION,
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
            { endpointId: publicId("ep", endpoint), error },
          ),
        ),
      stopEndpoint: (tx, endpoint, mode, reason) => stopEndpoint(tx, sealer, endpoint, mode, reason),
      throttles: async (q, appIds) =>
        new Map([...(await liveApplications(q, appIds))].map(([id, app]) => [id, app.throttleRate ?? undefined])),
      readPayloads,
      now,
      monotonic,
      random: Math.random,
      tracing: onTracing(),
      telemetry,
      idleMs: LOOK_FLOOR_MS,
    });
    const flowSecrets = createFlowSecrets({
      q: db,
      sealer,
      now,
      monotonic,
      onUnreadable: (appId, name, error) =>
        log.limited(
          `flow_secret_sealed:${appId}`,
          "error",
          "flow_secret_sealed",
          "A secret of flows cannot be opened; the steps that need it fail.",
          { appId: publicId("app", appId), name, error },
        ),
    });
    const flowMeter = telemetry && createFlowMeter(telemetry, now);
    const openTasks = (): Tasks => {
      const made = createTasks({ db, log, now, monotonic, random: Math.random, onRunSignal: () => flows.lookNow() });
      return flowMeter === undefined ? made : meteredTasks(made, flowMeter);
    };
    const tasks = config.roles.has("api") || config.roles.has("flows") ? openTasks() : undefined;
    const opened = openFlows({
      config,
      db,
      log,
      membership,
      outbound,
      events: () => events,
      secrets: flowSecrets,
      tasks,
      linkKey,
      parts: [],
      meter: flowMeter,
      tracing: onTracing(),
      now,
      monotonic,
    });
    const { flows } = opened;
    const appends = telemetry === undefined ? undefined : createAppendMeter(telemetry, now);
    const events = createEventLog({
      db,
      planners: [delivery.planner, flows.planner],
      liveApplications,
      meter: telemetry?.commit("append"),
      onAppended: appends?.onAppended,
    });
    const intake = createIntake({
      db,
      pending: () => ({ events: events.pending, bytes: events.pendingBytes }),
      eventsMax: config.queueEventsMax,
      bytesMax: config.queueBytesMax,
      ...(exclusive &&
        config.diskFreeBytesMin > 0 && { disk: { folder: config.dataDir, freeBytesMin: config.diskFreeBytesMin } }),
    });
    const applications = createApplicationResolver({ q: db });
    const tokens = createTokenCache({ q: db, now, monotonic });
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
      spikes: {
        limits: { rejections: config.spikeRejections, percent: config.spikePercent },
        processes: () => membership.alive("ingest"),
      },
      tracing: onTracing(),
      telemetry,
    });
    const jobs = config.roles.has("delivery")
      ? createJobs({
          db,
          membership,
          log,
          onOwed: () => delivery.lookNow(),
          onWithdrawn: (isOne) => delivery.withdraw(isOne),
          now,
          monotonic,
          idleMs: LOOK_FLOOR_MS,
        })
      : undefined;
    await membership.start();
    tasks?.start();
    flows.start();
    delivery.start();
    jobs?.start();
    const instruments =
      telemetry === undefined || appends === undefined
        ? undefined
        : instrument({
            config,
            log,
            telemetry,
            db,
            membership,
            delivery,
            events,
            intake,
            appends,
            ...(config.roles.has("flows") && { flows, sandbox: opened.sandbox }),
          });
    const upkeep = { db, log, now, retentionMs: config.retentionMs };
    const chores = runChores(
      [
        { name: "disk", everyMs: 2_000, run: () => intake.measure() },
        health.schemaChore(db, log),
        { name: "key_uses", everyMs: 5_000, run: () => tokens.writeUses() },
        { name: "flow_secret_uses", everyMs: 60_000, run: () => flowSecrets.writeUses() },
        ...(config.roles.has("upkeep")
          ? [
              ...eventChores({
                ...upkeep,
                needed: async (partition) => (await isOwed(db, partition)) || (await isInputOfRuns(db, partition)),
              }),
              {
                name: "expired_answers",
                everyMs: 60_000,
                pending: EXPIRED_ANSWERS,
                run: () => forgetAnswers(db),
              },
              ...tenancyChores({ db, log, now, auditRetentionMs: config.auditRetentionMs }),
              { name: "reseal", everyMs: 3_600_000, run: () => reseal(db, sealer, log) },
              ...backlogChores({ db, now, backlogAgeMs: config.backlogAgeMs }),
              ...taskChores(upkeep),
              ...opened.chores,
              ...deliveryChores({ ...upkeep, heldMax: config.heldMax, heldForMs: config.heldForMs }),
            ]
          : []),
      ],
      { db, log, monotonic },
    );
    const looks = createLooks(
      [
        ...delivery.looks,
        ...(jobs === undefined ? [] : [jobs.look]),
        ...(tasks?.looks ?? []),
        ...opened.looks,
        ...(config.roles.has("upkeep")
          ? [noticeLook({ db, log, events, liveApplications, now }), deletedEndpointsLook({ db, log })]
          : []),
      ],
      { db, log, monotonic },
    );
    looks.start();
    return {
      membership,
      outbound,
      delivery,
      jobs,
      tasks,
      flows,
      watch: opened.watch,
      closeFlows: opened.close,
      events,
      ingest,
      flowSecrets,
      intake,
      applications,
      quota,
      tokens,
      chores,
      looks,
      instruments,
    };
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
      roles?.watch.close();
      await roles?.events.idle();
      await roles?.tasks?.drain();
      await roles?.jobs?.stop();
      // What runs still emit is delivered, or owed.
      await roles?.flows.drain();
      await roles?.delivery.drain();
    },
    stop: async () => {
      if (roles === undefined) return;
      const { chores, delivery, flows, ingest, instruments, jobs, looks, membership, outbound, tasks } = roles;
      // A chore may be long: it must not keep the lease from being given up.
      const resting = Promise.all([chores.stop(), looks.stop()]);
      await Promise.all([jobs?.stop(), tasks?.stop()]);
      // Nothing is started any more; then what outlived the grace is interrupted, and recorded before the lease is given up.
      await Promise.all([flows.stop(), delivery.stop(), outbound.close()]);
      await roles.closeFlows();
      await ingest.stop();
      await instruments?.stop();
      await membership.leave();
      await resting;
    },
  };
}

/** After a rotation of the master key: seals anew what an older one sealed, a page at a time, while everything runs. */
async function reseal(db: Db, sealer: Sealer, log: RootLog): Promise<void> {
  let resealed = 0;
  for (const page of [resealSecrets, resealHeaders, resealSources, resealFlowSecrets]) {
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
