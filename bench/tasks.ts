// Tasks of one millisecond per second, enqueued and worked on with their history kept; and how long one waits at half that load.
import { join } from "node:path";
import { count, type Engine, engineEnv, startEngine } from "./harness/engine.ts";
import { type PeerFigures, runPeer } from "./harness/peers.ts";
import type { Cell, Target } from "./harness/report.ts";
import { type Bench, scenario } from "./harness/scenario.ts";
import { type Spread, spread } from "./harness/stats.ts";
import { peakRssBytes, usageOf, usageOfTree } from "./harness/usage.ts";

const WANTED_PER_SECOND = 20_000;
const WANTED_PICKUP_MS = 15;
const CONCURRENCY = 500;
const TASK_PEERS = ["graphile-worker", "pg-boss", "bullmq-redis", "bullmq-postgres"];
/** graphile-worker deletes what is done: it writes less than the others, and is told apart for that. */
const WITHOUT_HISTORY = "graphile-worker";

const THROUGHPUT = "throughput";
const PICKUP = "pick-up at half load";

await scenario("tasks", async (bench) => {
  const seconds = bench.seconds(15);
  const peers = bench.options.peers.filter((name) => TASK_PEERS.includes(name));
  const names = [...(bench.subjects.includes("engine") ? ["engine"] : []), ...peers];
  const notes: string[] = [];
  const found = new Map<string, PeerFigures[]>();
  const run = async (row: string, name: string, rate: number): Promise<void> => {
    const figures =
      name === "engine"
        ? await engineTasks(bench, seconds, rate)
        : await runPeer(bench, name, { seconds, rate, concurrency: CONCURRENCY });
    if (figures === undefined) {
      notes.push(`${name} was left out: redis-server is not on this machine.`);
      return;
    }
    found.set(`${row}\n${name}`, [...(found.get(`${row}\n${name}`) ?? []), figures]);
    bench.say(`${row}, ${name}: ${perSecond(figures).toFixed(0)}/s, p99 ${figures.p99Ms} ms`);
  };
  const over = (row: string, name: string, value: (one: PeerFigures) => number | null): Spread | undefined => {
    const values = (found.get(`${row}\n${name}`) ?? []).flatMap((one) => value(one) ?? []).filter(Number.isFinite);
    return values.length === 0 ? undefined : spread(values);
  };
  const rows = [THROUGHPUT, PICKUP].filter((row) => row.includes(bench.options.only ?? ""));
  for (let turn = 0; turn < bench.repeat(3); turn++) {
    for (const name of turn % 2 === 0 ? names : names.toReversed()) {
      if (rows.includes(THROUGHPUT)) await run(THROUGHPUT, name, 0);
    }
  }
  // Half of what each can do itself.
  for (let turn = 0; turn < bench.repeat(3); turn++) {
    for (const name of turn % 2 === 0 ? names : names.toReversed()) {
      const full = over(THROUGHPUT, name, perSecond)?.median ?? 2_000;
      if (rows.includes(PICKUP)) await run(PICKUP, name, Math.max(1, Math.round(full / 2)));
    }
  }
  const table: Cell[][] = rows.flatMap((row) =>
    names.flatMap((name) =>
      found.has(`${row}\n${name}`)
        ? [
            [
              row,
              name,
              over(row, name, perSecond),
              row === PICKUP ? over(row, name, (one) => one.p50Ms) : undefined,
              row === PICKUP ? over(row, name, (one) => one.p99Ms) : undefined,
              over(row, name, (one) => (one.cpuSeconds / whole(one)) * 1e6),
              over(row, name, (one) => (one.storeCpuSeconds / whole(one)) * 1e6),
            ],
          ]
        : [],
    ),
  );
  const targets: Target[] = [];
  const ours = over(THROUGHPUT, "engine", perSecond)?.median;
  if (ours !== undefined) {
    targets.push({
      what: "tasks of one millisecond per second, history kept",
      wanted: `≥ ${WANTED_PER_SECOND}`,
      found: ours.toFixed(0),
      reached: ours >= WANTED_PER_SECOND,
    });
    for (const name of peers) {
      const theirs = over(THROUGHPUT, name, perSecond)?.median;
      if (theirs === undefined) continue;
      const what = `beside ${name}${name === WITHOUT_HISTORY ? ", which keeps no history" : ""}`;
      targets.push({ what, wanted: "ahead", found: `${(ours / theirs).toFixed(2)} times`, reached: ours > theirs });
    }
  }
  const pickup = over(PICKUP, "engine", (one) => one.p99Ms)?.median;
  if (pickup !== undefined) {
    targets.push({
      what: "pick-up at half load, p99",
      wanted: `≤ ${WANTED_PICKUP_MS} ms`,
      found: `${pickup.toFixed(1)} ms`,
      reached: pickup <= WANTED_PICKUP_MS,
    });
  }
  return {
    settings: { seconds, concurrency: CONCURRENCY, backlog: 5_000, task: "waits one millisecond" },
    tables: [
      {
        title:
          "Tasks that completed, counted in the store (graphile-worker keeps none to count: by what its worker did)",
        columns: ["row", "subject", "tasks/s", "p50 ms", "p99 ms", "worker µs each", "store µs each"],
        rows: table,
      },
    ],
    targets,
    notes: [
      ...notes,
      "One process enqueues in batches and works. `store` is PostgreSQL or Redis; for the engine it is the engine and its PostgreSQL together.",
      "A pick-up counts from the moment inside the task, taken before it was enqueued, to the first line of its function; both clocks have whole milliseconds.",
    ],
  };
});

