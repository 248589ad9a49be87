import { bareArray, type Db, type Queryable, textArray } from "#kernel";
import { LEASE_BYTES_MAX, type LeasedTask, type TaskOptions } from "./task.ts";

/** So many tasks for a worker, by its token. */
export interface Share {
  readonly worker: string;
  readonly n: number;
}

/** Where a claim left off in a queue, for one name. */
export interface Position {
  readonly queue: string;
  readonly name: string;
  /** µs since 1970 */
  readonly rankUs: number;
  readonly id: string;
}

/** What workers that do the same things want, together. */
export interface Claim {
  readonly appId: string;
  readonly queues: readonly string[];
  readonly names: readonly string[];
  readonly shares: readonly Share[];
  /** Nothing that stands before these is looked at. */
  readonly after?: readonly Position[] | undefined;
}

export interface Claimed extends LeasedTask {
  readonly worker: string;
  /** Where it stood: µs since 1970. */
  readonly rankUs: number;
}

interface Row {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly attempt: number;
  readonly priority: number;
  readonly input: Buffer;
  readonly options: TaskOptions | null;
  readonly key: string | null;
  readonly worker: string;
  readonly rank_us: number;
}

// Two who claim at the same time look at the same head of a queue. What one has locked the other passes over, and finds its own
// among so many times as many candidates.
const OVERSCAN = 2;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

const HAS_LIMITS = "(s.paused or s.concurrency is not null or s.rate is not null)";

const UNLIMITED = `
  select a.queue
    from unnest($2::text[]) a(queue)
    left join posthorn.task_queue s on s.app_id = $1 and s.name = a.queue
   where s.name is null or not ${HAS_LIMITS}`;

// One probe of an index for each pair of queue and name, whatever stands in the queue besides: a million tasks of a name that no worker
// knows hide nothing. Queues take turns (P7), within one the order is that of `rank_at`. As many are locked as are taken. A row that was
// found is locked and deleted where it lies: in between, nobody moves what is ready.
const fromMany = (queues: string) => `
  candidate as materialized (
    select c.at, c.turn
      from (select o.at, o.rank_at, row_number() over (partition by o.queue order by o.rank_at, o.id) as turn
              from (${queues}) q
             cross join unnest($3::text[]) n(name)
              left join unnest($6::text[], $7::text[], $8::float8[], $9::uuid[]) p(queue, name, rank_us, id) on p.queue = q.queue and p.name = n.name
             cross join want
             cross join lateral (
               select ctid as at, id, queue, rank_at from posthorn.task_owed
                where app_id = $1 and queue = q.queue and name = n.name and ready
                  and (rank_at, id) > (coalesce('epoch'::timestamptz + p.rank_us * interval '1 us', '-infinity'), coalesce(p.id, '${FIRST_ID}'))
                order by rank_at, id
                limit want.n * ${OVERSCAN}
             ) o) c
     order by c.turn, c.rank_at
     limit (select n * ${OVERSCAN} from want)
  ), locked as materialized (
    select o.at, o.bytes
      from candidate
     cross join lateral (
       select ctid as at, octet_length(input) as bytes from posthorn.task_owed where ctid = candidate.at for update skip locked
     ) o
     limit (select n from want)
  )`;

// Of one name in one queue the index has the order, and what others have locked is passed over on the way: a third less work for each task.
const fromOne = `
  position as materialized (
    select p.rank_us, p.id from unnest($6::text[], $7::text[], $8::float8[], $9::uuid[]) p(queue, name, rank_us, id)
     where p.queue = ($2::text[])[1] and p.name = ($3::text[])[1]
  ), locked as materialized (
    select ctid as at, octet_length(input) as bytes from posthorn.task_owed
     where app_id = $1 and queue = ($2::text[])[1] and name = ($3::text[])[1] and ready
       and (rank_at, id) > (coalesce((select 'epoch'::timestamptz + rank_us * interval '1 us' from position), '-infinity'),
                            coalesce((select id from position), '${FIRST_ID}'))
       and exists (${UNLIMITED})
     order by rank_at, id
     limit (select n from want)
       for update skip locked
  )`;

const claim = (locked: string) => `
  with alive as materialized (
    select w.token from posthorn.task_worker w where w.token = any($4::bigint[]) and w.ended_at is null for key share
  ), share as materialized (
    select s.token, s.n, sum(s.n) over (order by s.token) - s.n as lo, sum(s.n) over (order by s.token) as hi
      from unnest($4::bigint[], $5::int[]) s(token, n) join alive using (token)
  ), want as materialized (
    select coalesce(max(hi), 0)::bigint as n from share
  ), ${locked.trim()}, picked as materialized (
    -- At least one, and no more than can be handed out at once.
    select at from (select at, sum(bytes) over (rows unbounded preceding) - bytes as before from locked) l where l.before < ${LEASE_BYTES_MAX}
  ), taken as (
    delete from posthorn.task_owed where ctid = any(array(select at from picked))
    returning *
  ), dealt as (
    select t.*, share.token as worker
      from (select taken.*, row_number() over (order by rank_at, id) as n from taken) t
      join share on t.n > share.lo and t.n <= share.hi
  ), leased as (
    insert into posthorn.task_leased (app_id, id, queue, name, worker, attempt, deadline_at, priority, input, options, unique_key, unique_mode, run_id, path, key)
    select app_id, id, queue, name, worker, attempts + 1, now() + (options ->> 'timeoutMs')::float8 * interval '1 ms', priority, input, options,
           unique_key, unique_mode, run_id, path, key
      from dealt
  ), freed as (
    delete from posthorn.task_unique u using taken t where t.unique_mode = 'waiting' and u.key = t.unique_key and u.task_id = t.id
  )
  select id, queue, name, attempts + 1 as attempt, priority, input, options, key, worker::text as worker,
         round(date_part('epoch', rank_at) * 1000000) as rank_us
    from dealt order by n`;

