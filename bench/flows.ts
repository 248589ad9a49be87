// Durable runs per second and how long one takes: three steps whose results are committed before the next begins; and the whole
// road of a webhook that comes in, is worked on in three such steps, and goes out again.
import { count, type Engine, engineEnv, startEngine } from "./harness/engine.ts";
import { chooseGenerator } from "./harness/generator.ts";
import { orderPayload } from "./harness/load.ts";
import { runPeer } from "./harness/peers.ts";
import { standsStill } from "./harness/postgres.ts";
import { startReceiver } from "./harness/receiver.ts";
import type { Cell, Target } from "./harness/report.ts";
import { keepStarting, post } from "./harness/run-starter.ts";
import { type Bench, scenario } from "./harness/scenario.ts";
import { percentiles, type Spread, spread } from "./harness/stats.ts";
import { peakRssBytes, usageOf, usageOfTree } from "./harness/usage.ts";

const WANTED_RUNS = 8_000;
const WANTED_ROAD = 5_000;
const WANTED_P50_MS = 3;
const WANTED_P99_MS = 10;

/** Runs under way at once: by the engine so many are kept waiting for their turn, by a peer as many calls. */
const ENGINE_LIVE = 4_000;
/** DBOS does best with few, Restate with many; each is measured with what it does best here. */
const PEER_CONCURRENCY: Readonly<Record<string, number>> = { restate: 256, dbos: 32 };
const FLOW_PEERS = ["restate", "dbos"];
const LOW_RATE = 20;

const durable = (id: string, value: string) => ({ id, map: { $: value }, durable: true });
const THREE = {
  posthorn: 1,
  flow: "three",
  steps: [durable("one", "input.n + 1"), durable("two", "steps.one * 2"), durable("three", "steps.two + 1")],
  output: { total: { $: "steps.three" } },
};
const ROAD = {
  posthorn: 1,
  flow: "road",
  on: [{ event: "order.placed" }],
  steps: [
    durable("one", "event.data.total"),
    durable("two", "steps.one * 2"),
    durable("three", "steps.two + 1"),
    { id: "out", emit: { type: "order.accepted", data: { total: { $: "steps.three" } } } },
  ],
};

interface Found {
  readonly perSecond: number;
  readonly p50Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  readonly itselfUs?: number | undefined;
  readonly storeUs?: number | undefined;
  readonly peakMb?: number | undefined;
}

