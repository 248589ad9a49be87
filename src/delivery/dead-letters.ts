import { bareArray, type Queryable } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import { type EventSelection, eventsPassing } from "./owed-acts.ts";
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

/** What somebody does to dead letters: `requeue` owes them again, `expire` puts them away. */
export type DeadAct = "requeue" | "expire";

export type DeadSelection =
  | { readonly kind: "ids"; readonly ids: readonly string[] }
  | ({ readonly kind: "filter"; readonly reason?: DeadReason | undefined } & EventSelection);

export interface DeadChange {
  readonly count: number;
  /** False: there are, or may be, more than were changed or counted. */
  readonly isDone: boolean;
  /** Of the given ids, those that are no dead letters of the endpoint, or not any more. */
  readonly skipped: number;
}

/** Dead letters that one call changes; so many are looked through for those a filter lets pass. */
export const DEAD_CHANGED_MAX = 10_000;
const LOOKED_MAX = 50_000;
const CHUNK = 2_000;

// The rows that are there, by primary key within their day; locked ones are another operator's, or a job's. An erased event
// has nothing left to send.
const PICKED = `
  select d.event_id, d.id from unnest($2::uuid[], $3::uuid[]) t(event_id, id)
   cross join lateral (
     select d.event_id, d.id from posthorn.delivery_dead d
      where d.event_id = t.event_id and d.id = t.id and d.endpoint_id = $1::uuid for update skip locked
   ) d`;

const GONE = (also: string) => `
  with picked as (${PICKED}), gone as (
    delete from posthorn.delivery_dead d using picked
     where d.event_id = picked.event_id and d.id = picked.id and d.event_id >= $4::uuid and d.event_id <= $5::uuid ${also}
    returning d.event_id, d.id, d.app_id, d.endpoint_id, d.attempts
  )`;

// The same delivery, with the whole schedule and its time to live anew; attempts are numbered on (state.ts, requeue).
const ACTS: Readonly<Record<DeadAct, string>> = {
  requeue: `${GONE("and d.reason <> 'erased'")}, owed as (
    insert into posthorn.delivery_owed (id, event_id, app_id, endpoint_id, due_at, attempts, step, trigger, expires_at)
    select g.id, g.event_id, g.app_id, g.endpoint_id, now(), g.attempts, 0, 'replay', now() + e.expires_after_s * interval '1 s'
      from gone g join posthorn.endpoint e on e.id = g.endpoint_id
  )
  select count(*)::int as n from gone`,
  expire: `${GONE("")} select count(*)::int as n from gone`,
};

// By delivery_dead_id, once per day of the retention and id.
const KEYS_OF_IDS = `
  select d.event_id, d.id, d.reason from unnest($2::uuid[]) t(id)
    join posthorn.delivery_dead d on d.id = t.id and d.endpoint_id = $1::uuid`;

/**
 * Requeues or expires dead letters of an endpoint; with `isDryRun` only counts. At most `max` of them. Who comes second to
 * a dead letter finds it gone and counts it as skipped: doing it twice is doing it once.
 */
export async function changeDead(
  tx: Queryable,
  place: { readonly appId: string; readonly endpointId: string },
  act: DeadAct,
  selection: DeadSelection,
  isDryRun: boolean,
  max = DEAD_CHANGED_MAX,
): Promise<DeadChange> {
  const { appId, endpointId } = place;
  const able = (reason: DeadReason) => act === "expire" || reason !== "erased";
  if (selection.kind === "ids") {
    const ids = [...new Set(selection.ids)];
    const rows = await tx.query<Letter>(KEYS_OF_IDS, [endpointId, bareArray(ids)]);
    const letters = rows.filter(({ reason }) => able(reason));
    const count = isDryRun ? letters.length : await apply(tx, endpointId, act, letters);
    return { count, isDone: true, skipped: ids.length - count };
  }
  let count = 0;
  let looked = 0;
  for (let after: string | undefined; ; ) {
    const scan = await listDead(
      tx,
      endpointId,
      { after, order: "descending", limit: CHUNK },
      { reason: selection.reason, fromEvent: selection.fromEvent, toEvent: selection.toEvent },
    );
    const rows = scan.letters.map(({ eventId, id, reason }) => ({ event_id: eventId, id, reason }));
    let letters = rows.filter(({ reason }) => able(reason));
    if (selection.eventTypes !== undefined || selection.tag !== undefined) {
      const events = [...new Set(letters.map(({ event_id }) => event_id))];
      const passes = await eventsPassing(tx, appId, events, selection);
      letters = letters.filter(({ event_id }) => passes.has(event_id));
    }
    const fitting = letters.slice(0, max - count);
    count += isDryRun ? fitting.length : await apply(tx, endpointId, act, fitting);
    if (fitting.length < letters.length) return { count, isDone: false, skipped: 0 };
    looked += scan.stoppedAt === undefined ? rows.length : DEAD_SCANNED_MAX;
    after = scan.stoppedAt ?? (rows.length < CHUNK ? undefined : scan.letters.at(-1)?.key);
    if (after === undefined) return { count, isDone: true, skipped: 0 };
    if (looked >= LOOKED_MAX) return { count, isDone: false, skipped: 0 };
  }
}

interface Letter {
  readonly event_id: string;
  readonly id: string;
  readonly reason: DeadReason;
}

async function apply(tx: Queryable, endpointId: string, act: DeadAct, letters: readonly Letter[]): Promise<number> {
  if (letters.length === 0) return 0;
  const events = letters.map(({ event_id }) => event_id);
  const sorted = [...events].sort();
  const [row] = await tx.query<{ n: number }>(ACTS[act], [
    endpointId,
    bareArray(events),
    bareArray(letters.map(({ id }) => id)),
    sorted[0] ?? "",
    sorted.at(-1) ?? "",
  ]);
  return row?.n ?? 0;
}
