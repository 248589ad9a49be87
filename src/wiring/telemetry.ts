import { exposed } from "#api";
import { createBacklogMeter, type DeliveryRole, forgetEndpointTallies } from "#delivery";
import { type AppendMeter, type EventLog, forgetEventTallies } from "#events";
import { createFlowBacklogMeter, type FlowBacklog, RUN_TRIGGERS, type SandboxStats } from "#flows";
import {
  type Config,
  createSampler,
  createTailRelay,
  createTelemetry,
  type Db,
  type Intake,
  type IntakeRefusal,
  type Membership,
  type RootLog,
  type Service,
  type Telemetry,
} from "#kernel";
import { ERROR_CLASSES } from "#language";
import { VERSION } from "./engine.ts";

/** What this process measures; undefined: the settings say that it should not. */
export function openTelemetry(config: Config): Telemetry | undefined {
  if (config.metrics === "off") return undefined;
  return createTelemetry({
    version: VERSION,
    roles: [...config.roles],
    poolMax: config.databasePool,
    now: Date.now,
  });
}

const REFUSALS = [
  "draining",
  "database_unavailable",
  "disk_full",
  "overloaded",
] as const satisfies readonly IntakeRefusal["code"][];

interface Instrumented {
  readonly config: Config;
  readonly log: RootLog;
  readonly telemetry: Telemetry;
  readonly db: Db;
  readonly membership: Membership;
  readonly delivery: DeliveryRole;
  readonly events: EventLog;
  readonly intake: Intake;
  readonly appends: AppendMeter;
  /** Absent in a process that runs no flows. */
  readonly flows?: { stats(): RunStats } | undefined;
  readonly sandbox?: { stats(): SandboxStats } | undefined;
}

interface RunStats {
  readonly live: number;
  readonly bytes: number;
  readonly flights: number;
  readonly started: ReadonlyMap<string, number>;
  readonly parked: number;
  readonly takenOver: number;
  /** `http completed`, `code timeout`, …: kind of step and outcome. */
  readonly steps: ReadonlyMap<string, number>;
}

/** Reads what the roles hold, and begins to write down what this process does. `stop` before the lease is given up. */
export function instrument(on: Instrumented): { stop(): Promise<void> } {
  const { config, telemetry, db, membership, delivery, events, intake, log } = on;
  const { registry, tail } = telemetry;
  telemetry.levels = () => delivery.stats();
  const backlog = createBacklogMeter(db, config.endpointConcurrency);
  let seen: Awaited<ReturnType<typeof backlog>> | undefined;

  registry.gauge("inFlight", () => delivery.stats().inFlight);
  registry.gauge("inFlightMax", () => (config.roles.has("delivery") ? config.inFlightMax : undefined));
  registry.gauge("held", () => delivery.stats().held);
  registry.gauge("unsettled", () => delivery.stats().unsettled);
  const flowBacklog = createFlowBacklogMeter(db);
  let waits: FlowBacklog | undefined;
  const ageOf = (sinceMs: number | undefined) =>
    sinceMs === undefined ? 0 : Math.max(0, (Date.now() - sinceMs) / 1_000);
  registry.gauge("queueDepth", () => [
    { labels: { role: "ingest" }, value: events.pending },
    ...(seen === undefined ? [] : [{ labels: { role: "delivery" }, value: seen.owed }]),
    ...(waits === undefined
      ? []
      : [
          { labels: { role: "flows" }, value: waits.runs },
          { labels: { role: "tasks" }, value: waits.tasks },
        ]),
  ]);
  registry.gauge("queueDepthExact", () => [
    ...(seen === undefined ? [] : [{ labels: { role: "delivery" }, value: seen.owedIsExact ? 1 : 0 }]),
    ...(waits === undefined
      ? []
      : [
          { labels: { role: "flows" }, value: waits.runsIsExact ? 1 : 0 },
          { labels: { role: "tasks" }, value: waits.tasksIsExact ? 1 : 0 },
        ]),
  ]);
  registry.gauge("queueAge", () => [
    { labels: { role: "ingest" }, value: events.oldestMs / 1_000 },
    ...(seen === undefined ? [] : [{ labels: { role: "delivery" }, value: ageOf(seen.oldestDueAtMs) }]),
    ...(waits === undefined
      ? []
      : [
          { labels: { role: "flows" }, value: ageOf(waits.oldestRunDueAtMs) },
          { labels: { role: "tasks" }, value: ageOf(waits.oldestTaskDueAtMs) },
        ]),
  ]);
  registry.gauge("scheduleLate", () => (waits === undefined ? undefined : ageOf(waits.oldestMomentAtMs)));
  registry.gauge("taskWorkers", () =>
    waits === undefined
      ? []
      : [
          { labels: { state: "living" }, value: waits.workersLiving },
          { labels: { state: "lost" }, value: waits.workersLost },
        ],
  );
  measureRuns(registry, on);
  registry.gauge("queueEndpoints", () => seen?.endpoints);
  registry.gauge("breakers", () =>
    seen === undefined
      ? []
      : [
          { labels: { state: "open" }, value: seen.breakersOpen },
          { labels: { state: "half_open" }, value: seen.breakersHalfOpen },
        ],
  );
  registry.gauge("demand", () => [
    { labels: { place: "memory" }, value: delivery.stats().demandSlots },
    ...(seen === undefined ? [] : [{ labels: { place: "table" }, value: seen.demandSlots }]),
  ]);
  registry.gauge("intakeClosed", () => {
    const code = intake.refusal()?.code;
    return REFUSALS.map((reason) => ({ labels: { reason }, value: reason === code ? 1 : 0 }));
  });
  registry.gauge("databaseAvailable", () => (db.available ? 1 : 0));
  registry.readCounter("tallyOverflow", () => on.appends.overflow + delivery.stats().tallyOverflow);

  const monotonic = performance.now.bind(performance);
  const sampler = createSampler({
    db,
    log,
    telemetry,
    membership,
    roles: [...config.roles],
    now: Date.now,
    monotonic,
    measureOwed: async () => {
      seen = await backlog();
      waits = await flowBacklog();
      return { count: seen.owed, isExact: seen.owedIsExact, oldestAtMs: seen.oldestDueAtMs };
    },
    forgetOwed: () => {
      seen = undefined;
      waits = undefined;
    },
    flushTallies: async () => {
      await delivery.flushTally();
      await on.appends.flush(db, membership.token);
    },
    forgetTallies: async () => {
      await forgetEndpointTallies(db);
      await forgetEventTallies(db);
    },
  });
  const relay = createTailRelay({ db, log, tail, membership, monotonic });
  sampler.start();
  return {
    stop: async () => {
      tail.close();
      await relay.stop();
      await sampler.stop();
    },
  };
}