await scenario("flows", async (bench) => {
  const seconds = bench.seconds(15);
  const peers = bench.options.peers.filter((name) => FLOW_PEERS.includes(name));
  const names = [...(bench.subjects.includes("engine") ? ["engine"] : []), ...peers];
  const rows = ["three durable steps", "latency at a low rate", "webhook in, three steps, delivery out"].filter((row) =>
    row.includes(bench.options.only ?? ""),
  );
  const found = new Map<string, Found[]>();
  const keep = (row: string, name: string, figures: Found): void => {
    found.set(`${row}\n${name}`, [...(found.get(`${row}\n${name}`) ?? []), figures]);
    bench.say(
      `${row}, ${name}: ${figures.perSecond.toFixed(0)}/s, p50 ${figures.p50Ms?.toFixed(1)} ms, p99 ${figures.p99Ms?.toFixed(1)} ms`,
    );
  };
  for (let turn = 0; turn < bench.repeat(3); turn++) {
    const order = turn % 2 === 0 ? names : names.toReversed();
    for (const row of rows) {
      for (const name of order) {
        if (row === "webhook in, three steps, delivery out") {
          if (name === "engine") keep(row, name, await wholeRoad(bench, seconds));
        } else {
          const rate = row === "latency at a low rate" ? LOW_RATE : 0;
          keep(
            row,
            name,
            name === "engine" ? await engineRuns(bench, seconds, rate) : await peerRuns(bench, name, seconds, rate),
          );
        }
      }
    }
  }
  const over = (row: string, name: string, value: (one: Found) => number | undefined): Spread | undefined => {
    const values = (found.get(`${row}\n${name}`) ?? []).flatMap((one) => value(one) ?? []).filter(Number.isFinite);
    return values.length === 0 ? undefined : spread(values);
  };
  const table: Cell[][] = rows.flatMap((row) =>
    names.flatMap((name) =>
      found.has(`${row}\n${name}`)
        ? [
            [
              row,
              name,
              over(row, name, (one) => one.perSecond),
              over(row, name, (one) => one.p50Ms),
              over(row, name, (one) => one.p99Ms),
              over(row, name, (one) => one.itselfUs),
              over(row, name, (one) => one.storeUs),
              over(row, name, (one) => one.peakMb),
            ],
          ]
        : [],
    ),
  );
  const median = (row: string, name: string, value: (one: Found) => number | undefined) =>
    over(row, name, value)?.median;
  const targets: Target[] = [];
  const runs = median("three durable steps", "engine", (one) => one.perSecond);
  if (runs !== undefined) {
    targets.push(target("three durable steps, runs/s", `≥ ${WANTED_RUNS}`, runs.toFixed(0), runs >= WANTED_RUNS));
    for (const name of peers) {
      const theirs = median("three durable steps", name, (one) => one.perSecond);
      if (theirs !== undefined)
        targets.push(target(`beside ${name}`, "ahead", `${(runs / theirs).toFixed(1)} times`, runs > theirs));
    }
  }
  const [p50, p99] = [(one: Found) => one.p50Ms, (one: Found) => one.p99Ms].map((value) =>
    median("latency at a low rate", "engine", value),
  );
  if (p50 !== undefined && p99 !== undefined) {
    targets.push(
      target(
        "latency of such a run at a low rate, p50",
        `≤ ${WANTED_P50_MS} ms`,
        `${p50.toFixed(1)} ms`,
        p50 <= WANTED_P50_MS,
      ),
      target(
        "latency of such a run at a low rate, p99",
        `≤ ${WANTED_P99_MS} ms`,
        `${p99.toFixed(1)} ms`,
        p99 <= WANTED_P99_MS,
      ),
    );
  }
  const road = median("webhook in, three steps, delivery out", "engine", (one) => one.perSecond);
  if (road !== undefined)
    targets.push(
      target(
        "webhook in, three steps, delivery out, per second",
        `≥ ${WANTED_ROAD}`,
        road.toFixed(0),
        road >= WANTED_ROAD,
      ),
    );
  return {
    settings: {
      seconds,
      engineLive: ENGINE_LIVE,
      peerConcurrency: PEER_CONCURRENCY,
      lowRate: LOW_RATE,
    },
    tables: [
      {
        title: "Runs that ended, counted in the store (Restate keeps none to count: by what its callers were answered)",
        columns: ["row", "subject", "runs/s", "p50 ms", "p99 ms", "itself µs each", "store µs each", "peak MB"],
        rows: table,
      },
    ],
    targets,
    notes: [
      "The engine's runs are started over HTTP, the peers' from inside their own process; each step of ours evaluates an expression, each of theirs a function.",
      "For Restate `store` is its server, `itself` the process with the handlers and the callers.",
    ],
  };
});

function target(what: string, wanted: string, is: string, reached: boolean): Target {
  return {
    what,
    wanted,
    found: is,
    reached,
  };
}

async function peerRuns(bench: Bench, name: string, seconds: number, rate: number): Promise<Found> {
  const figures = await runPeer(bench, name, { seconds, rate, concurrency: PEER_CONCURRENCY[name] ?? 128 });
  if (figures === undefined) return { perSecond: Number.NaN };
  const whole = figures.ended / figures.seconds;
  // CPU is of the whole run, warming up included: per run it is told for the closed loop only, where both are much the same.
  const all = figures.ended * ((figures.seconds + 3) / figures.seconds);
  return {
    perSecond: figures.stored === null ? whole : figures.stored / (figures.storedSeconds ?? figures.seconds),
    p50Ms: rate > 0 ? (figures.p50Ms ?? undefined) : undefined,
    p99Ms: rate > 0 ? (figures.p99Ms ?? undefined) : undefined,
    itselfUs: rate > 0 ? undefined : (figures.cpuSeconds / all) * 1e6,
    storeUs: rate > 0 ? undefined : (figures.storeCpuSeconds / all) * 1e6,
  };
}

async function engineRuns(bench: Bench, seconds: number, rate: number): Promise<Found> {
  const engine = await startEngine(bench, engineEnv(bench));
  const app = await engine.api.createApp("bench");
  await engine.api.call("PUT", `/api/v1/app/${app}/flow/three`, { definition: THREE });
  const found = rate > 0 ? await atRate(engine, app, seconds, rate) : await closedLoop(engine, app, seconds);
  await engine.child.stop();
  await engine.server.discard();
  return found;
}

