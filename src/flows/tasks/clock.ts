import { bareArray, type Db, type Look, newId, type Queryable, textArray } from "#kernel";
import { momentsOf } from "../schedules/moments.ts";
import { insertTasks } from "./insert.ts";
import { type NewTask, type TaskOptions, utf8 } from "./task.ts";
import { claimUnique } from "./unique.ts";

/** A task that is enqueued by the clock. One of a name; however many workers declare it, each moment has one task. */
export interface TaskSchedule {
  readonly name: string;
  /** Five fields, or six with seconds. */
  readonly cron: string;
  /** IANA time zone. */
  readonly zone: string;
  readonly queue: string;
  readonly priority: number;
  /** JSON. */
  readonly input: string;
  readonly options: TaskOptions | undefined;
}

/** What is wrong with a schedule; undefined: nothing. */
export function scheduleFault({ cron, zone }: Pick<TaskSchedule, "cron" | "zone">): string | undefined {
  try {
    if (momentsOf(cron, zone).next(0) !== undefined) return undefined;
    return `${JSON.stringify(cron)} never comes`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

// Whoever joined last has the word. What was declared before just so keeps its next moment, so that a fleet which restarts skips none.
const DECLARE = `
  insert into posthorn.task_schedule as s (app_id, name, queue, cron, zone, priority, input, options, next_at)
  select $1, t.name, t.queue, t.cron, t.zone, t.priority, convert_to(t.input, 'UTF8'), t.options::jsonb, to_timestamp(t.next_ms / 1000.0)
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int2[], $7::text[], $8::text[], $9::float8[])
      t(name, queue, cron, zone, priority, input, options, next_ms)
   order by t.name
  on conflict (app_id, name) do update
     set queue = excluded.queue, cron = excluded.cron, zone = excluded.zone, priority = excluded.priority, input = excluded.input,
         options = excluded.options, updated_at = now(),
         next_at = case when s.cron = excluded.cron and s.zone = excluded.zone then s.next_at else excluded.next_at end`;

// What a worker does and does not declare any more comes no more.
const WITHDRAW =
  "delete from posthorn.task_schedule where app_id = $1 and name = any($2::text[]) and name <> all($3::text[])";

/** Writes down the schedules of a worker that joins, `names` being all tasks that it knows. In the caller's transaction. */
export async function declareSchedules(
  q: Queryable,
  appId: string,
  names: readonly string[],
  schedules: readonly TaskSchedule[],
  nowMs: number,
): Promise<void> {
  const of = <T>(value: (schedule: TaskSchedule) => T) => schedules.map(value);
  await q.query(WITHDRAW, [appId, textArray(names), textArray(of(({ name }) => name))]);
  if (schedules.length === 0) return;
  await q.query(DECLARE, [
    appId,
    textArray(of(({ name }) => name)),
    textArray(of(({ queue }) => queue)),
    textArray(of(({ cron }) => cron)),
    textArray(of(({ zone }) => zone)),
    bareArray(of(({ priority }) => priority)),
    textArray(of(({ input }) => input)),
    textArray(of(({ options }) => (options === undefined ? null : JSON.stringify(options)))),
    bareArray(of(({ cron, zone }) => momentsOf(cron, zone).next(nowMs) ?? null)),
  ]);
}

const DUE_MAX = 200;

const DUE = `
  select app_id, name, queue, cron, zone, priority, convert_from(input, 'UTF8') as input, options, extract(epoch from next_at)::float8 * 1000 as moment_ms
    from posthorn.task_schedule where next_at <= to_timestamp($1 / 1000.0)
   order by next_at
   limit ${DUE_MAX}
     for update skip locked`;

const ADVANCE = `
  update posthorn.task_schedule s set last_at = s.next_at, next_at = to_timestamp(t.next_ms / 1000.0)
    from unnest($1::uuid[], $2::text[], $3::float8[]) t(app_id, name, next_ms)
   where s.app_id = t.app_id and s.name = t.name`;

interface Row {
  readonly app_id: string;
  readonly name: string;
  readonly queue: string;
  readonly cron: string;
  readonly zone: string;
  readonly priority: number;
  readonly input: string;
  readonly options: TaskOptions | null;
  readonly moment_ms: number;
}

export interface TaskClockOptions {
  readonly db: Db;
  readonly now: () => number;
  /** These were enqueued. */
  readonly inserted: (tasks: readonly NewTask[]) => void;
}

/**
 * Enqueues what the clock says. Of moments that passed while nothing ran the last one counts; a task that still waits for a worker is not
 * joined by another. The row's lock makes each moment one task, over all processes.
 */
export function createTaskClock({ db, now, inserted }: TaskClockOptions): Look {
  async function run(): Promise<number> {
    const nowMs = now();
    const made = await db.transaction(async (tx) => {
      const rows = await tx.query<Row>(DUE, [nowMs]);
      if (rows.length === 0) return [];
      const tasks = rows.map(
        (row): NewTask => ({
          id: newId(),
          appId: row.app_id,
          queue: row.queue,
          name: row.name,
          priority: row.priority,
          dueAtMs: undefined,
          input: utf8(row.input),
          options: row.options ?? undefined,
          unique: { key: "by the clock", for: { mode: "waiting" } },
          of: undefined,
          key: `${row.name}/${new Date(row.moment_ms).toISOString()}`,
        }),
      );
      const held = await claimUnique(tx, tasks);
      const wanted = tasks.filter(({ id }) => !held.has(id));
      if (wanted.length > 0) {
        await insertTasks(
          tx,
          wanted.map((task) => ({ task, worker: undefined })),
        );
      }
      await tx.query(ADVANCE, [
        bareArray(rows.map(({ app_id }) => app_id)),
        textArray(rows.map(({ name }) => name)),
        // One that never comes again stands at the end of time.
        bareArray(rows.map(({ cron, zone }) => momentsOf(cron, zone).next(nowMs) ?? 8.64e15)),
      ]);
      return wanted;
    });
    inserted(made);
    return made.length;
  }
  return {
    name: "task_schedules",
    pending: "exists (select from posthorn.task_schedule where next_at <= now())",
    run,
  };
}
