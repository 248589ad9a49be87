import { idTimeMs, type Queryable, uuidLowerBound } from "#kernel";

/** Where something of flows is, found by nothing but its id. */
export interface Whose {
  readonly appId: string;
  /** What people know it by: the flow's name; of a task, its own. */
  readonly name: string;
}

interface Row {
  readonly app_id: string;
  readonly name: string;
}

const whoseOf = (row: Row | undefined): Whose | undefined =>
  row === undefined ? undefined : { appId: row.app_id, name: row.name };

/** A flow that is not deleted. */
export async function locateFlow(q: Queryable, id: string): Promise<Whose | undefined> {
  const [row] = await q.query<Row>(
    "select app_id, name from posthorn.flow where id = $1::uuid and deleted_at is null",
    [id],
  );
  return whoseOf(row);
}

/** Flows that are asked for a run of which only the id is known, the newest first. */
export const LOCATE_FLOWS_MAX = 10_000;

// The primary key of runs that ended begins with the flow: one probe for each, in the partition that the id names. An index by id alone
// would be written with every run and read when somebody pastes an id. Also runs of deleted flows are told.
const RUN = `
  select r.app_id, f.name
    from (
      select app_id, flow_id from posthorn.run_leased where id = $1::uuid
      union all
      select app_id, flow_id from posthorn.run_waiting where id = $1::uuid
      union all
      select r.app_id, r.flow_id
        from (select id from posthorn.flow order by id desc limit ${LOCATE_FLOWS_MAX}) f
       cross join lateral (
         select app_id, flow_id from posthorn.run_ended where flow_id = f.id and id = $1::uuid
       ) r
    ) r
    join posthorn.flow f on f.id = r.flow_id
   limit 1`;

/** A run, whatever its state; `name` is its flow's. */
export async function locateRun(q: Queryable, id: string): Promise<Whose | undefined> {
  return whoseOf((await q.query<Row>(RUN, [id]))[0]);
}

/** Applications that are asked for a task of which only the id is known. */
export const LOCATE_APPS_MAX = 2_000;
const DAY_MS = 86_400_000;

// The primary keys of tasks begin with the application: a loose scan from one to the next, each one probe, within the day of the id.
const inTable = (table: string) => `
  select found.app_id, found.name from (
    with recursive a (app_id, n) as (
      (select app_id, 1 from posthorn.${table} where id >= $2::uuid and id < $3::uuid order by app_id limit 1)
      union all
      select (select t.app_id from posthorn.${table} t
               where t.id >= $2::uuid and t.id < $3::uuid and t.app_id > a.app_id order by t.app_id limit 1), a.n + 1
        from a where a.app_id is not null and a.n < ${LOCATE_APPS_MAX}
    )
    select t.app_id, t.name from a cross join lateral (
      select app_id, name from posthorn.${table} where app_id = a.app_id and id = $1::uuid
    ) t
     where a.app_id is not null
  ) found`;
const TASK = `${["task_owed", "task_leased", "task_ended"].map(inTable).join("\n union all")}\n limit 1`;

/** A task, whatever its state, as far as it is looked for. */
export async function locateTask(q: Queryable, id: string): Promise<Whose | undefined> {
  const dayMs = Math.floor(idTimeMs(id) / DAY_MS) * DAY_MS;
  const [row] = await q.query<Row>(TASK, [id, uuidLowerBound(dayMs), uuidLowerBound(dayMs + DAY_MS)]);
  return whoseOf(row);
}
