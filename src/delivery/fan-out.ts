import type { Db } from "#kernel";

const CHUNK = 1_000;

// One chunk of one wide event: the endpoints after the cursor that want it, owed; the cursor moved, or the row gone when
// no endpoint is left. Chunks of one event are expanded one after another, by whichever process locks the row.
const EXPAND = `
  with wide as (
    select event_id, app_id, type, channels, cursor, created_at from posthorn.fan_out
     order by event_id limit 1 for update skip locked
  ), chunk as (
    select e.id, e.mode, e.event_types, e.channels, e.created_at, e.expires_after_s
      from wide join posthorn.endpoint e on e.app_id = wide.app_id and e.id > wide.cursor and e.deleted_at is null
     order by e.id limit ${CHUNK}
  ), owed as (
    insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, trigger, expires_at)
    select uuidv7(), wide.event_id, wide.app_id, chunk.id, now(), 'scheduled', wide.created_at + chunk.expires_after_s * interval '1 s'
      from wide cross join chunk
     where chunk.mode <> 'disabled' and chunk.created_at <= wide.created_at
       and (chunk.event_types is null or wide.type = any(chunk.event_types))
       and (chunk.channels is null or chunk.channels && wide.channels)
    returning 1
  ), moved as (
    update posthorn.fan_out f set cursor = (select id from chunk order by id desc limit 1)
      from wide where f.event_id = wide.event_id and exists (select from chunk)
  ), finished as (
    delete from posthorn.fan_out f using wide where f.event_id = wide.event_id and not exists (select from chunk)
  )
  select (select count(*)::int from owed) as owed from wide`;

/** Expands one chunk of one event that is owed to very many endpoints. Answers with how many became owed; undefined: there is none. */
export async function expandFanOut(db: Db): Promise<number | undefined> {
  const [row] = await db.query<{ owed: number }>(EXPAND);
  return row?.owed;
}
