import { createHash } from "node:crypto";
import { bareArray, type Queryable } from "#kernel";
import type { NewTask } from "./task.ts";

/** As posthorn.enqueue makes it: the same key is the same task whichever way it came. */
export function uniqueDigest(appId: string, name: string, key: string): string {
  const hex = createHash("sha256").update(`${appId}\n${name}\n${key}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

// In the order of the keys, so that two who claim the same ones never wait for each other in a ring.
const CLAIM = `
  insert into posthorn.task_unique as u (key, task_id, expires_at)
  select t.key, t.task_id, coalesce(now() + t.window_ms * interval '1 ms', 'infinity')
    from unnest($1::uuid[], $2::uuid[], $3::bigint[]) t(key, task_id, window_ms)
   order by t.key
  on conflict (key) do update set task_id = excluded.task_id, expires_at = excluded.expires_at where u.expires_at <= now()
  returning key`;

const HOLDERS = "select key, task_id from posthorn.task_unique where key = any($1::uuid[])";

const FORGET = `
  with gone as (select key from posthorn.task_unique where expires_at <= now() and expires_at < 'infinity' limit 5000 for update skip locked)
  delete from posthorn.task_unique u using gone where u.key = gone.key`;

/**
 * Claims the keys of these tasks in the caller's transaction. Answers, for each task whose key is held already, with the task that
 * holds it; of twins in one batch the first wins.
 */
export async function claimUnique(q: Queryable, tasks: readonly NewTask[]): Promise<Map<string, string>> {
  const first = new Map<string, NewTask>();
  const held = new Map<string, string>();
  const digests = new Map<NewTask, string>();
  for (const task of tasks) {
    if (task.unique === undefined) continue;
    const key = uniqueDigest(task.appId, task.name, task.unique.key);
    digests.set(task, key);
    if (!first.has(key)) first.set(key, task);
  }
  if (first.size === 0) return held;
  const claims = [...first];
  const rows = await q.query<{ key: string }>(CLAIM, [
    bareArray(claims.map(([key]) => key)),
    bareArray(claims.map(([, { id }]) => id)),
    bareArray(claims.map(([, { unique }]) => (unique?.for.mode === "window" ? Math.round(unique.for.ms) : null))),
  ]);
  const holders = new Map(claims.map(([key, { id }]) => [key, id]));
  const mine = new Set(rows.map(({ key }) => key));
  const taken = claims.filter(([key]) => !mine.has(key)).map(([key]) => key);
  if (taken.length > 0) {
    const found = await q.query<{ key: string; task_id: string }>(HOLDERS, [bareArray(taken)]);
    for (const { key, task_id } of found) holders.set(key, task_id);
  }
  for (const [task, key] of digests) {
    const holder = holders.get(key);
    if (holder !== undefined && holder !== task.id) held.set(task.id, holder);
  }
  return held;
}

/** Forgets windows that are over. */
export async function forgetUnique(q: Queryable): Promise<void> {
  await q.query(FORGET);
}
