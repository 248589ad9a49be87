import { bareArray, type Queryable, textArray } from "#kernel";
import type { WorkerRow } from "./worker-store.ts";

export interface ProgressOf {
  readonly id: string;
  readonly attempt: number;
  /** JSON. */
  readonly value: string;
}

// Of what is still this worker's; at most once per heartbeat, and only for tasks that tell something.
const WRITE = `
  update posthorn.task_leased l set progress = t.value
    from unnest($3::uuid[], $4::int2[], $5::text[]) t(id, attempt, value)
   where l.app_id = $1 and l.id = t.id and l.worker = $2::bigint and l.attempt = t.attempt`;

/** The last word on each task. */
export function progressOf(told: readonly ProgressOf[]): ProgressOf[] {
  return [...new Map(told.map((one) => [one.id, one])).values()];
}

export async function writeProgress(q: Queryable, worker: WorkerRow, progress: readonly ProgressOf[]): Promise<void> {
  await q.query(WRITE, [
    worker.appId,
    worker.token,
    bareArray(progress.map(({ id }) => id)),
    bareArray(progress.map(({ attempt }) => attempt)),
    textArray(progress.map(({ value }) => value)),
  ]);
}
