// A million runs that sleep: what they cost the engine's memory, and how late those wake whose time has come.
import { count, type Engine, engineEnv, startEngine } from "./harness/engine.ts";
import { scenario } from "./harness/scenario.ts";
import { until } from "./harness/until.ts";
import { usageOf, usageOfTree } from "./harness/usage.ts";

const WANTED_LATE_MS = 1_000;
/** Flat: nothing per sleeper is in memory. What the allocator keeps of the work itself may come on top. */
const WANTED_GROWTH_MB = 20;
const LEAD_S = 15;

const NAP = {
  posthorn: 1,
  flow: "nap",
  steps: [
    { id: "nap", wait: { until: { $: "input.until" } } },
    { id: "after", map: { $: "input.until" }, durable: true },
  ],
};

await scenario("sleepers", async (bench) => {
  const sleepers = bench.options.quick ? 20_000 : 1_000_000;
  const seconds = bench.seconds(60);
  const waking = Math.min(sleepers / 2, 300 * seconds);
  const engine = await startEngine(bench, engineEnv(bench));
  const app = await engine.api.createApp("bench");
  await engine.api.call("PUT", `/api/v1/app/${app}/flow/nap`, { definition: NAP });
  const far = new Date(Date.now() + 20 * 86_400_000).toISOString();
  await engine.api.call("POST", `/api/v1/app/${app}/flow/nap/run`, { input: { until: far } });
  await until("the first run to sleep", 20_000, 100, async () => (await asleep(engine)) === 1);
  const before = usageOf(engine.child.pid).rssBytes / 1e6;
  bench.say(`putting ${sleepers} to sleep`);
  const begins = Date.now() + LEAD_S * 1_000 + sleepers / 20;
  await multiply(engine, sleepers - waking - 1, 0, 0);
  await multiply(engine, waking, begins, seconds * 1_000);
  const ready = Date.now();
  const asleepMb = usageOf(engine.child.pid).rssBytes / 1e6;
  await Bun.sleep(Math.max(0, begins - Date.now()));
  const cpu = { itself: usageOf(engine.child.pid).cpuSeconds, postgres: usageOfTree(engine.server.pid).cpuSeconds };
  await Bun.sleep(seconds * 1_000);
  await until("all to have woken", 60_000, 200, async () => (await ended(engine)) >= waking);
  const used = { itself: usageOf(engine.child.pid).cpuSeconds, postgres: usageOfTree(engine.server.pid).cpuSeconds };
  const [late] = await engine.server.sql.unsafe(`
    select percentile_disc(array[0.5, 0.99, 1]) within group (order by ms) as p
      from (select extract(epoch from ended_at - (convert_from(input, 'UTF8')::json->>'until')::timestamptz) * 1000 as ms
              from posthorn.run_ended) t`);
  const [p50, p99, most] = (late.p as string[]).map(Number) as [number, number, number];
  const afterMb = usageOf(engine.child.pid).rssBytes / 1e6;
  const left = await asleep(engine);
  await engine.child.stop();
  await engine.server.discard();
  const share = (n: number): string => `${((n / seconds) * 100).toFixed(1)} %`;
  return {
    settings: {
      sleepers,
      waking,
      overSeconds: seconds,
      made: "rows copied from one run that the engine put to sleep itself",
    },
    tables: [
      {
        title: "A million sleepers",
        columns: ["figure", "found"],
        rows: [
          ["asleep before and after", `${sleepers}, ${left}`],
          [
            "resident MB with one sleeper, with all, after the wakings",
            [before, asleepMb, afterMb].map((mb) => mb.toFixed(0)).join(", "),
          ],
          ["wakings per second", (waking / seconds).toFixed(0)],
          ["lateness p50, p99, most", [p50, p99, most].map((ms) => `${ms.toFixed(0)} ms`).join(", ")],
          [
            "CPU of the engine, of PostgreSQL while they woke",
            `${share(used.itself - cpu.itself)}, ${share(used.postgres - cpu.postgres)}`,
          ],
          ["had to be ready before the first waking, s", ((begins - ready) / 1_000).toFixed(0)],
        ],
      },
    ],
    targets: [
      {
        what: "memory of the engine with a million sleepers",
        wanted: `flat (≤ ${WANTED_GROWTH_MB} MB more)`,
        found: `${(asleepMb - before).toFixed(0)} MB more`,
        reached: asleepMb - before <= WANTED_GROWTH_MB,
      },
      {
        what: "lateness of wakings, p99",
        wanted: `≤ ${WANTED_LATE_MS} ms`,
        found: `${p99.toFixed(0)} ms`,
        reached: p99 <= WANTED_LATE_MS,
      },
    ],
    notes: ["Lateness counts from the moment a run waited for to the commit of its end, one durable step later."],
  };
});

function asleep(engine: Engine): Promise<number> {
  return count(engine.server, "select count(*) as n from posthorn.run_waiting");
}
function ended(engine: Engine): Promise<number> {
  return count(engine.server, "select count(*) as n from posthorn.run_ended");
}

/** Copies the one sleeper, with its journal. `overMs` 0: as far away as it is; else evenly spread from `fromMs` on. */
async function multiply(engine: Engine, n: number, fromMs: number, overMs: number): Promise<void> {
  const chunk = 50_000;
  for (let at = 0; at < n; at += chunk) {
    const [first, last] = [at, Math.min(n, at + chunk) - 1];
    await engine.server.sql.unsafe(
      `with model as (
         select w.*, s.seq, s.kind, s.path, s.attempt
           from posthorn.run_waiting w join posthorn.run_step s on s.run_id = w.id order by w.id limit 1
       ), fresh as (
         select uuidv7() as new_id,
                case when $4::float8 = 0 then m.due_at else to_timestamp(($3::float8 + i * $4::float8 / $5) / 1000) end as new_due, m.*
           from generate_series($1::int, $2::int) i cross join model m
       ), slept as (
         insert into posthorn.run_waiting (id, app_id, flow_id, version, waiting_for, due_at, phase, trigger, input, started_at)
         select new_id, app_id, flow_id, version, waiting_for, new_due, phase, trigger,
                convert_to(json_build_object('until', to_char(new_due at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text, 'UTF8'), started_at
           from fresh
       )
       insert into posthorn.run_step (run_id, seq, kind, path, attempt, at, due_at)
       select new_id, seq, kind, path, attempt, now(), new_due from fresh`,
      [first, last, fromMs, overMs, n],
    );
  }
}
