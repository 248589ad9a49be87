import { newId, type Queryable } from "#kernel";

/** So many are told in one go. */
export const CANCELLED_AT_ONCE = 10_000;

// A run that was told already is not told again: asking twice must not double what it has to read.
const CANCEL = `
  with live as (
    select id from posthorn.run_leased where flow_id = $1::uuid and ($2::int is null or version <> $2)
    union all
    (select id from posthorn.run_waiting where flow_id = $1::uuid and ($2::int is null or version <> $2) limit $3)
  ), told as (
    insert into posthorn.run_signal (id, run_id, path, kind, value)
    select uuidv7(), l.id, '', 'cancel', $4::bytea
      from live l
     where not exists (select from posthorn.run_signal s where s.run_id = l.id and s.kind = 'cancel')
     limit $3
    returning 1
  )
  select (select count(*)::int from live) as live, (select count(*)::int from told) as told`;

/**
 * Tells runs of a flow to end, those of `keepVersion` excepted. At most `CANCELLED_AT_ONCE` at a time; `isComplete` false: there
 * are more, ask again once these are gone.
 */
export async function cancelRunsOf(
  tx: Queryable,
  flowId: string,
  reason: string,
  keepVersion?: number,
): Promise<{ readonly told: number; readonly isComplete: boolean }> {
  const value = Buffer.from(JSON.stringify(reason));
  const [row] = await tx.query<{ live: number; told: number }>(CANCEL, [
    flowId,
    keepVersion ?? null,
    CANCELLED_AT_ONCE,
    value,
  ]);
  return { told: row?.told ?? 0, isComplete: (row?.live ?? 0) < CANCELLED_AT_ONCE };
}

const TELL = `
  insert into posthorn.run_signal (id, run_id, path, kind, value)
  select $1::uuid, $2::uuid, '', 'cancel', $3::bytea
   where not exists (select from posthorn.run_signal where run_id = $2::uuid and kind = 'cancel')`;

/** Tells one run to end. Whoever has it does so at its next commit; asking twice is asking once. */
export async function cancelRun(tx: Queryable, runId: string, reason: string): Promise<void> {
  await tx.query(TELL, [newId(), runId, Buffer.from(JSON.stringify(reason))]);
}
