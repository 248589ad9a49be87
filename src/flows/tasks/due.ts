import type { Queryable } from "#kernel";

/** What is owed of one kind: tasks of one name in one queue of one application. */
export interface TaskLane {
  readonly app_id: string;
  readonly queue: string;
  readonly name: string;
  /** Where the first of what is newly owed stands in its order, µs since 1970; undefined: not known. */
  readonly rankUs?: number;
}

export const laneKey = ({ app_id, queue, name }: TaskLane): string => `${app_id} ${queue} ${name}`;

export interface Due {
  readonly lanes: TaskLane[];
  /** In how many ms the next task falls due; undefined: none waits for its time. */
  readonly nextInMs: number | undefined;
}

/** Of one application at once: one with a million tasks that fall due in the same second does not keep the others waiting. */
const RIPE_MAX = 2_000;
/** More lanes than that are found by the next look, after those found now were taken from. */
const LANES_MAX = 10_000;

// Loose scans: a probe for each application that has tasks for later, and one for each lane, however much stands in either. What is due is made
// ready, which puts it into the order of its queue.
const LOOK = `
  with recursive later (app_id) as (
    (select app_id from posthorn.task_owed where not ready order by app_id limit 1)
    union all
    select (select o.app_id from posthorn.task_owed o where not o.ready and o.app_id > later.app_id order by o.app_id limit 1)
      from later where later.app_id is not null
  ), next as (
    select later.app_id, first.due_at
      from later
     cross join lateral (select o.due_at from posthorn.task_owed o where o.app_id = later.app_id and not o.ready order by o.due_at, o.id limit 1) first
     where later.app_id is not null
  ), ripe as (
    select o.app_id, o.id
      from next
     cross join lateral (
       select o.app_id, o.id from posthorn.task_owed o
        where o.app_id = next.app_id and not o.ready and o.due_at <= (select clock_timestamp())
        order by o.due_at, o.id
        limit ${RIPE_MAX}
          for update skip locked
     ) o
     where next.due_at <= clock_timestamp()
  ), ripened as (
    update posthorn.task_owed o set ready = true from ripe where o.app_id = ripe.app_id and o.id = ripe.id
    returning o.app_id, o.queue, o.name
  ), lane (app_id, queue, name, n) as (
    (select app_id, queue, name, 1 from posthorn.task_owed order by app_id, queue, name limit 1)
    union all
    select following.app_id, following.queue, following.name, lane.n + 1
      from lane
     cross join lateral (
       select o.app_id, o.queue, o.name from posthorn.task_owed o
        where (o.app_id, o.queue, o.name) > (lane.app_id, lane.queue, lane.name)
        order by o.app_id, o.queue, o.name
        limit 1
     ) following
     where lane.n < ${LANES_MAX}
  ), found as (
    select app_id, queue, name from ripened
     union
    select app_id, queue, name from lane
     where exists (select from posthorn.task_owed o where o.app_id = lane.app_id and o.queue = lane.queue and o.name = lane.name and o.ready)
  )
  select (select json_agg(found) from found) as lanes,
         (select extract(epoch from min(due_at) - clock_timestamp()) * 1000 from next)::float8 as next_in_ms`;

/** Makes ready what has fallen due, and tells of which kinds anything is to be done now. */
export async function lookForDue(q: Queryable): Promise<Due> {
  const [row] = await q.query<{ lanes: TaskLane[] | null; next_in_ms: number | null }>(LOOK);
  return { lanes: row?.lanes ?? [], nextInMs: row?.next_in_ms ?? undefined };
}
