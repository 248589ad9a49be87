// Somebody's report holds a snapshot open for minutes: no row that was deleted since can be removed meanwhile. What does it cost those who work?
import { SQL } from "bun";
import { count, type Engine, engineEnv, startEngine } from "./harness/engine.ts";
import { keepStarting } from "./harness/run-starter.ts";
import { scenario } from "./harness/scenario.ts";

const WANTED_LOSS = 0.2;
const LIVE = 4_000;
const HELD_S = 180;

const THREE = {
  posthorn: 1,
  flow: "three",
  steps: ["one", "two", "three"].map((id) => ({ id, map: { $: "input.n" }, durable: true })),
};

await scenario("snapshot", async (bench) => {
  const held = bench.options.seconds ?? (bench.options.quick ? 6 : HELD_S);
  const calm = Math.max(3, Math.round(held / 6));
  const engine = await startEngine(bench, engineEnv(bench));
  const app = await engine.api.createApp("bench");
  await engine.api.call("PUT", `/api/v1/app/${app}/flow/three`, { definition: THREE });
  const starter = keepStarting(engine, app, "three", LIVE);
  await Bun.sleep(5_000);
  const before = await perSecond(engine, calm);
  bench.say(`before: ${before.toFixed(0)} runs/s`);
  const reader = new SQL({ url: engine.server.url, max: 1 });
  const connection = await reader.reserve();
  // The engine's PostgreSQL ends who is idle in a transaction for a minute; whoever holds a snapshot for long, as a dump does, is not idle.
  await connection.unsafe("set idle_in_transaction_session_timeout = 0");
  await connection.unsafe("begin isolation level repeatable read");
  await connection.unsafe("select count(*) from posthorn.application");
  const parts: number[] = [];
  for (let part = 0; part < 6; part++) {
    parts.push(await perSecond(engine, held / 6));
    bench.say(`held for ${((part + 1) * held) / 6} s: ${parts.at(-1)?.toFixed(0)} runs/s`);
  }
  await connection.unsafe("rollback");
  connection.release();
  await reader.close();
  await Bun.sleep(5_000);
  const after = await perSecond(engine, calm);
  await starter.stop();
  await engine.child.stop();
  await engine.server.discard();
  const last = parts.at(-1) ?? Number.NaN;
  const loss = 1 - last / before;
  return {
    settings: { heldSeconds: held, live: LIVE },
    tables: [
      {
        title: "Runs of three durable steps per second",
        columns: ["when", "runs/s"],
        rows: [
          ["before", before],
          ...parts.map((rate, n) => [
            `held, ${Math.round((n * held) / 6)} to ${Math.round(((n + 1) * held) / 6)} s`,
            rate,
          ]),
          ["released", after],
        ],
      },
    ],
    targets: [
      {
        what: `throughput lost after ${held} s of somebody's snapshot`,
        wanted: `≤ ${WANTED_LOSS * 100} %`,
        found: `${(loss * 100).toFixed(0)} %`,
        reached: loss <= WANTED_LOSS,
      },
    ],
    notes: ["The loss is that of the last sixth of the time, when it is greatest."],
  };
});

async function perSecond(engine: Engine, seconds: number): Promise<number> {
  const ended = () => count(engine.server, "select count(*) as n from posthorn.run_ended");
  const before = await ended();
  const begunAt = performance.now();
  await Bun.sleep(seconds * 1_000);
  return ((await ended()) - before) / ((performance.now() - begunAt) / 1_000);
}
