import { DatabaseError, type Db } from "../db.ts";
import type { Log } from "../log.ts";
import type { Membership } from "../membership.ts";
import { forgetSamples, type SpanSeconds, writeSamples } from "./samples.ts";
import type { Owed, Span } from "./span.ts";
import { type HotTable, measureTables } from "./tables.ts";
import type { Telemetry } from "./telemetry.ts";

const SECOND_MS = 1_000;
const SAMPLE_SECONDS = 10;
const TABLES_SECONDS = 30;
const LONG_SECONDS = 300;
/** A look at what is owed may take this share of the time, however much is owed. */
const LOOK_SHARE = 50;

export interface SamplerOptions {
  readonly db: Db;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly membership: Membership;
  readonly roles: readonly string[];
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Measures what is owed in the whole installation; asked by the eldest of its processes only. */
  readonly measureOwed: () => Promise<Owed>;
  /** Called when another process measures it from now on. */
  readonly forgetOwed: () => void;
  /** Writes down the tallies of this process, if there are any. */
  readonly flushTallies: () => Promise<void>;
  /** Removes tallies that are too old. */
  readonly forgetTallies: () => Promise<void>;
}

export interface Sampler {
  start(): void;
  /** What a timer does each second, for who keeps time himself. */
  second(): Promise<void>;
  /** Writes down what is left. */
  stop(): Promise<void>;
  readonly tables: () => readonly HotTable[];
}

/**
 * Measures on a schedule: each second what this process did (memory only), every ten seconds one row of it, and, by the
 * eldest process alone, what is owed (every ten seconds) and how the hot tables are (every thirty). An idle process so adds
 * less than a statement every four seconds.
 */
export function createSampler(options: SamplerOptions): Sampler {
  const { db, telemetry, membership, monotonic } = options;
  const short = telemetry.meter();
  const long = telemetry.meter();
  let tables: readonly HotTable[] = [];
  let timer: Timer | undefined;
  let seconds = 0;
  let secondsAt = monotonic();
  let lookNotBefore = Number.NEGATIVE_INFINITY;
  let working: Promise<void> | undefined;
  let stopped = false;

  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    if (!db.available) return; // The pulse finds out when it is back; nothing here is worth asking for.
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      options.log.limited("sample_failed", "debug", "sample_failed", `Measuring ${what} failed; it comes again.`, {
        what,
        error,
      });
    }
  }

  async function measureFleet(): Promise<void> {
    if (!membership.isEldest) {
      telemetry.owed = undefined;
      tables = [];
      options.forgetOwed();
      return;
    }
    if (monotonic() >= lookNotBefore) {
      await attempt("what is owed", async () => {
        const beganAt = monotonic();
        telemetry.owed = await options.measureOwed();
        lookNotBefore = monotonic() + LOOK_SHARE * (monotonic() - beganAt);
      });
    }
    if (seconds % TABLES_SECONDS === 0) {
      await attempt("the hot tables", async () => {
        tables = await measureTables(db);
      });
    }
  }

  async function sample(last: boolean): Promise<void> {
    if (!last) await measureFleet();
    const spans: { seconds: SpanSeconds; span: Span }[] = [{ seconds: 10, span: short.cut(telemetry.owed) }];
    if (last || seconds % LONG_SECONDS === 0) spans.push({ seconds: 300, span: long.cut(telemetry.owed) });
    await attempt("this process", () => writeSamples(db, membership.token, options.roles, spans));
    await attempt("endpoints", options.flushTallies);
    if (!last && seconds % LONG_SECONDS === 0 && membership.isEldest) {
      await attempt("what is old", () => forgetSamples(db));
      await attempt("what is old", options.forgetTallies);
    }
  }

  async function second(): Promise<void> {
    const at = monotonic();
    telemetry.tick(Math.max(0, at - secondsAt - SECOND_MS));
    secondsAt = at;
    seconds++;
    if (seconds % SAMPLE_SECONDS !== 0 || working !== undefined) return;
    working = sample(false).finally(() => {
      working = undefined;
    });
    await working;
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      schedule();
      void second();
    }, SECOND_MS);
  }

  telemetry.registry.gauge("tableLive", () => tables.map(({ table, live }) => ({ labels: { table }, value: live })));
  telemetry.registry.gauge("tableDead", () => tables.map(({ table, dead }) => ({ labels: { table }, value: dead })));
  telemetry.registry.gauge("tableBytes", () => tables.map(({ table, bytes }) => ({ labels: { table }, value: bytes })));

  return {
    start: () => {
      secondsAt = monotonic();
      schedule();
      working = measureFleet().finally(() => {
        working = undefined;
      });
    },
    second,
    stop: async () => {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      await working;
      await sample(true);
    },
    tables: () => tables,
  };
}
