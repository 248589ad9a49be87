import { idTimeMs, type Queryable } from "#kernel";

/** Runs of one flow that flow control has not let begin yet, by the rule and key that holds them. */
export interface Held {
  /** The kind of rule: `concurrency`, `throttle`, `debounce`, `batch`, `overlap` or `singleton`. */
  readonly rule: string;
  /** Of the rule, as people read it; '' where it has none. */
  readonly key: string;
  readonly count: number;
  /** When the one that waits longest began to. */
  readonly oldestAtMs: number;
}

/** Rows that are looked at, and keys that are told. */
export const HELD_COUNTED_MAX = 5_000;
export const HELD_SHOWN_MAX = 20;

const HELD = `
  with held as materialized (
    select id from posthorn.run_waiting
     where flow_id = $1::uuid and waiting_for = 'control' order by id limit ${HELD_COUNTED_MAX + 1}
  )
  select g.kind as rule, g.key, count(*)::int as count, min(h.id::text) as oldest, (select count(*)::int from held) as looked_at
    from held h
    join posthorn.flow_queue q on q.run_id = h.id
    join posthorn.flow_gate g on g.id = q.gate_id
   group by g.id
   order by count(*) desc, min(h.id::text)
   limit ${HELD_SHOWN_MAX + 1}`;

/** What flow control holds back now, the most first; `isComplete` false: more is held than was looked at, or by more keys. */
export async function listHeld(
  q: Queryable,
  flowId: string,
): Promise<{ readonly held: readonly Held[]; readonly isComplete: boolean }> {
  const rows = await q.query<{ rule: string; key: string; count: number; oldest: string; looked_at: number }>(HELD, [
    flowId,
  ]);
  return {
    held: rows
      .slice(0, HELD_SHOWN_MAX)
      .map(({ rule, key, count, oldest }) => ({ rule, key, count, oldestAtMs: idTimeMs(oldest) })),
    isComplete: rows.length <= HELD_SHOWN_MAX && (rows[0]?.looked_at ?? 0) <= HELD_COUNTED_MAX,
  };
}
