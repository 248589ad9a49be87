import type { Queryable } from "#kernel";

// The primary key begins with the application, and so does every index: an id alone is looked for application by
// application, each one probe, within the day that the id names. A loose scan, bounded.
const LOCATE = `
  with recursive a (app_id, n) as (
    (select app_id, 1 from posthorn.event where id >= $2::uuid and id < $3::uuid order by app_id limit 1)
    union all
    select (select e.app_id from posthorn.event e
             where e.id >= $2::uuid and e.id < $3::uuid and e.app_id > a.app_id order by e.app_id limit 1), a.n + 1
      from a where a.app_id is not null and a.n < $4
  )
  select e.app_id from a cross join lateral (
    select app_id from posthorn.event where app_id = a.app_id and id = $1::uuid
  ) e
   where a.app_id is not null
   limit 1`;

/** Applications that are asked for an event of which only the id is known. */
export const LOCATE_APPS_MAX = 2_000;

/** The application of the event with this id, as far as it is looked for; `dayLow` and `dayHigh` bound the ids of its day. */
export async function locateEvent(
  q: Queryable,
  id: string,
  dayLow: string,
  dayHigh: string,
): Promise<string | undefined> {
  const [row] = await q.query<{ app_id: string }>(LOCATE, [id, dayLow, dayHigh, LOCATE_APPS_MAX]);
  return row?.app_id;
}
