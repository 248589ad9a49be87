import type { Queryable } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import { LAST_ATTEMPT, LAST_COLUMNS, type LastAttempt, type LastAttemptRow, lastOf } from "./owed-read.ts";
import type { DeadReason } from "./state.ts";

/** A delivery that will not be sent any more. */
export interface DeadLetter {
  readonly id: string;
  readonly eventId: string;
  readonly endpointId: string;
  readonly attempts: number;
  readonly reason: DeadReason;
  readonly settledAt: Date;
  readonly last: LastAttempt | undefined;
  /** Where a list goes on behind it. */
  readonly key: string;
}

export interface DeadFilter {
  readonly reason?: DeadReason | undefined;
  /** Of events from this id on, and below that one: ids hold the time. */
  readonly fromEvent?: string | undefined;
  readonly toEvent?: string | undefined;
}

/** Dead letters that pass a filter, as far as was looked. */
export interface DeadScan {
  readonly letters: readonly DeadLetter[];
  /** The key at which looking stopped, though more may pass beyond it. */
  readonly stoppedAt: string | undefined;
}

interface Row extends LastAttemptRow {
  readonly id: string;
  readonly event_id: string;
  readonly endpoint_id: string;
  readonly attempts: number;
  readonly reason: DeadReason;
  readonly settled_at: Date;
}

/** Rows looked through for one answer, when a reason is asked for that few have. */
export const DEAD_SCANNED_MAX = 5_000;

const KEY = /^([0-9a-f-]{36}) ([0-9a-f-]{36})$/;

export function isDeadKey(key: string): boolean {
  return KEY.test(key);
}

/**
 * The dead letters of an endpoint by the time of their events. An event may have several: each time it was resent is a
 * delivery of its own.
 *
 * Walks delivery_dead_of (endpoint_id, event_id), day by day, which bounds by event prune; deliveries of one event are put
 * in order as they come (an incremental sort of a few rows).
 */
export async function listDead(
  q: Queryable,
  endpointId: string,
  keyset: Keyset,
  filter: DeadFilter,
): Promise<DeadScan> {
  const [, event = null, id = null] = KEY.exec(keyset.after ?? "") ?? [];
  const { order } = keysetSql(keyset, "event_id", 2, "uuid");
  const both = `${order}, ${order.replace("order by event_id", "id")}`;
  const beyond = keyset.order === "ascending" ? ">" : "<";
  // The first condition is what the index is entered by.
  const after =
    event === null
      ? "and $2::uuid is null and $3::uuid is null"
      : `and event_id ${beyond}= $2::uuid and (event_id, id) ${beyond} ($2::uuid, $3::uuid)`;
  const base = `from posthorn.delivery_dead
     where endpoint_id = $1::uuid ${after}
       and event_id >= coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
       and event_id < coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') ${both}`;
  const common = [endpointId, event, id, filter.fromEvent ?? null, filter.toEvent ?? null];
  const inner =
    filter.reason === undefined
      ? `select * ${base} limit $6`
      : `select * from (select * ${base} limit ${DEAD_SCANNED_MAX}) d where reason = $7 ${both} limit $6`;
  const rows = await q.query<Row>(
    `select d.id, d.event_id, d.endpoint_id, d.attempts, d.reason, d.settled_at, ${LAST_COLUMNS}
       from (${inner}) d ${LAST_ATTEMPT("d")}
      ${both.replace("event_id", "d.event_id").replace(", id", ", d.id")}`,
    filter.reason === undefined ? [...common, keyset.limit] : [...common, keyset.limit, filter.reason],
  );
  const letters = rows.map((row) => ({
    id: row.id,
    eventId: row.event_id,
    endpointId: row.endpoint_id,
    attempts: row.attempts,
    reason: row.reason,
    settledAt: row.settled_at,
    last: lastOf(row),
    key: keyOf(row),
  }));
  if (filter.reason === undefined || letters.length >= keyset.limit) return { letters, stoppedAt: undefined };
  const [edge] = await q.query<{ event_id: string; id: string }>(
    `select event_id, id ${base} limit 1 offset ${DEAD_SCANNED_MAX - 1}`,
    common,
  );
  return { letters, stoppedAt: edge === undefined ? undefined : keyOf(edge) };
}

const keyOf = (row: { readonly event_id: string; readonly id: string }) => `${row.event_id} ${row.id}`;
