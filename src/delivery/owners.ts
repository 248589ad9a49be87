import { bareArray, type Db, type Queryable } from "#kernel";

export interface Acquired {
  readonly subjectId: string;
  /** Until requests of a lost owner have surely ended. */
  readonly usableInMs: number;
}

// In id order, so that two processes that want several do not deadlock. A living owner keeps what it has. Owner 0: it was
// given up with nothing under way.
const ACQUIRE = `
  insert into posthorn.limit_owner as o (subject_id, owner)
  select subject_id, $1::bigint from unnest($2::uuid[]) t(subject_id) order by subject_id
  on conflict (subject_id) do update
     set owner = excluded.owner,
         usable_at = case when o.owner in (excluded.owner, 0) then o.usable_at else greatest(o.usable_at, clock_timestamp() + (select g.ms * interval '1 ms' from unnest($2::uuid[], $3::int[]) g(subject_id, ms) where g.subject_id = o.subject_id)) end
   where o.owner = excluded.owner or not posthorn.process_alive(o.owner)
  returning subject_id, (extract(epoch from usable_at - clock_timestamp()) * 1000)::float8 as usable_in_ms`;

/**
 * Becomes the one process that starts requests for these subjects (an endpoint, or an application with a throttle), where
 * no living process is. `graceMs`: how long requests of a lost owner may go on; nothing is started before that is over.
 */
export async function acquireLimits(
  db: Db,
  owner: string,
  wants: readonly { readonly subjectId: string; readonly graceMs: number }[],
): Promise<Acquired[]> {
  const rows = await db.query<{ subject_id: string; usable_in_ms: number }>(ACQUIRE, [
    owner,
    bareArray(wants.map(({ subjectId }) => subjectId)),
    bareArray(wants.map(({ graceMs }) => Math.ceil(graceMs))),
  ]);
  return rows.map((row) => ({ subjectId: row.subject_id, usableInMs: Math.max(0, row.usable_in_ms) }));
}

/**
 * Gives up what is owned, after everything under way has ended. The next owner waits for a second, because it does not know
 * what was started in the last one, and both together must not exceed the rate.
 */
export async function releaseLimits(db: Queryable, owner: string): Promise<void> {
  await db.query(
    `update posthorn.limit_owner set owner = 0, usable_at = greatest(usable_at, clock_timestamp() + interval '1 s')
      where owner = $1::bigint`,
    [owner],
  );
}