const CLAIM_MANY = claim(fromMany(UNLIMITED));
const CLAIM_ONE = claim(fromOne);
const CLAIM_LIMITED = claim(fromMany("select a.queue from unnest($2::text[]) a(queue)"));

const LIMITED = `
  select name from posthorn.task_queue
   where app_id = $1 and name = any($2::text[]) and not paused and (concurrency is not null or rate is not null)`;

// Whoever holds the row decides for its queue, over all processes. Of a rate, what was not used is kept for a second.
const ROOM = `
  select q.concurrency,
         q.rate, least(greatest(q.rate, 1), q.allowance + q.rate * extract(epoch from clock_timestamp() - q.allowance_at))::float8 as allowance
    from posthorn.task_queue q
   where q.app_id = $1 and q.name = $2 and not q.paused
     for update`;

// Asked once the row is ours, by a statement of its own: one that had waited for the lock would count what was there before it waited.
const UNDER_WAY = "select count(*)::int as n from posthorn.task_leased where app_id = $1 and queue = $2";

const SPENT = `
  update posthorn.task_queue set allowance = $3::float8 - $4::int, allowance_at = clock_timestamp() where app_id = $1 and name = $2`;

async function run(q: Queryable, statement: string, claim: Claim): Promise<Claimed[]> {
  const { after = [] } = claim;
  const rows = await q.query<Row>(statement, [
    claim.appId,
    textArray(claim.queues),
    textArray(claim.names),
    bareArray(claim.shares.map(({ worker }) => worker)),
    bareArray(claim.shares.map(({ n }) => n)),
    textArray(after.map(({ queue }) => queue)),
    textArray(after.map(({ name }) => name)),
    bareArray(after.map(({ rankUs }) => rankUs)),
    bareArray(after.map(({ id }) => id)),
  ]);
  return rows.map((row) => ({
    id: row.id,
    queue: row.queue,
    name: row.name,
    attempt: row.attempt,
    priority: row.priority,
    input: row.input,
    timeoutMs: row.options?.timeoutMs,
    key: row.key ?? undefined,
    worker: row.worker,
    rankUs: row.rank_us,
  }));
}

/** Leases what is due to these workers, of queues without limits. */
export function claimTasks(q: Queryable, claim: Claim): Promise<Claimed[]> {
  const isOne = claim.queues.length === 1 && claim.names.length === 1;
  return run(q, isOne ? CLAIM_ONE : CLAIM_MANY, claim);
}

/** Of the claim's queues those that have limits and are not paused. */
export async function limitedQueues(q: Queryable, appId: string, queues: readonly string[]): Promise<string[]> {
  const rows = await q.query<{ name: string }>(LIMITED, [appId, textArray(queues)]);
  return rows.map(({ name }) => name);
}

/** The same of one queue with limits, which hold over all processes: at most so many under way, and so many per second. */
export function claimLimited(db: Db, claim: Claim, queue: string): Promise<Claimed[]> {
  return db.transaction(async (tx) => {
    const [limits] = await tx.query<{
      concurrency: number | null;
      rate: number | null;
      allowance: number | null;
    }>(ROOM, [claim.appId, queue]);
    if (limits === undefined) return []; // Paused, or its limits were taken away, a moment ago.
    let room = Number.MAX_SAFE_INTEGER;
    if (limits.concurrency !== null) {
      const [underWay] = await tx.query<{ n: number }>(UNDER_WAY, [claim.appId, queue]);
      room = limits.concurrency - (underWay?.n ?? 0);
    }
    if (limits.rate !== null) room = Math.min(room, Math.floor(limits.allowance ?? 0));
    const shares = cut(claim.shares, room);
    if (shares.length === 0) return [];
    const claimed = await run(tx, CLAIM_LIMITED, { ...claim, queues: [queue], shares, after: [] });
    if (limits.rate !== null && claimed.length > 0)
      await tx.query(SPENT, [claim.appId, queue, limits.allowance ?? 0, claimed.length]);
    return claimed;
  });
}

function cut(shares: readonly Share[], room: number): Share[] {
  const kept: Share[] = [];
  let left = room;
  for (const { worker, n } of shares) {
    const some = Math.min(n, left);
    if (some <= 0) break;
    kept.push({ worker, n: some });
    left -= some;
  }
  return kept;
}