function perSecond(figures: PeerFigures): number {
  return figures.stored === null
    ? figures.ended / figures.seconds
    : figures.stored / (figures.storedSeconds ?? figures.seconds);
}

/** With those of the three seconds of warming up, which its CPU has in it. */
function whole(figures: PeerFigures): number {
  return figures.ended * ((figures.seconds + 3) / figures.seconds);
}

async function engineTasks(bench: Bench, seconds: number, rate: number): Promise<PeerFigures> {
  const engine = await startEngine(bench, engineEnv(bench));
  const app = await engine.api.createApp("bench");
  const worker = bench.children.start("worker", [process.execPath, join(bench.root, "bench/harness/task-worker.ts")], {
    env: {
      BENCH_ORIGIN: engine.origin,
      BENCH_TOKEN: engine.token,
      BENCH_APP: app,
      PEER_SECONDS: String(seconds),
      PEER_CONCURRENCY: String(CONCURRENCY),
      PEER_RATE: String(rate),
    },
  });
  // Its warming up lasts three seconds; the store is asked when the window is open, as the peers' programs do.
  await worker.line((line) => (line.includes('"event":"open"') ? true : undefined), 60_000);
  const before = await completed(engine);
  const own = usageOf(engine.child.pid).cpuSeconds;
  const servers = usageOfTree(engine.server.pid).cpuSeconds;
  const begunAt = performance.now();
  const figures: PeerFigures = await worker.line(
    (line) => (line.startsWith('{"event":"measured"') ? JSON.parse(line) : undefined),
    (seconds + 90) * 1_000,
  );
  const stored = (await completed(engine)) - before;
  const storedSeconds = (performance.now() - begunAt) / 1_000;
  const cpuSeconds = usageOf(worker.pid).cpuSeconds;
  const storeCpuSeconds = usageOf(engine.child.pid).cpuSeconds + usageOfTree(engine.server.pid).cpuSeconds;
  const each = (usedSeconds: number) => `${((usedSeconds / stored) * 1e6).toFixed(0)} µs`;
  bench.say(
    `engine ${each(usageOf(engine.child.pid).cpuSeconds - own)}, its PostgreSQL ${each(usageOfTree(engine.server.pid).cpuSeconds - servers)} of CPU for each task in the window`,
  );
  bench.say(`engine ${(peakRssBytes(engine.child.pid) / 1e6).toFixed(0)} MB at its peak`);
  await worker.stop();
  await engine.child.stop();
  await engine.server.discard();
  return { ...figures, stored, storedSeconds, cpuSeconds, storeCpuSeconds };
}

function completed(engine: Engine): Promise<number> {
  return count(engine.server, "select count(*) as n from posthorn.task_ended where state = 'completed'");
}
