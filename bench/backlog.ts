// A million deliveries are owed: does what happens now still go as fast, and does memory stay where it was?
import { chooseGenerator } from "./harness/generator.ts";
import { orderPayload } from "./harness/load.ts";
import { startReceiver } from "./harness/receiver.ts";
import type { Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { spread } from "./harness/stats.ts";
import { inParallel, type Subject, startSubject } from "./harness/subject.ts";
import { measureThroughput, type Throughput } from "./harness/throughput.ts";
import { until } from "./harness/until.ts";
import { usageOf } from "./harness/usage.ts";

const OWED = 1_000_000;
const OWED_QUICK = 20_000;
const CHUNK = 50_000;
const ENDPOINTS = 100;
const CONNECTIONS = 128;
const WANTED_SHARE = 0.8;
const MEMORY_GROWTH_MAX = 1.2;

interface Run {
  readonly empty: Throughput;
  readonly waiting: Throughput;
  readonly emptyMb: number;
  readonly waitingMb: number;
  readonly drainPerSecond: number;
  readonly drainMb: number;
}

await scenario("backlog", async (bench) => {
  const owed = bench.options.quick ? OWED_QUICK : OWED;
  const seconds = bench.seconds(15);
  const generator = chooseGenerator(bench.children, bench.scratch, bench.options.builtIn);
  const receiver = await startReceiver(bench.children, bench.scratch, {
    builtIn: bench.options.builtIn,
    hosts: 1,
    tls: false,
  });
  const route = { receiver, fanOut: 1, payloadBytes: 900, batch: 1, idempotencyKey: false };
  const runs: Run[] = [];
  for (let turn = 0; turn < bench.repeat(2); turn++) {
    const subject = await startSubject("engine", bench, route);
    const rssMb = (): number => usageOf(subject.child.pid).rssBytes / 1e6;
    // The first load warms the process up: what it grows by then must not look like the backlog's doing.
    await measureThroughput(subject, { generator, receiver, connections: CONNECTIONS }, 1, seconds);
    const empty = await measureThroughput(subject, { generator, receiver, connections: CONNECTIONS }, 1, seconds);
    const emptyMb = rssMb();
    const app = await createBacklog(subject, receiver.origins[0] ?? "", owed);
    bench.say(`${owed} deliveries are owed, due in an hour`);
    const waiting = await measureThroughput(subject, { generator, receiver, connections: CONNECTIONS }, 1, seconds);
    const waitingMb = rssMb();
    const drain = await drainRate(subject, app, seconds);
    runs.push({ empty, waiting, emptyMb, waitingMb, drainPerSecond: drain, drainMb: rssMb() });
    bench.say(
      `${Math.round(empty.recordedPerSecond)}/s empty, ${Math.round(waiting.recordedPerSecond)}/s with the backlog, drains at ${Math.round(drain)}/s`,
    );
    subject.child.kill("SIGKILL"); // finishing the rest of the million would teach nothing more
    await subject.close();
  }
  const over = (pick: (run: Run) => number) => spread(runs.map(pick));
  const share = over((run) => run.waiting.recordedPerSecond / run.empty.recordedPerSecond);
  const growth = over((run) => run.waitingMb / run.emptyMb);
  const target: Target = {
    what: `${owed.toLocaleString("en-US")} owed deliveries`,
    wanted: "throughput within 20 % of empty, memory flat",
    found: `${(share.median * 100).toFixed(0)} % of empty, memory × ${growth.median.toFixed(2)}`,
    reached: share.median >= WANTED_SHARE && growth.median <= MEMORY_GROWTH_MAX,
  };
  return {
    settings: {
      owed,
      endpoints: ENDPOINTS,
      seconds,
      generator: generator.kind,
      receiver: receiver.kind,
      connections: CONNECTIONS,
    },
    tables: [
      {
        title: "Throughput of new events, and of the backlog itself once it is due",
        columns: ["state", "recorded/s", "slowest s", "ack p99 ms", "resident MB"],
        rows: [
          [
            "nothing owed",
            over((run) => run.empty.recordedPerSecond),
            over((run) => run.empty.slowestSecond),
            over((run) => run.empty.ackMs.p99),
            over((run) => run.emptyMb),
          ],
          [
            "backlog waiting",
            over((run) => run.waiting.recordedPerSecond),
            over((run) => run.waiting.slowestSecond),
            over((run) => run.waiting.ackMs.p99),
            over((run) => run.waitingMb),
          ],
          [
            "backlog draining, nothing new",
            over((run) => run.drainPerSecond),
            undefined,
            undefined,
            over((run) => run.drainMb),
          ],
        ],
      },
      {
        title: "Against empty, per repetition",
        columns: ["figure", "ratio"],
        rows: [
          ["throughput", share],
          ["resident memory", growth],
        ],
      },
    ],
    targets: [target],
    notes: [
      "The backlog is written into the tables by SQL, to endpoints and an application of its own; what is sent from it is counted like everything else.",
    ],
  };
});

/** Inserts events and what is owed from them; returns the application's id in the database. */
async function createBacklog(subject: Subject, receiver: string, owed: number): Promise<string> {
  const { api, server } = subject;
  if (api === undefined) {
    throw new Error(`A backlog was asked of ${subject.name}; only the engine can have one.`);
  }
  const app = await api.createApp("backlog");
  await inParallel(Array.from({ length: ENDPOINTS }), 8, (_, i) =>
    api.createEndpoint(app, { url: `${receiver}/backlog/${i}` }),
  );
  const [{ id }] = await server.sql.unsafe("select id from posthorn.application where name = 'backlog'");
  const payload = Buffer.from(JSON.stringify(orderPayload(900)));
  for (let done = 0; done < owed; done += CHUNK) {
    await server.sql.unsafe(
      `with made as (
         insert into posthorn.event (app_id, id, type, content_type, payload)
         select $1::uuid, uuidv7(), 'order.placed', 'application/json', $2::bytea from generate_series(1, $3::int)
         returning id
       ), numbered as (
         select id, row_number() over () % ${ENDPOINTS} as place from made
       ), places as (
         select id as endpoint_id, row_number() over (order by id) - 1 as place from posthorn.endpoint where app_id = $1::uuid
       )
       insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger)
       select uuidv7(), numbered.id, $1::uuid, endpoint_id, now() + interval '1 hour', 'scheduled'
       from numbered join places using (place)`,
      [id, payload, Math.min(CHUNK, owed - done)],
    );
  }
  await server.sql.unsafe("analyze posthorn.delivery_owed");
  await server.sql.unsafe("checkpoint");
  return id;
}

/** Makes all of it due and counts what is recorded per second once the first of it moves. */
async function drainRate(subject: Subject, app: string, seconds: number): Promise<number> {
  await subject.server.sql.unsafe("update posthorn.delivery_owed set due_at = now() where app_id = $1::uuid", [app]);
  const first = await subject.recorded();
  await until("the backlog to move", 30_000, 100, async () => (await subject.recorded()) > first);
  const before = await subject.recorded();
  const started = performance.now();
  await Bun.sleep(seconds * 1000);
  const elapsed = (performance.now() - started) / 1000;
  return ((await subject.recorded()) - before) / elapsed;
}
