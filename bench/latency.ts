// From the moment a message was due at its sender to its arrival at the receiver, at a steady 1,200 per second.
import { type Load, orderPayload, requestParts } from "./harness/load.ts";
import { openLoop, receiveArrivals, SEQUENCE, sequenced } from "./harness/open-loop.ts";
import type { SubjectName } from "./harness/options.ts";
import type { Cell, Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { type Percentiles, percentiles, type Spread, spread } from "./harness/stats.ts";
import { startSubject } from "./harness/subject.ts";
import { usageOf } from "./harness/usage.ts";

const PER_SECOND = 1200;
const CONNECTIONS_MAX = 512;
const WANTED_P99_MS = 10;

type Road = "nothing between" | SubjectName;

interface Run {
  readonly arrivalMs: Percentiles;
  readonly ackMs: Percentiles;
  readonly lateMs: Percentiles;
  readonly refused: number;
  readonly missing: number;
  readonly duplicates: number;
  readonly cores: number;
}

await scenario("latency", async (bench) => {
  const seconds = bench.seconds(20);
  const arrivals = receiveArrivals(PER_SECOND * (seconds + 5));
  const roads: Road[] = ["nothing between", ...[...bench.subjects].reverse()];
  const runs = new Map<Road, Run[]>(roads.map((road) => [road, []]));
  for (let turn = 0; turn < bench.repeat(3); turn++) {
    for (const road of turn % 2 === 0 ? roads : [...roads].reverse()) {
      const run = await (road === "nothing between" ? direct() : through(road));
      runs.get(road)?.push(run);
      bench.say(
        `${road} ${turn + 1}: arrival p50 ${run.arrivalMs.p50.toFixed(2)} ms, p99 ${run.arrivalMs.p99.toFixed(2)} ms`,
      );
    }
  }
  await arrivals.stop();
  const engine = runs.get("engine") ?? [];
  const columns = [
    "road",
    "p50 ms",
    "p90 ms",
    "p99 ms",
    "p99.9 ms",
    "max ms",
    "ack p50 ms",
    "ack p99 ms",
    "sender late p99 ms",
    "cores",
    "refused",
    "missing",
    "twice",
  ];
  return {
    settings: {
      perSecond: PER_SECOND,
      seconds,
      payloadBytes: 900,
      generatorAndReceiver: "built-in, one process, one clock",
    },
    tables: [
      {
        title: `From due to arrived, open loop at ${PER_SECOND}/s`,
        columns,
        rows: roads.map((road) => row(road, runs.get(road) ?? [])),
      },
    ],
    targets: engine.length === 0 ? [] : [target(engine)],
    notes: [
      'Each time counts from when the message was due, so what the sender was late is inside it; "nothing between" posts straight to the receiver and is the floor.',
    ],
  };

  function through(name: SubjectName): Promise<Run> {
    return withSubject(name, async (load, pid) => {
      const warm = await measure(load, pid, Math.min(3, seconds));
      return warm.refused > 0 ? warm : measure(load, pid, seconds);
    });
  }

  async function withSubject(name: SubjectName, run: (load: Load, pid: number) => Promise<Run>): Promise<Run> {
    const receiver = { origins: [arrivals.origin], certificate: undefined };
    const route = { receiver, fanOut: 1, payloadBytes: 900, batch: 1, idempotencyKey: false };
    const subject = await startSubject(name, bench, route);
    const found = await run(subject.load, subject.child.pid);
    await subject.close();
    return found;
  }

  function direct(): Promise<Run> {
    const load = {
      origin: arrivals.origin,
      paths: ["/"],
      headers: {},
      body: "",
      idempotencyKey: false,
      eventsPerRequest: 1,
      pauseAfterRefusalMs: 0,
    };
    return measure(load, process.pid, seconds);
  }

  async function measure(load: Load, pid: number, window: number): Promise<Run> {
    arrivals.reset();
    const payload = orderPayload(900, SEQUENCE);
    const wrapped = load.body.includes('"eventType"') ? { eventType: "order.placed", payload } : payload;
    const { before, after } = requestParts({ ...load, body: JSON.stringify(wrapped) }, load.paths[0] ?? "/");
    const cpu = usageOf(pid).cpuSeconds;
    const sent = await openLoop({
      origin: load.origin,
      perSecond: PER_SECOND,
      seconds: window,
      request: sequenced(before + after),
      connectionsMax: CONNECTIONS_MAX,
    });
    const cores = (usageOf(pid).cpuSeconds - cpu) / window;
    const missing = await arrivals.missing([...sent.dueAt.keys()], sent.refused + sent.broken > 0 ? 5_000 : 30_000);
    const times = [...sent.dueAt]
      .map((due, i) => (arrivals.at[i] ?? Number.NaN) - due)
      .filter((ms) => !Number.isNaN(ms));
    return {
      arrivalMs: percentiles(times),
      ackMs: sent.ackMs,
      lateMs: sent.lateMs,
      refused: sent.refused + sent.broken,
      missing: Math.max(0, missing.length - sent.refused - sent.broken),
      duplicates: arrivals.duplicates,
      cores,
    };
  }
});

function row(road: Road, runs: readonly Run[]): Cell[] {
  const over = (pick: (run: Run) => number): Spread | undefined =>
    runs.length === 0 ? undefined : spread(runs.map(pick));
  return [
    road,
    over((run) => run.arrivalMs.p50),
    over((run) => run.arrivalMs.p90),
    over((run) => run.arrivalMs.p99),
    over((run) => run.arrivalMs.p999),
    over((run) => run.arrivalMs.max),
    over((run) => run.ackMs.p50),
    over((run) => run.ackMs.p99),
    over((run) => run.lateMs.p99),
    over((run) => run.cores),
    over((run) => run.refused),
    over((run) => run.missing),
    over((run) => run.duplicates),
  ];
}

function target(runs: readonly Run[]): Target {
  const p99 = spread(runs.map((run) => run.arrivalMs.p99)).median;
  return {
    what: `accept → receiver, p99 at ${PER_SECOND}/s`,
    wanted: `≤ ${WANTED_P99_MS} ms`,
    found: `${p99.toFixed(2)} ms`,
    reached: p99 <= WANTED_P99_MS,
  };
}
