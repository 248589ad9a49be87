import { type Queryable, uuidLowerBound } from "#kernel";
import type { StepError } from "#language";
import { stepOf } from "./fingerprint.ts";

/** Runs of a flow that failed alike. */
export interface Failure {
  readonly fingerprint: string;
  readonly count: number;
  /** False: at least so many. */
  readonly countIsExact: boolean;
  readonly code: string;
  /** Of the newest. */
  readonly message: string;
  /** Without numbers of items; undefined: the run itself failed. */
  readonly step: string | undefined;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly lastRunId: string;
}

/** Kinds of failure that are looked at, and runs of each that are counted. */
export const KINDS_MAX = 200;
export const RUNS_COUNTED_MAX = 10_000;

// Walks from fingerprint to fingerprint along run_ended_failed instead of through all failures: a hundred million of one kind cost
// as much as ten thousand.
const FAILURES = `
  with recursive kind(fingerprint, n) as (
    (select fingerprint, 1 from posthorn.run_ended
      where flow_id = $1::uuid and state = 'failed' and id >= $2::uuid order by fingerprint limit 1)
    union all
    select next.fingerprint, kind.n + 1
      from kind
      cross join lateral (
        select e.fingerprint from posthorn.run_ended e
         where e.flow_id = $1::uuid and e.state = 'failed' and e.id >= $2::uuid and e.fingerprint > kind.fingerprint
         order by e.fingerprint limit 1
      ) next
     where kind.n <= ${KINDS_MAX}
  )
  select k.fingerprint, counted.n as count, counted.first_id, last.id as last_id, last.result, last.ended_at as last_at,
         counted.first_at
    from kind k
    cross join lateral (
      select count(*)::int as n, min(c.id::text)::uuid as first_id, min(c.ended_at) as first_at
        from (select e.id, e.ended_at from posthorn.run_ended e
               where e.flow_id = $1::uuid and e.state = 'failed' and e.fingerprint = k.fingerprint and e.id >= $2::uuid
               order by e.id desc limit ${RUNS_COUNTED_MAX + 1}) c
    ) counted
    cross join lateral (
      select e.id, e.result, e.ended_at from posthorn.run_ended e
       where e.flow_id = $1::uuid and e.state = 'failed' and e.fingerprint = k.fingerprint and e.id >= $2::uuid
       order by e.id desc limit 1
    ) last
   where k.fingerprint is not null`;

interface Row {
  readonly fingerprint: string;
  readonly count: number;
  readonly first_at: Date;
  readonly last_id: string;
  readonly last_at: Date;
  readonly result: Uint8Array | null;
}

/** Failures of runs that began at `sinceMs` or later, the most frequent first; `isComplete` false: there are more kinds. */
export async function listFailures(
  q: Queryable,
  flowId: string,
  sinceMs: number,
): Promise<{ readonly failures: readonly Failure[]; readonly isComplete: boolean }> {
  const rows = await q.query<Row>(FAILURES, [flowId, uuidLowerBound(sinceMs)]);
  const failures = rows.slice(0, KINDS_MAX).map((row): Failure => {
    const error: Partial<StepError> = row.result === null ? {} : JSON.parse(Buffer.from(row.result).toString());
    return {
      fingerprint: row.fingerprint,
      count: Math.min(row.count, RUNS_COUNTED_MAX),
      countIsExact: row.count <= RUNS_COUNTED_MAX,
      code: error.code ?? "unknown",
      message: error.message ?? "",
      step: error.path === undefined || error.path === "" ? undefined : stepOf(error.path),
      firstAtMs: row.first_at.getTime(),
      lastAtMs: row.last_at.getTime(),
      lastRunId: row.last_id,
    };
  });
  failures.sort((a, b) => b.count - a.count || b.lastAtMs - a.lastAtMs);
  return { failures, isComplete: rows.length <= KINDS_MAX };
}
