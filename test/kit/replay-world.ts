import { afterAll, beforeAll, beforeEach } from "bun:test";
import { createJobs, ensureDeliveryPartitions, findJob, type Job, type ReplaySpec } from "#delivery";
import { ensureEventPartitions } from "#events";
import { createLog, type Db, newId, newIdAt, openDb, publicId } from "#kernel";
import { type TestDatabase, testDatabase } from "#test";

export const START = Date.now() - 10_000;
const log = createLog({ level: "silent", format: "json" });

interface Made {
  type?: string;
  channels?: string;
  tags?: string;
  erased?: boolean;
}

/** For the tests of jobs: a database, in it for each test an application with an endpoint, a past to be made, and processes by hand. */
export function replayWorld() {
  let database: TestDatabase;
  let db: Db;
  let appId: string;
  let endpointId: string;
  beforeAll(async () => {
    database = await testDatabase();
    db = openDb({ url: database.url, poolMax: 4 });
    await ensureEventPartitions(db, Date.now());
    await ensureDeliveryPartitions(db, Date.now());
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    // Jobs of tests before are nobody's business here.
    await db.query(
      "update posthorn.job set state = 'cancelled', finished_at = now(), owner = null where state in ('running', 'paused')",
    );
    await db.query("delete from posthorn.delivery_leased");
    appId = newId();
    endpointId = await endpoint();
  });

  async function endpoint(mode = "enabled", eventTypes: string | null = null): Promise<string> {
    const id = newId();
    await db.query(
      `insert into posthorn.endpoint (id, app_id, url, mode, mode_reason, event_types) values ($1, $2, 'http://x.test', $3, $4, $5::text[])`,
      [id, appId, mode, mode === "enabled" ? null : "operator", eventTypes],
    );
    return id;
  }

  /** Events a millisecond apart from START on; their ids. */
  async function events(
    n: number,
    { type = "a", channels, tags, erased }: Made = {},
    fromMs = START,
  ): Promise<string[]> {
    const ids = Array.from({ length: n }, (_, i) => newIdAt(fromMs + i));
    await db.query(
      `insert into posthorn.event (app_id, id, type, channels, tags, content_type, payload)
     select $1::uuid, id, $3, $4::text[], $5::text[], 'application/json', $6::bytea from unnest($2::uuid[]) t(id)`,
      [appId, `{${ids.join()}}`, type, channels ?? null, tags ?? null, erased ? null : Buffer.from("{}")],
    );
    return ids;
  }

  async function attempted(ids: readonly string[], outcome: string, reason: string, at = endpointId): Promise<void> {
    await db.query(
      `insert into posthorn.attempt (event_id, id, delivery_id, app_id, endpoint_id, endpoint_version, number, trigger, outcome, reason, settled_as, total_us)
     select id, uuidv7(), uuidv7(), $2::uuid, $3::uuid, 1, 1, 'scheduled', $4, $5, case when $4 = 'delivered' then 'delivered' else 'dead' end, 1
       from unnest($1::uuid[]) t(id)`,
      [`{${ids.join()}}`, appId, at, outcome, reason],
    );
  }

  async function dead(ids: readonly string[], reason = "exhausted", at = endpointId): Promise<void> {
    await db.query(
      `insert into posthorn.delivery_dead (event_id, id, app_id, endpoint_id, attempts, reason)
     select id, uuidv7(), $2::uuid, $3::uuid, 1, $4 from unnest($1::uuid[]) t(id)`,
      [`{${ids.join()}}`, appId, at, reason],
    );
  }

  const spec = (over: Partial<ReplaySpec> = {}): ReplaySpec => ({
    task: "endpoint.bulk-replay",
    appId,
    endpointIds: [endpointId],
    what: "all",
    sinceMs: START - 1_000,
    untilMs: START + 5_000,
    ratePerSecond: 10_000,
    ...over,
  });

  /** A process that works on jobs by hand, with a clock of its own. */
  async function worker(clock = { ms: 0 }) {
    const [row] = await db.query<{ token: string }>(
      "insert into posthorn.process (name, roles, version, lease_ends_at) values ('test', '{delivery}', '0', now()) returning token",
    );
    const token = String(row?.token);
    let owedTold = 0;
    const withdrawn: ((id: string) => boolean)[] = [];
    const jobs = createJobs({
      db,
      membership: { token, mayStart: () => true, onLost: () => undefined, onTakeOver: () => undefined },
      log,
      onOwed: () => owedTold++,
      onWithdrawn: (isOne) => withdrawn.push(isOne),
      now: Date.now,
      monotonic: () => clock.ms,
    });
    return {
      token,
      clock,
      jobs,
      told: () => owedTold,
      withdrawn,
      /** Rounds until the clock shows so many ms more; how many it were. */
      async run(ms: number): Promise<number> {
        const until = clock.ms + ms;
        let rounds = 0;
        for (; clock.ms < until; rounds++) clock.ms += Math.ceil(Math.min(await jobs.round(), until - clock.ms + 1));
        return rounds;
      },
      die: () =>
        db.query("update posthorn.process set ended_at = now(), ended_by = 'taken_over' where token = $1", [token]),
    };
  }

  const reload = async (job: Job) => {
    const found = await findJob(db, publicId("qtask", job.id));
    if (found === undefined) throw new Error("The job is gone.");
    return found;
  };

  async function owed(at = endpointId): Promise<string[]> {
    const rows = await db.query<{ event_id: string }>(
      "select event_id from posthorn.delivery_owed where endpoint_id = $1 and trigger = 'replay' order by id",
      [at],
    );
    return rows.map(({ event_id }) => event_id);
  }

  /** As if everything owed had been delivered. */
  async function deliver(at = endpointId): Promise<void> {
    await db.query("delete from posthorn.delivery_owed where endpoint_id = $1", [at]);
  }

  /** As if these had been delivered. */
  async function delivered(ids: readonly string[]): Promise<void> {
    await attempted(ids, "delivered", "http_200");
    await db.query("delete from posthorn.delivery_owed where endpoint_id = $1 and event_id = any($2::uuid[])", [
      endpointId,
      `{${ids.join()}}`,
    ]);
  }

  return {
    get db() {
      return db;
    },
    get appId() {
      return appId;
    },
    get endpointId() {
      return endpointId;
    },
    endpoint,
    events,
    attempted,
    dead,
    spec,
    worker,
    reload,
    owed,
    deliver,
    delivered,
  };
}
