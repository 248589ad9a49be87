// A hundred million runs that ended: do the lists, filters and pages that people look at stay fast?
import { publicId } from "#kernel";
import { type Engine, engineEnv, startEngine } from "./harness/engine.ts";
import { scenario } from "./harness/scenario.ts";
import { percentiles } from "./harness/stats.ts";

const WANTED_MS = 100;
const DAYS = 30;
const FLOWS = 40;
/** Half of all runs are of the first flow; the others share the rest. */
const FIRST_SHARE = 0.5;
const FAILED = 0.005;
const KINDS_OF_FAILURE = 20;
const CANCELLED = 0.0002;
const BY_HAND = 0.00001;
const CHUNK = 250_000;

const DAY_MS = 86_400_000;

interface Row {
  readonly id: string;
  readonly at: number;
}
type Look = readonly [name: string, path: () => string];

const uuidAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
};

// Evenly over the day, in the order of their ids.
const FILL = `
  insert into posthorn.run_ended
    (flow_id, id, app_id, version, state, trigger, event_id, result, fingerprint, steps, started_at, ended_at)
  select f.ids[1 + case when r.flow < ${FIRST_SHARE} then 0 else floor((r.flow - ${FIRST_SHARE}) / ${1 - FIRST_SHARE} * (${FLOWS} - 1))::int + 1 end],
         t.id, f.app_id, 1, t.state,
         case when r.trigger < ${BY_HAND} then 'manual' else 'event' end,
         case when r.trigger < ${BY_HAND} then null else t.id end,
         case t.state
           when 'completed' then convert_to('{"total":' || t.n || '}', 'UTF8')
           when 'failed' then convert_to('{"class":"permanent","code":"http_status","message":"POST https://api.example.com/orders/' || t.n || ' was answered 422","path":"one"}', 'UTF8')
           else convert_to('"asked for"', 'UTF8') end,
         case when t.state = 'failed' then md5('kind ' || (t.n % ${KINDS_OF_FAILURE}))::uuid end,
         3, t.at, t.at + interval '40 ms'
    from (select array_agg(id order by created_at, id) as ids, min(app_id::text)::uuid as app_id from posthorn.flow) f
    cross join generate_series($2::int, $3::int) n
    cross join lateral (select random() as flow, random() as trigger, random() as state where n is not null) r
    cross join lateral (
      select n, to_timestamp(($1::float8 + n * $4::float8) / 1000) as at,
             case when r.state < ${FAILED} then 'failed' when r.state < ${FAILED + CANCELLED} then 'cancelled' else 'completed' end as state,
             uuidv7(to_timestamp(($1::float8 + n * $4::float8) / 1000) - clock_timestamp()) as id
    ) t`;

