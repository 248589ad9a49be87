// kill -9 of the engine in the middle of its work, again and again: what is lost, what arrives twice?
import { Connection } from "./harness/connection.ts";
import { count, type Engine, engineEnv, freshFolder, startEngine } from "./harness/engine.ts";
import { orderPayload, requestParts } from "./harness/load.ts";
import { SEQUENCE, sequenced } from "./harness/open-loop.ts";
import { freePort, startServer } from "./harness/postgres.ts";
import type { Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { until } from "./harness/until.ts";

const CLIENTS = 64;
const SEQUENCES_MAX = 4_000_000;
/** Receivers take a moment, so that there is always something on the wire when the kill comes. */
const ANSWER_MS_MAX = 20;

await scenario("crash", async (bench) => {
  const kills = bench.options.repeat ?? (bench.options.quick ? 2 : 10);
  const arrived = new Uint8Array(SEQUENCES_MAX);
  const acknowledged = new Uint8Array(SEQUENCES_MAX);
  const receiver = receive(arrived);
  // Not the engine's own PostgreSQL: between the kill and the restart the tables are looked at.
  const database = await startServer(freshFolder(bench, "crash"));
  const forget = bench.children.owe(() => database.close());
  const env = engineEnv(bench, { POSTHORN_LISTEN: `127.0.0.1:${await freePort()}` });
  let engine: Engine = await startEngine(bench, env, database);
  const app = await engine.api.createApp("bench");
  for (let i = 0; i < 4; i++) {
    await engine.api.createEndpoint(app, { url: `${receiver.url.origin}/${i}`, channels: [`c${i}`] });
  }
  const load = startLoad(engine, app, acknowledged);
  const rows: (string | number)[][] = [];
  let sentAndUnrecorded = 0;
  for (let kill = 1; kill <= kills; kill++) {
    // Never in step with anything the engine does on a beat.
    await Bun.sleep(1000 * bench.seconds(2) + Math.random() * 1000);
    engine.child.kill("SIGKILL");
    await engine.child.exited;
    await Bun.sleep(200); // what the kernel still carries reaches the receiver
    const leased = await sequencesLeased();
    const onTheWire = leased.filter((sequence) => (arrived[sequence] ?? 0) > 0).length;
    sentAndUnrecorded += onTheWire;
    const before = performance.now();
    engine = await startEngine(bench, env, database);
    const restartMs = performance.now() - before;
    const takenAfter = await takeover(leased, before);
    rows.push([`kill ${kill}`, load.acknowledged(), leased.length, onTheWire, Math.round(restartMs), takenAfter]);
    bench.say(`kill ${kill}: ${leased.length} in hand, ${onTheWire} of them sent; taken over after ${takenAfter} s`);
  }
  await load.stop();
  const unsettled = (): Promise<number> =>
    count(
      database,
      "select (select count(*) from posthorn.delivery_leased) + (select count(*) from posthorn.delivery_owed) as n",
    );
  await until("everything owed to be delivered", 120_000, 500, async () => (await unsettled()) === 0).catch((error) =>
    bench.say(String(error)),
  );
  let lost = 0;
  let twice = 0;
  for (let sequence = 0; sequence < load.sent(); sequence++) {
    lost += acknowledged[sequence] === 1 && arrived[sequence] === 0 ? 1 : 0;
    twice += Math.max(0, (arrived[sequence] ?? 0) - 1);
  }
  const both = await count(
    database,
    `select count(*) as n from posthorn.attempt as attempt where settled_as = 'delivered' and (
       exists (select from posthorn.delivery_owed as owed where owed.id = attempt.delivery_id)
       or exists (select from posthorn.delivery_leased as leased where leased.id = attempt.delivery_id)
       or exists (select from posthorn.delivery_dead as dead where dead.event_id = attempt.event_id and dead.id = attempt.delivery_id))`,
  );
  const left = await unsettled();
  await engine.child.stop();
  forget();
  await database.discard();
  await receiver.stop(true);
  const targets: Target[] = [
    { what: `${kills} × kill -9: acknowledged and lost`, wanted: "0", found: String(lost), reached: lost === 0 },
    {
      what: "arrived more than once",
      wanted: `≤ ${sentAndUnrecorded} sent and unrecorded at the kills`,
      found: String(twice),
      reached: twice <= sentAndUnrecorded,
    },
    {
      what: "both delivered and owed; still owed at the end",
      wanted: "0; 0",
      found: `${both}; ${left}`,
      reached: both === 0 && left === 0,
    },
  ];
  return {
    settings: {
      kills,
      clients: CLIENTS,
      endpoints: 4,
      receiverAnswersAfter: `0–${ANSWER_MS_MAX} ms`,
      payloadBytes: 900,
    },
    tables: [
      {
        title: "Each kill",
        columns: ["", "acknowledged so far", "in its hands", "of these sent", "restart ms", "all taken over after s"],
        rows,
      },
      {
        title: "In the end",
        columns: ["figure", "count"],
        rows: [
          ["acknowledged", load.acknowledged()],
          ["lost", lost],
          ["arrived twice", twice],
          ["delivered and owed at once", both],
          ["still owed", left],
        ],
      },
    ],
    targets,
    notes: [
      '"Of these sent" are deliveries whose request had reached the receiver and whose attempt was not yet committed: only they may arrive twice.',
    ],
  };

  /** Sequence numbers of the deliveries that were in the dead process's hands. */
  async function sequencesLeased(): Promise<number[]> {
    const rows = await database.sql.unsafe(
      `select substring(convert_from(event.payload, 'UTF8') from '"seq":"([0-9]+)"')::int as sequence
       from posthorn.delivery_leased as leased join posthorn.event as event on event.app_id = leased.app_id and event.id = leased.event_id`,
    );
    return rows.map((row: { sequence: number }) => row.sequence);
  }

  /** Seconds from the restart until all that the dead process held has arrived (again). */
  async function takeover(leased: readonly number[], since: number): Promise<string> {
    const before = new Map(leased.map((sequence) => [sequence, arrived[sequence] ?? 0]));
    const open = (): boolean => [...before].some(([sequence, times]) => (arrived[sequence] ?? 0) <= times);
    try {
      await until("the takeover", 60_000, 50, () => !open());
      return ((performance.now() - since) / 1000).toFixed(1);
    } catch {
      return "> 60";
    }
  }
});

function receive(arrived: Uint8Array): ReturnType<typeof Bun.serve> {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = await request.text();
      const sequence = Number(/"seq":"(\d+)"/.exec(body)?.[1]);
      arrived[sequence] = Math.min(255, (arrived[sequence] ?? 0) + 1);
      await Bun.sleep(Math.random() * ANSWER_MS_MAX);
      return new Response("ok");
    },
  });
}

