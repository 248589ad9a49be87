import { type Chore, type Db, dropPartitions, ensurePartitions, type Partition, uuidLowerBound } from "#kernel";
import { endTasksOfDeleted } from "./deleted.ts";
import { cancelOrphans } from "./run-part.ts";
import { forgetUnique } from "./unique.ts";
import { forgetWorkers } from "./worker-store.ts";

export interface TaskUpkeepOptions {
  readonly db: Db;
  readonly now: () => number;
  readonly retentionMs: number;
}

export async function ensureTaskPartitions(db: Db, nowMs: number): Promise<void> {
  await ensurePartitions(db, "task_ended", "id", nowMs);
  await ensurePartitions(db, "task_attempt", "task_id", nowMs);
}

// History goes by when a task ended, and days by when it was made: one that waited for weeks and ended today keeps its day, until it has been
// over for as long as the others were.
const ENDED_SINCE =
  "exists (select from posthorn.task_ended where id >= $1::uuid and id < $2::uuid and ended_at >= to_timestamp($3::float8 / 1000.0))";
const KEPT = `select ${ENDED_SINCE} as needed`;

const NEEDED = `
  select exists (select from posthorn.task_owed where id >= $1::uuid and id < $2::uuid and attempts > 0)
      or exists (select from posthorn.task_leased where id >= $1::uuid and id < $2::uuid and attempt > 1)
      or ${ENDED_SINCE} as needed`;

// What was enqueued long before it was due ends in a day that is gone by then, and stands in the default partition.
const FORGET_STRAYS = (table: string, column: string) => `
  delete from posthorn.${table}_default where ${column} in (select ${column} from posthorn.${table}_default where ended_at < to_timestamp($1 / 1000.0) limit 5000)`;
const STRAY_ENDED = FORGET_STRAYS("task_ended", "id");
const STRAY_ATTEMPTS = FORGET_STRAYS("task_attempt", "task_id");

/** Whether anything of that day is to be kept (P11: retention never drops attempts of what is owed). */
async function isNeeded(db: Db, question: string, { low, high }: Partition, beforeMs: number): Promise<boolean> {
  const [row] = await db.query<{ needed: boolean }>(question, [low, high, beforeMs]);
  return row?.needed ?? true;
}

const UNDER_WAY = "exists (select from posthorn.task_owed) or exists (select from posthorn.task_leased)";

/** What the queue of tasks needs now and then; run by processes with the role `upkeep`. */
export function taskChores({ db, now, retentionMs }: TaskUpkeepOptions): Chore[] {
  const retire = async () => {
    const before = now() - retentionMs;
    await dropPartitions(db, "task_attempt", before, (partition) => isNeeded(db, NEEDED, partition, before));
    await dropPartitions(db, "task_ended", before, (partition) => isNeeded(db, KEPT, partition, before));
    await db.query(STRAY_ENDED, [before]);
    await db.query(STRAY_ATTEMPTS, [before]);
  };
  return [
    { name: "task_partitions", everyMs: 3_600_000, run: () => ensureTaskPartitions(db, now()) },
    { name: "task_retention", everyMs: 3_600_000, run: retire },
    {
      name: "task_unique",
      everyMs: 60_000,
      pending: "exists (select from posthorn.task_unique where expires_at <= now() and expires_at < 'infinity')",
      run: () => forgetUnique(db),
    },
    { name: "task_workers", everyMs: 3_600_000, run: () => forgetWorkers(db) },
    {
      name: "task_deleted_apps",
      everyMs: 10_000,
      pending: `${UNDER_WAY} or exists (select from posthorn.task_schedule)`,
      run: () => endTasksOfDeleted(db),
    },
    { name: "task_orphans", everyMs: 10_000, pending: UNDER_WAY, run: () => cancelOrphans(db) },
  ];
}

/** The smallest id of a moment: ranges of time are ranges of ids. */
export const taskIdBound = (ms: number): string => uuidLowerBound(ms);