await scenario("history", async (bench) => {
  const runs = bench.options.quick ? 600_000 : (bench.options.millions ?? 100) * 1_000_000;
  const looks = bench.options.repeat ?? (bench.options.quick ? 5 : 50);
  const engine = await startEngine(bench, engineEnv(bench));
  const app = await engine.api.createApp("bench");
  const flows: string[] = [];
  for (let n = 0; n < FLOWS; n++) {
    const definition = { posthorn: 1, flow: `flow-${n}`, steps: [{ id: "one", map: { $: "1" } }] };
    flows.push((await engine.api.call("PUT", `/api/v1/app/${app}/flow/flow-${n}`, { definition })).id);
  }
  const filledMs = await fill(bench.say, engine, runs);
  const [size] = await engine.server.sql.unsafe(
    "select sum(pg_total_relation_size(inhrelid)) as bytes from pg_inherits where inhparent = 'posthorn.run_ended'::regclass",
  );
  const samples: Row[] = await engine.server.sql.unsafe(
    `select id, extract(epoch from started_at) * 1000 as at from posthorn.run_ended tablesample system (${bench.options.quick ? 1 : 0.05}) limit 2000`,
  );
  const some = (): Row => {
    const sample = samples[Math.floor(Math.random() * samples.length)];
    if (sample === undefined) throw new Error("The sample of the runs is empty.");
    return sample;
  };
  const [failure] = await engine.server.sql.unsafe(
    "select fingerprint from posthorn.run_ended where state = 'failed' limit 1",
  );
  const list = (query: string) => () => `/run?limit=50${query}`;
  const time = (ms: number) => encodeURIComponent(new Date(ms).toISOString());
  const all: Look[] = [
    ["newest of all flows", list("")],
    ["newest of the flow with half of all", list("&flow=flow-0")],
    ["newest of a small flow", list("&flow=flow-7")],
    ["failed", list("&state=failed")],
    ["failed, of a small flow", list("&flow=flow-7&state=failed")],
    ["failed alike", list(`&flow=flow-0&fingerprint=${failure.fingerprint}`)],
    ["cancelled (one in 5,000)", list("&state=cancelled")],
    ["completed", list("&state=completed")],
    ["waiting (none)", list("&state=waiting")],
    ["started by hand (one in 100,000)", list("&trigger=manual")],
    [
      "an hour, some day",
      () => {
        const { at } = some();
        return list(`&since=${time(Number(at))}&until=${time(Number(at) + 3_600_000)}`)();
      },
    ],
    [
      "failed, of a flow, in a day",
      () => {
        const { at } = some();
        return list(`&flow=flow-3&state=failed&since=${time(Number(at))}&until=${time(Number(at) + DAY_MS)}`)();
      },
    ],
    ["runs of an event", () => list(`&event_id=${publicId("msg", some().id)}`)()],
    ["a page somewhere", () => list(`&iterator=${publicId("run", some().id)}`)()],
    ["one run", () => `/run/${publicId("run", some().id)}`],
    ["failures alike, counted, of a day", () => `/flow/flow-0/failure?since=${time(Date.now() - DAY_MS)}`],
    ["failures alike, counted, of 30 days", () => `/flow/flow-0/failure?since=${time(Date.now() - DAYS * DAY_MS)}`],
    ["statistics of a day", () => `/flow/flow-0/stats?since=${time(Date.now() - DAY_MS)}`],
  ];
  const rows = [];
  let slowest = { name: "", p99: 0 };
  for (const [name, path] of all) {
    const times: number[] = [];
    let found = "";
    for (let n = 0; n < looks; n++) {
      const begunAt = performance.now();
      found = await get(engine, `/api/v1/app/${app}${path()}`);
      times.push(performance.now() - begunAt);
    }
    const { p50, p99 } = percentiles(times);
    if (p99 > slowest.p99) slowest = { name, p99 };
    rows.push([name, found, times[0] ?? Number.NaN, p50, p99]);
    bench.say(`${name}: ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${found})`);
  }
  await engine.child.stop();
  await engine.server.discard();
  return {
    settings: {
      runs,
      flows: FLOWS,
      days: DAYS,
      looks,
      made: "rows as the engine writes them, without journals, by one statement a chunk",
      fillMinutes: (filledMs / 60_000).toFixed(1),
      gigabytes: (Number(size.bytes) / 1e9).toFixed(1),
    },
    tables: [
      {
        title: `What is looked at, over HTTP, with ${runs.toLocaleString("en")} runs that ended`,
        columns: ["look", "found", "first ms", "p50 ms", "p99 ms"],
        rows,
      },
    ],
    targets: [
      {
        what: `each look, p99 (the slowest: ${slowest.name})`,
        wanted: `≤ ${WANTED_MS} ms`,
        found: `${slowest.p99.toFixed(0)} ms`,
        reached: slowest.p99 <= WANTED_MS,
      },
    ],
    notes: ["The first look of each kind is part of its figures, and found the least in memory."],
  };
});

/** What was found, in words. */
async function get(engine: Engine, path: string): Promise<string> {
  const answer = await fetch(engine.origin + path, { headers: { authorization: `Bearer ${engine.token}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET ${path} was answered ${answer.status}: ${text}`);
  const { data, done } = JSON.parse(text) as { data?: unknown[]; done?: boolean };
  if (data === undefined) return "it";
  return `${data.length}${done === false ? ", and more" : ""}`;
}

/** Fills the days before now, two days at once; how long it took, in ms. */
async function fill(say: (text: string) => void, engine: Engine, runs: number): Promise<number> {
  const begunAt = performance.now();
  const { sql } = engine.server;
  const today = Math.floor(Date.now() / DAY_MS);
  for (let day = today - DAYS; day < today - 1; day++) await sql.unsafe(partition(day));
  const days = Array.from({ length: DAYS }, (_, n) => today - DAYS + n);
  const each = Math.ceil(runs / DAYS);
  let filled = 0;
  const worker = async () => {
    for (let day = days.shift(); day !== undefined; day = days.shift()) {
      for (let from = 0; from < each; from += CHUNK) {
        await sql.unsafe(FILL, [day * DAY_MS, from, Math.min(each, from + CHUNK) - 1, DAY_MS / each]);
      }
      say(`${((++filled / DAYS) * 100).toFixed(0)} % of ${runs} runs stand`);
    }
  };
  await Promise.all([worker(), worker()]);
  await sql.unsafe("analyze posthorn.run_ended");
  return performance.now() - begunAt;
}

/** As the engine makes it for a day that comes. */
function partition(day: number): string {
  const name = `posthorn.run_ended_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "")}`;
  return `create table if not exists ${name} partition of posthorn.run_ended
    for values from ('${uuidAt(day * DAY_MS)}') to ('${uuidAt((day + 1) * DAY_MS)}')`;
}