interface Running {
  sent(): number;
  acknowledged(): number;
  stop(): Promise<void>;
}

/** Clients that send one message after the other and never the same twice: what was not acknowledged is nobody's loss. */
function startLoad(engine: Engine, app: string, acknowledged: Uint8Array): Running {
  const { hostname, port } = new URL(engine.origin);
  const requests = [0, 1, 2, 3].map((channel) => {
    const body = JSON.stringify({
      eventType: "order.placed",
      channels: [`c${channel}`],
      payload: orderPayload(900, SEQUENCE),
    });
    const headers = { authorization: `Bearer ${engine.token}`, "content-type": "application/json" };
    const load = {
      origin: engine.origin,
      paths: [],
      headers,
      body,
      idempotencyKey: false,
      eventsPerRequest: 1,
      pauseAfterRefusalMs: 0,
    };
    const { before, after } = requestParts(load, `/api/v1/app/${app}/msg`);
    return sequenced(before + after);
  });
  let next = 0;
  let total = 0;
  let running = true;
  const client = async (): Promise<void> => {
    let connection: Connection | undefined;
    while (running && next < SEQUENCES_MAX) {
      try {
        connection ??= await Connection.open(hostname, Number(port));
        const sequence = next++;
        const request = requests[sequence % requests.length]?.(sequence);
        if (request !== undefined && (await connection.exchange(request)) === 202) {
          acknowledged[sequence] = 1;
          total++;
        }
      } catch {
        connection = undefined; // the engine is down, which is the point; the sequence number counts as not acknowledged
        await Bun.sleep(50);
      }
    }
    connection?.close();
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    sent: () => next,
    acknowledged: () => total,
    async stop() {
      running = false;
      await Promise.all(clients);
    },
  };
}
