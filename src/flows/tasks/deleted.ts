import { bareArray, type Db } from "#kernel";
import { liveApplications } from "#tenancy";

const WHY = "The application was deleted";
const CHUNK = 5_000;

// A probe for each application that waits for workers, however much; the other tables are as long as what is under way or declared.
const APPLICATIONS = `
  with recursive app (id) as (
    (select app_id from posthorn.task_owed order by app_id limit 1)
    union all
    select (select o.app_id from posthorn.task_owed o where o.app_id > app.id order by o.app_id limit 1) from app where app.id is not null
  )
  select id from app where id is not null
   union
  select app_id from posthorn.task_leased where cancel_reason is null
   union
  select app_id from posthorn.task_schedule`;

const END_OWED = `
  with gone as (
    delete from posthorn.task_owed o
     using (select app_id, id from posthorn.task_owed where app_id = any($1::uuid[]) limit ${CHUNK} for update skip locked) w
     where o.app_id = w.app_id and o.id = w.id
    returning o.*
  ), freed as (
    delete from posthorn.task_unique u using gone where u.key = gone.unique_key and u.task_id = gone.id
  )
  insert into posthorn.task_ended (app_id, id, queue, name, state, priority, attempts, input, options, result, run_id, path, key)
  select app_id, id, queue, name, 'cancelled', priority, attempts, input, options,
         convert_to(jsonb_build_object('class', 'cancelled', 'code', 'application_deleted', 'message', $2::text)::text, 'UTF8'), run_id, path, key
    from gone
  returning 1`;

// Its workers may ask nothing any more: they stop, and are lost. What they had is not tried again then.
const TELL_LEASED =
  "update posthorn.task_leased set cancel_reason = $2 where app_id = any($1::uuid[]) and cancel_reason is null";

const FORGET_SCHEDULES = "delete from posthorn.task_schedule where app_id = any($1::uuid[])";
const FORGET_QUEUES = "delete from posthorn.task_queue where app_id = any($1::uuid[])";

/** Ends what is owed of deleted applications, a chunk at a time, and tells whoever does something of it to stop. */
export async function endTasksOfDeleted(db: Db): Promise<void> {
  const ids = (await db.query<{ id: string }>(APPLICATIONS)).map(({ id }) => id);
  if (ids.length === 0) return;
  const live = await liveApplications(db, ids);
  const gone = ids.filter((id) => !live.has(id));
  if (gone.length === 0) return;
  const deleted = bareArray(gone);
  await db.query(FORGET_SCHEDULES, [deleted]);
  await db.query(FORGET_QUEUES, [deleted]);
  await db.query(TELL_LEASED, [deleted, WHY]);
  while ((await db.query(END_OWED, [deleted, WHY])).length === CHUNK);
}
