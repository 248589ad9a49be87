import type { DatabaseFault } from "../db.ts";
import { Histogram } from "./histogram.ts";
import { type Counter, createRegistry, type Registry } from "./registry.ts";
import { createSpanMeter, type Measured, type Owed, type Span, type SpanMeter, type Totals } from "./span.ts";
import { createTail, type Tail } from "./tail.ts";

/** Counts the answers of one route. */
export interface HttpMeter {
  ended(status: number, seconds: number): void;
}

/** Counts the commits of one kind. */
export interface CommitMeter {
  committed(rows: number, ms: number): void;
  failed(): void;
}

/** Counts what is asked of the database. */
export interface DatabaseMeter {
  begun(): void;
  /** `fault`: how it failed; undefined: it did not. */
  ended(ms: number, fault: DatabaseFault | undefined): void;
  /** Under way or waiting for a connection. */
  readonly running: number;
}

export interface TelemetryOptions {
  readonly version: string;
  readonly roles: readonly string[];
  readonly poolMax: number;
  readonly now: () => number;
}

/** Seconds kept in memory. */
export const RECENT_SECONDS = 90;

/** What this process measures of itself. Exists once, is handed to the rooms, and costs nothing where it is not. */
export interface Telemetry {
  readonly registry: Registry;
  readonly tail: Tail;
  readonly startedAtMs: number;
  /** What is sampled besides being counted for a scrape. */
  readonly totals: Totals;
  readonly ack: Histogram;
  readonly delivery: Histogram;
  readonly receiver: Histogram;
  http(method: string, route: string): HttpMeter;
  commit(commit: "append" | "settle" | "run"): CommitMeter;
  readonly database: DatabaseMeter;
  /** An event was acknowledged, so long after its request came. */
  acknowledged(origin: "api" | "source", seconds: number): void;
  /** Events were committed. */
  appended(origin: "api" | "source", events: number, bytes: number): void;
  /** What this process holds, told by those who hold it. */
  levels: () => { readonly inFlight: number; readonly held: number };
  /** The installation as this process last measured it; undefined when another one does that. */
  owed: Owed | undefined;
  /** The last seconds, oldest first. */
  recent(): readonly Span[];
  /** To be called once a second: keeps the second, and how much later than a second it came. */
  tick(lagMs: number): void;
  /** A meter of one's own. */
  meter(): SpanMeter;
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const registry = createRegistry();
  const totals: Totals = { eventsIn: 0, rejected: 0, attempts: 0, delivered: 0, dead: 0 };
  const startedAtMs = options.now();
  const tail = createTail();
  const http = new Map<string, HttpMeter>();
  const recent: Span[] = [];
  const meters: SpanMeter[] = [];
  // The same that `ack` sums, told apart for a scrape.
  const ackOf = {
    api: registry.histogram("ack", { origin: "api" }),
    source: registry.histogram("ack", { origin: "source" }),
  };
  const appendedOf = {
    api: registry.counter("eventsAppended", { origin: "api" }),
    source: registry.counter("eventsAppended", { origin: "source" }),
  };
  const ack = new Histogram();
  const bytes = registry.counter("eventsBytes", {});
  const loopLag = registry.histogram("loopLag", {});

  const telemetry: Telemetry = {
    registry,
    tail,
    startedAtMs,
    totals,
    ack,
    delivery: registry.histogram("delivery", {}),
    receiver: registry.histogram("receiver", {}),
    http: (method, route) => {
      const key = `${method} ${route}`;
      const known = http.get(key);
      if (known !== undefined) return known;
      const made = httpMeter(registry, method, route);
      http.set(key, made);
      return made;
    },
    commit: (commit) => {
      const rows = registry.histogram("commitRows", { commit });
      const duration = registry.histogram("commitDuration", { commit });
      const failures = registry.counter("commitFailures", { commit });
      return {
        committed: (n, ms) => {
          rows.observe(n);
          duration.observe(ms / 1_000);
        },
        failed: () => {
          failures.n++;
        },
      };
    },
    database: databaseMeter(registry, options.poolMax),
    acknowledged: (origin, seconds) => {
      ackOf[origin].observe(seconds);
      ack.observe(seconds);
    },
    appended: (origin, events, payloadBytes) => {
      appendedOf[origin].n += events;
      bytes.n += payloadBytes;
      totals.eventsIn += events;
    },
    levels: () => ({ inFlight: 0, held: 0 }),
    owed: undefined,
    recent: () => recent,
    tick: (lagMs) => {
      loopLag.observe(lagMs / 1_000);
      for (const meter of meters) meter.lagged(lagMs * 1_000);
      recent.push(seconds.cut(telemetry.owed));
      if (recent.length > RECENT_SECONDS) recent.shift();
    },
    meter: () => {
      const meter = createSpanMeter(measured);
      meters.push(meter);
      return meter;
    },
  };
  const measured: Measured = {
    totals,
    ack,
    delivery: telemetry.delivery,
    receiver: telemetry.receiver,
    levels: () => ({ memoryBytes: process.memoryUsage.rss(), ...telemetry.levels() }),
    cpuMs,
    now: options.now,
  };
  const seconds = telemetry.meter();
  describeProcess(telemetry, options);
  return telemetry;
}

function describeProcess({ registry, tail, startedAtMs }: Telemetry, options: TelemetryOptions): void {
  registry.gauge("buildInfo", () => [{ labels: { version: options.version, bun: Bun.version }, value: 1 }]);
  registry.gauge("role", () => options.roles.map((role) => ({ labels: { role }, value: 1 })));
  registry.gauge("startTime", () => startedAtMs / 1_000);
  registry.gauge("resident", () => process.memoryUsage.rss());
  registry.gauge("heap", () => process.memoryUsage().heapUsed);
  registry.readCounter("cpu", () => cpuMs() / 1_000);
  registry.gauge("tailReaders", () => tail.readers);
  registry.readCounter("tailSkipped", () => tail.skipped);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function httpMeter(registry: Registry, method: string, route: string): HttpMeter {
  const duration = registry.histogram("httpDuration", { route });
  const classes: (Counter | undefined)[] = [];
  return {
    ended: (status, seconds) => {
      const first = Math.floor(status / 100);
      const counter = classes[first] ?? registry.counter("httpRequests", { method, route, status: `${first}xx` });
      classes[first] = counter;
      counter.n++;
      duration.observe(seconds);
    },
  };
}

function databaseMeter(registry: Registry, poolMax: number): DatabaseMeter {
  const duration = registry.histogram("statementDuration", {});
  let running = 0;
  registry.gauge("poolSize", () => poolMax);
  registry.gauge("poolInUse", () => Math.min(running, poolMax));
  registry.gauge("poolWaiting", () => Math.max(0, running - poolMax));
  return {
    begun: () => {
      running++;
    },
    ended: (ms, fault) => {
      running--;
      duration.observe(ms / 1_000);
      if (fault !== undefined) registry.counter("databaseFaults", { fault }).n++;
    },
    get running() {
      return running;
    },
  };
}
