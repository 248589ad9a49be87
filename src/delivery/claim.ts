import { bareArray, type Queryable, textArray } from "#kernel";
import type { Trigger } from "./lane.ts";

export interface DueEndpoint {
  readonly endpointId: string;
  readonly appId: string;
}

export interface ClaimedRow {
  readonly id: string;
  readonly event_id: string;
  readonly app_id: string;
  readonly endpoint_id: string;
  readonly attempts: number;
  readonly step: number;
  readonly trigger: Trigger;
  readonly expires_at: Date | null;
  readonly due_at: string;
}

// A loose scan over the index (endpoint_id, due_at, id): one probe for each endpoint that is owed anything, however much
// each is owed. Never one global order by due time, where an endpoint with a million due rows would hide the others. What
// somebody holds is due never and stands behind all else: an endpoint that is owed nothing but that is left out.
const DUE = `
  with recursive e (endpoint_id) as (
    (select endpoint_id from posthorn.delivery_owed order by endpoint_id limit 1)
    union all
    select (select o.endpoint_id from posthorn.delivery_owed o where o.endpoint_id > e.endpoint_id order by o.endpoint_id limit 1)
      from e where e.endpoint_id is not null
  )
  select e.endpoint_id, first.app_id,
         (extract(epoch from first.due_at - clock_timestamp()) * 1000)::float8 as due_in_ms
    from e
   cross join lateral (
     select o.app_id, o.due_at from posthorn.delivery_owed o
      where o.endpoint_id = e.endpoint_id and o.due_at < 'infinity' order by o.due_at, o.id limit 1
   ) first
   where e.endpoint_id is not null`;

// Moves rows into our hands, at most so many per endpoint. SKIP LOCKED: what another process takes at this moment is its own.
const CLAIM = `
  with want as (
    select * from unnest($2::uuid[], $3::int[], $4::timestamptz[]) t(endpoint_id, n, since)
  ), picked as (
    select o.id
      from want
     cross join lateral (
       select o.id from posthorn.delivery_owed o
        where o.endpoint_id = want.endpoint_id and o.due_at >= want.since and o.due_at <= clock_timestamp()
        order by o.due_at, o.id
        limit want.n
          for update skip locked
     ) o
  ), taken as (
    delete from posthorn.delivery_owed o using picked where o.id = picked.id
    returning o.id, o.event_id, o.app_id, o.endpoint_id, o.attempts, o.step, o.trigger, o.expires_at, o.due_at
  ), leased as (
    insert into posthorn.delivery_leased (id, event_id, app_id, endpoint_id, owner, attempts, step, trigger, expires_at)
    select id, event_id, app_id, endpoint_id, $1::bigint, attempts, step, trigger, expires_at from taken
  )
  select id, event_id, app_id, endpoint_id, attempts, step, trigger, expires_at, due_at::text as due_at from taken`;

/** The endpoints to which something is owed and due, and in how many ms the next falls due (undefined: nothing waits). */
export async function dueEndpoints(db: Queryable): Promise<{ due: DueEndpoint[]; nextInMs: number | undefined }> {
  const rows = await db.query<{ endpoint_id: string; app_id: string; due_in_ms: number }>(DUE);
  const due: DueEndpoint[] = [];
  let nextInMs: number | undefined;
  for (const row of rows) {
    if (row.due_in_ms <= 0) due.push({ endpointId: row.endpoint_id, appId: row.app_id });
    else if (nextInMs === undefined || row.due_in_ms < nextInMs) nextInMs = row.due_in_ms;
  }
  return { due, nextInMs };
}

/** What to claim of an endpoint: at most `n`, and nothing that was due before `since` (as `due_at` of a claimed row). */
export interface Want {
  readonly endpointId: string;
  readonly n: number;
  readonly since?: string | undefined;
}

/** Leases to `owner` what is due, at most `n` for each endpoint. */
export function claimDue(db: Queryable, owner: string, wants: readonly Want[]): Promise<ClaimedRow[]> {
  return db.query<ClaimedRow>(CLAIM, [
    owner,
    bareArray(wants.map(({ endpointId }) => endpointId)),
    bareArray(wants.map(({ n }) => n)),
    textArray(wants.map(({ since }) => since ?? "-infinity")),
  ]);
}

// The array is made once, where a bare call would be made for each row.
const RELEASE_OF_ENDED = `
  with theirs as (
    delete from posthorn.delivery_leased l where l.owner <> all (array(select unnest(posthorn.living_processes())))
    returning l.id, l.event_id, l.app_id, l.endpoint_id, l.attempts, l.step, l.trigger, l.expires_at
  )
  insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger, expires_at)
  select id, event_id, app_id, endpoint_id, now(), attempts, step, trigger, expires_at from theirs
  returning id`;

/**
 * Gives back rows under tokens that ended: a process that was declared dead may commit an append or a claim a moment later,
 * before it learns of it. It starts nothing from such a lease, so nothing of it was sent.
 */
export async function releaseOfEnded(db: Queryable): Promise<number> {
  return (await db.query(RELEASE_OF_ENDED)).length;
}

// A join, because PostgreSQL compares "= any(parameter)" one by one once it has settled on a plan for all parameters: with
// 15,000 in hand that took 1.2 s instead of 17 ms, in which nothing was claimed.
const RELEASE_UNKNOWN = `
  with mine as (
    delete from posthorn.delivery_leased l
     where l.owner = $1::bigint and l.id < $2::uuid and not exists (select from unnest($3::uuid[]) k(id) where k.id = l.id)
    returning l.*
  )
  insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger, expires_at)
  select id, event_id, app_id, endpoint_id, now(), attempts, step, trigger, expires_at from mine
  returning id`;

/**
 * Gives back rows that the table says are ours, that we do not know of, and that are older than `olderThan` (an id): what
 * an append or a claim with an unknown commit left behind (P1: find out before it is forgotten).
 */
export async function releaseUnknown(
  db: Queryable,
  owner: string,
  known: readonly string[],
  olderThan: string,
): Promise<number> {
  const rows = await db.query(RELEASE_UNKNOWN, [owner, olderThan, bareArray(known)]);
  return rows.length;
}

// What was in its hands may or may not have been sent, and nobody can know any more. The attempt says so (P4: no hidden
// re-send), and uses up no step of the schedule.
const TAKE_OVER = `
  with theirs as (
    delete from posthorn.delivery_leased l where l.owner = $1::bigint
    returning l.id, l.event_id, l.app_id, l.endpoint_id, l.attempts, l.step, l.trigger, l.expires_at
  ), owed as (
    insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger, expires_at)
    select id, event_id, app_id, endpoint_id, now(), attempts + 1, step, trigger, expires_at from theirs
  ), recorded as (
    insert into posthorn.attempt (event_id, id, delivery_id, app_id, endpoint_id, endpoint_version, number, trigger, outcome, reason, settled_as, next_at, total_us)
    select event_id, uuidv7(), id, app_id, endpoint_id, 0, attempts + 1, trigger, 'internal_error', 'process_lost', 'owed', now(), 0 from theirs
  )
  select count(*)::int as n from theirs`;

/** Puts what a dead process held back among what is owed and due. Answers with how many. */
export async function takeOverLeases(tx: Queryable, dead: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(TAKE_OVER, [dead]);
  return row?.n ?? 0;
}