function ended(engine: Engine): Promise<number> {
  return count(engine.server, "select count(*) as n from posthorn.run_ended where state = 'completed'");
}

/** Keeps so many runs waiting for their turn that the engine always has some, and counts those that ended. */
async function closedLoop(engine: Engine, app: string, seconds: number): Promise<Found> {
  const starter = keepStarting(engine, app, "three", ENGINE_LIVE);
  await Bun.sleep(3_000);
  const before = await ended(engine);
  const cpu = cpuOf(engine);
  const begunAt = performance.now();
  await Bun.sleep(seconds * 1_000);
  const after = await ended(engine);
  const elapsed = (performance.now() - begunAt) / 1_000;
  const used = cpuOf(engine);
  await starter.stop();
  const runs = after - before;
  return {
    perSecond: runs / elapsed,
    itselfUs: ((used.itself - cpu.itself) / runs) * 1e6,
    storeUs: ((used.postgres - cpu.postgres) / runs) * 1e6,
    peakMb: peakRssBytes(engine.child.pid) / 1e6,
  };
}

/** Starts one run after the other at fixed moments and waits for what each returns; a latency counts from when its run was due. */
async function atRate(engine: Engine, app: string, seconds: number, rate: number): Promise<Found> {
  const path = `/api/v1/app/${app}/flow/three/run`;
  for (let i = 0; i < 50; i++) await post(engine, path, JSON.stringify({ input: { n: i }, wait: 10 }));
  const latencies: number[] = [];
  const under = new Set<Promise<void>>();
  const begunAt = performance.now();
  for (let n = 0; n < seconds * rate; n++) {
    const dueAt = begunAt + (n * 1_000) / rate;
    await Bun.sleep(Math.max(0, dueAt - performance.now()));
    const one = post(engine, path, JSON.stringify({ input: { n }, wait: 10 })).then(() => {
      latencies.push(performance.now() - dueAt);
      under.delete(one);
    });
    under.add(one);
  }
  await Promise.all(under);
  const { p50, p99 } = percentiles(latencies);
  return { perSecond: latencies.length / ((performance.now() - begunAt) / 1_000), p50Ms: p50, p99Ms: p99 };
}

async function wholeRoad(bench: Bench, seconds: number): Promise<Found> {
  const generator = chooseGenerator(bench.children, bench.scratch, bench.options.builtIn);
  const receiver = await startReceiver(bench.children, bench.scratch, {
    builtIn: bench.options.builtIn,
    hosts: 1,
    tls: false,
  });
  const engine = await startEngine(bench, engineEnv(bench));
  const app = await engine.api.createApp("bench");
  await engine.api.call("PUT", `/api/v1/app/${app}/flow/road`, { definition: ROAD });
  await engine.api.call("POST", "/api/v1/event-type", { name: "order.accepted", description: "worked on" });
  await engine.api.call("POST", `/api/v1/app/${app}/endpoint`, {
    url: `${receiver.origins[0]}/0`,
    filterTypes: ["order.accepted"],
  });
  const load = {
    origin: engine.origin,
    paths: [`/api/v1/app/${app}/msg`],
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body: JSON.stringify({ eventType: "order.placed", payload: { ...orderPayload(900), total: 42 } }),
    idempotencyKey: false,
    eventsPerRequest: 1,
    pauseAfterRefusalMs: 100,
  };
  const recorded = () => count(engine.server, "select count(*) as n from posthorn.attempt");
  await generator.run(load, Math.min(3, seconds), 64);
  await standsStill(recorded, 120_000);
  const before = await recorded();
  const cpu = cpuOf(engine);
  const begunAt = performance.now();
  await generator.run(load, seconds, 64);
  const inside = (await recorded()) - before;
  const elapsed = (performance.now() - begunAt) / 1_000;
  const used = cpuOf(engine);
  await standsStill(recorded, 120_000);
  const peakMb = peakRssBytes(engine.child.pid) / 1e6;
  await engine.child.stop();
  await engine.server.discard();
  await receiver.child.stop();
  return {
    perSecond: inside / elapsed,
    itselfUs: ((used.itself - cpu.itself) / inside) * 1e6,
    storeUs: ((used.postgres - cpu.postgres) / inside) * 1e6,
    peakMb,
  };
}

function cpuOf(engine: Engine): { itself: number; postgres: number } {
  return { itself: usageOf(engine.child.pid).cpuSeconds, postgres: usageOfTree(engine.server.pid).cpuSeconds };
}
