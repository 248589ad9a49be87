import { type Chore, type Db, dropPartitions, ensurePartitions, type Log, type Look, type Partition } from "#kernel";
import { forgetJobs } from "./replay/store.ts";

export interface DeliveryUpkeepOptions {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  readonly retentionMs: number;
  /** How many deliveries a paused or disabled endpoint holds at most, and for how long. */
  readonly heldMax: number;
  readonly heldForMs: number;
}

export async function ensureDeliveryPartitions(db: Db, nowMs: number): Promise<void> {
  await ensurePartitions(db, "attempt", "event_id", nowMs);
  await ensurePartitions(db, "delivery_dead", "event_id", nowMs);
}

const CHUNK = 5_000;

/** Moves owed rows to the dead, a chunk per statement; `picked` selects (id, reason) of at most one chunk. */
export const bury = (picked: string) => `
  with picked as (${picked}), gone as (
    delete from posthorn.delivery_owed o using picked where o.id = picked.id
    returning o.event_id, o.id, o.app_id, o.endpoint_id, o.attempts, picked.reason
  ), dead as (
    insert into posthorn.delivery_dead (event_id, id, app_id, endpoint_id, attempts, reason)
    select event_id, id, app_id, endpoint_id, attempts, reason from gone
    on conflict (event_id, id) do nothing
  )
  select count(*)::int as n from gone`;

const OF_DELETED = bury(`
  select o.id, e.reason
    from (select id, coalesce(deleted_as, 'endpoint_deleted') as reason from posthorn.endpoint where deleted_at > now() - $1::float8 * interval '1 ms') e
   cross join lateral (select id from posthorn.delivery_owed where endpoint_id = e.id limit ${CHUNK} for update skip locked) o
   limit ${CHUNK}`);

const EXPIRED = bury(`
  select o.id, 'expired' as reason from posthorn.delivery_owed o
   where o.expires_at <= now() limit ${CHUNK} for update skip locked`);

// A disabled endpoint keeps what it was owed as a paused one does, so that enabling it by mistake, or too late, loses as
// little; but who reads the dead letter is told why nothing came of it.
const HELD_TOO_LONG = bury(`
  select o.id, case e.mode when 'disabled' then 'endpoint_disabled' else 'held_too_long' end as reason
    from posthorn.endpoint e
   cross join lateral (
     select id from posthorn.delivery_owed where endpoint_id = e.id and due_at < now() - $1::float8 * interval '1 ms' limit ${CHUNK} for update skip locked
   ) o
   where e.mode <> 'enabled' and e.deleted_at is null
   limit ${CHUNK}`);

/** Whether any endpoint keeps what it is owed. */
const HOLDS = "exists (select from posthorn.endpoint where mode <> 'enabled' and deleted_at is null)";

// What somebody holds is bounded as well, counted from when it would have been due: a forgotten hand must not keep a day of
// the log for ever. Its index is as long as what is held.
const HELD_BY_HAND_TOO_LONG = bury(`
  select o.id, 'held_too_long' as reason from posthorn.delivery_owed o
   where o.held_due_at < now() - $1::float8 * interval '1 ms' limit ${CHUNK} for update skip locked`);

// The oldest go first: what is newest is what a receiver that comes back needs most.
const HELD_TOO_MANY = bury(`
  select o.id, 'held_too_many' as reason
    from posthorn.endpoint e
   cross join lateral (
     select greatest(0, count(*) - $1::bigint) as over from posthorn.delivery_owed where endpoint_id = e.id
   ) n
   cross join lateral (
     select id from posthorn.delivery_owed where endpoint_id = e.id order by due_at, id limit least(n.over, ${CHUNK}) for update skip locked
   ) o
   where e.mode <> 'enabled' and e.deleted_at is null and n.over > 0
   limit ${CHUNK}`);

const NEEDED = `
  select exists (select from posthorn.delivery_owed where event_id >= $1::uuid and event_id < $2::uuid)
      or exists (select from posthorn.delivery_leased where event_id >= $1::uuid and event_id < $2::uuid)
      or exists (select from posthorn.fan_out where event_id >= $1::uuid and event_id < $2::uuid) as needed`;

/** Whether any event of the partition is still owed to somebody (P11: retention never drops what is owed). */
export async function isOwed(db: Db, partition: Partition): Promise<boolean> {
  const [row] = await db.query<{ needed: boolean }>(NEEDED, [partition.low, partition.high]);
  return row?.needed ?? true;
}

async function buryAll(
  { db, log }: Pick<DeliveryUpkeepOptions, "db" | "log">,
  what: string,
  statement: string,
  params: readonly number[] = [],
): Promise<void> {
  let total = 0;
  for (;;) {
    const [row] = await db.query<{ n: number }>(statement, params);
    total += row?.n ?? 0;
    if ((row?.n ?? 0) < CHUNK) break;
  }
  if (total > 0) log.info("deliveries_buried", `${total} owed deliveries will not be sent: ${what}.`, { total, what });
}

const DELETED = "their endpoint was deleted";

/** Soon for what is owed to an endpoint that was deleted within the hour. */
export function deletedEndpointsLook(options: Pick<DeliveryUpkeepOptions, "db" | "log">): Look {
  return {
    name: "deleted_endpoints",
    pending: "exists (select from posthorn.endpoint where deleted_at > now() - interval '1 hour')",
    everyMs: 2_000,
    run: async () => {
      await buryAll(options, DELETED, OF_DELETED, [3_600_000]);
      return 0;
    },
  };
}

export function deliveryChores(options: DeliveryUpkeepOptions): Chore[] {
  const { db } = options;
  const inChunks = (what: string, statement: string, params: readonly number[] = []) =>
    buryAll(options, what, statement, params);
  const retire = async (table: string) => {
    await dropPartitions(db, table, options.now() - options.retentionMs, (partition) => isOwed(db, partition));
  };
  return [
    { name: "delivery_partitions", everyMs: 3_600_000, run: () => ensureDeliveryPartitions(db, options.now()) },
    { name: "attempt_retention", everyMs: 3_600_000, run: () => retire("attempt") },
    { name: "dead_retention", everyMs: 3_600_000, run: () => retire("delivery_dead") },
    { name: "job_retention", everyMs: 3_600_000, run: () => forgetJobs(db, options.retentionMs) },
    // Now and then for all, should nobody have been there to do it soon.
    {
      name: "all_deleted_endpoints",
      everyMs: 3_600_000,
      run: () => inChunks(DELETED, OF_DELETED, [1e13]),
    },
    {
      name: "expired_deliveries",
      everyMs: 30_000,
      pending: "exists (select from posthorn.delivery_owed where expires_at <= now())",
      run: () => inChunks("they expired", EXPIRED),
    },
    {
      name: "held_too_long",
      everyMs: 60_000,
      pending: HOLDS,
      run: () => inChunks("they were held too long", HELD_TOO_LONG, [options.heldForMs]),
    },
    {
      name: "held_by_hand_too_long",
      everyMs: 60_000,
      pending: "exists (select from posthorn.delivery_owed where held_due_at < now())",
      run: () => inChunks("somebody held them too long", HELD_BY_HAND_TOO_LONG, [options.heldForMs]),
    },
    {
      name: "held_too_many",
      everyMs: 30_000,
      pending: HOLDS,
      run: () => inChunks("their endpoint holds too many", HELD_TOO_MANY, [options.heldMax]),
    },
  ];
}