/** What the role `flows` of this process holds and has done; a process without it has no such series. */
function measureRuns(
  registry: Telemetry["registry"],
  { flows, sandbox }: Pick<Instrumented, "flows" | "sandbox">,
): void {
  registry.gauge("runsLive", () => flows?.stats().live);
  registry.gauge("runsLiveBytes", () => flows?.stats().bytes);
  registry.gauge("runStepsInFlight", () => flows?.stats().flights);
  registry.gauge("sandboxProcesses", () => sandbox?.stats().processes);
  registry.gauge("sandboxWaiting", () => sandbox?.stats().waiting);
  if (flows !== undefined) {
    // All of them from the start, for a rate sees nothing of what a series begins with.
    registry.readCounter("runsStarted", () => {
      const { started } = flows.stats();
      return RUN_TRIGGERS.map((trigger) => ({ labels: { trigger }, value: started.get(trigger) ?? 0 }));
    });
    registry.readCounter("runsParked", () => flows.stats().parked);
    registry.readCounter("runsTakenOver", () => flows.stats().takenOver);
    registry.readCounter("runStepAttempts", () => stepAttempts(flows.stats().steps));
  }
  if (sandbox !== undefined) {
    registry.readCounter("sandboxPrograms", () => {
      const { programs, failed } = sandbox.stats();
      return [
        { labels: { outcome: "ok" }, value: programs - failed },
        { labels: { outcome: "failed" }, value: failed },
      ];
    });
    registry.readCounter("sandboxLost", () => sandbox.stats().lost);
  }
}

const STEP_OUTCOMES: readonly string[] = ["completed", ...ERROR_CLASSES];

/** Of each kind that was met every outcome, so that the first failure of a kind that went well so far is a rise from zero. */
function stepAttempts(steps: RunStats["steps"]) {
  const kinds = new Set([...steps.keys()].map((counted) => counted.split(" ", 1)[0] ?? ""));
  return [...kinds].flatMap((kind) =>
    STEP_OUTCOMES.map((outcome) => ({ labels: { kind, outcome }, value: steps.get(`${kind} ${outcome}`) ?? 0 })),
  );
}

/** The roads of events, counted and timed; as they are where nothing is measured. */
export function meteredRoads(telemetry: Telemetry | undefined) {
  type Road = (answer: () => Response | Promise<Response>) => Promise<Response>;
  const road = (path: string, isAck: boolean): Road => {
    if (telemetry === undefined) return async (answer) => answer();
    const meter = telemetry.http("POST", path);
    return async (answer) => {
      const beganAt = performance.now();
      const response = await answer();
      const seconds = (performance.now() - beganAt) / 1_000;
      meter.ended(response.status, seconds);
      if (!isAck) return response;
      if (response.status === 202) telemetry.acknowledged("api", seconds);
      else if (response.status >= 400) telemetry.totals.rejected++;
      return response;
    };
  };
  return {
    message: road("/api/v1/app/{app_id}/msg", true),
    batch: road("/api/v1/app/{app_id}/msg/batch", true),
    // Its own meter knows what became of it.
    webhook: road("/in/{token}", false),
  };
}

/** `POSTHORN_METRICS_LISTEN`: metrics and probes alone, for whoever reaches that address. */
export function metricsService(
  config: Config,
  log: RootLog,
  telemetry: Telemetry | undefined,
  isReady: () => boolean,
): Service {
  let server: Bun.Server<undefined> | undefined;
  telemetry?.registry.gauge("ready", () => (isReady() ? 1 : 0));
  return {
    name: "metrics",
    start: async () => {
      const address = config.metricsListen;
      if (address === undefined || telemetry === undefined) return;
      server = Bun.serve({
        hostname: address.host,
        port: address.port,
        routes: {
          "/metrics": { GET: () => exposed(telemetry.registry) },
          "/livez": { GET: () => Response.json({ alive: true }) },
          "/readyz": { GET: () => Response.json({ ready: isReady() }, { status: isReady() ? 200 : 503 }) },
        },
        fetch: () =>
          Response.json(
            { code: "no_such_route", detail: "There are only /metrics, /livez and /readyz here" },
            { status: 404 },
          ),
      });
      log.info("metrics_listening", `Metrics are served on ${server.url}metrics`, { url: server.url.href });
    },
    stop: async () => {
      await server?.stop(true);
    },
  };
}
