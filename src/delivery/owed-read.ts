import type { Queryable } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import { LEASED_READ_MAX } from "./endpoint-summary.ts";
import type { Trigger } from "./lane.ts";

/** A delivery that is not settled, as its owner reads it. */
export interface OpenDelivery {
  readonly state: "waiting" | "held" | "leased";
  readonly id: string;
  readonly eventId: string;
  readonly endpointId: string;
  /** When it is due, or of a held one would be; undefined: it is in the hands of a process now. */
  readonly dueAt: Date | undefined;
  readonly attempts: number;
  readonly step: number;
  readonly trigger: Trigger;
  readonly expiresAt: Date | undefined;
  readonly last: LastAttempt | undefined;
  /** Where a list goes on behind it. */
  readonly key: string;
}

/** The newest attempt of a delivery. */
export interface LastAttempt {
  readonly id: string;
  readonly outcome: string;
  readonly reason: string;
  readonly status: number | undefined;
}

/** What lists join to each row of their page: one probe of the attempts of its event. */
export const LAST_ATTEMPT = (row: string) => `
  left join lateral (
    select a.id, a.outcome, a.reason, a.status from posthorn.attempt a
     where a.event_id = ${row}.event_id and a.delivery_id = ${row}.id order by a.id desc limit 1
  ) last on true`;

export interface LastAttemptRow {
  readonly last_id: string | null;
  readonly last_outcome: string | null;
  readonly last_reason: string | null;
  readonly last_status: number | null;
}

export const LAST_COLUMNS =
  "last.id as last_id, last.outcome as last_outcome, last.reason as last_reason, last.status as last_status";

export function lastOf(row: LastAttemptRow): LastAttempt | undefined {
  if (row.last_id === null) return undefined;
  return {
    id: row.last_id,
    outcome: row.last_outcome ?? "",
    reason: row.last_reason ?? "",
    status: row.last_status ?? undefined,
  };
}

interface Row extends LastAttemptRow {
  readonly id: string;
  readonly event_id: string;
  readonly endpoint_id: string;
  readonly due_at: Date | null;
  readonly attempts: number;
  readonly step: number;
  readonly trigger: Trigger;
  readonly expires_at: Date | null;
  readonly key: string;
}

const COLUMNS = "o.id, o.event_id, o.endpoint_id, o.attempts, o.step, o.trigger, o.expires_at";

/** A key of the waiting ones: the due time in microseconds, so that nothing is lost of it, and the id. */
const WAITING_KEY = /^(\d{1,17}) ([0-9a-f-]{36})$/;

// The page is walked along delivery_owed_due (endpoint_id, due_at, id), both ways; what belongs to its rows only is joined
// to it. A row constructor is one range of the index, where the same as two conditions would be a filter.
function waitingSql(keyset: Keyset): string {
  const [beyond, direction] = keyset.order === "ascending" ? [">", "asc"] : ["<", "desc"];
  const from =
    keyset.after === undefined
      ? "and $2::float8 is null and $3::uuid is null"
      : `and (o.due_at, o.id) ${beyond} (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid)`;
  return `
    select ${COLUMNS}, o.due_at, (extract(epoch from o.due_at) * 1000000)::bigint || ' ' || o.id as key, ${LAST_COLUMNS}
      from (select * from posthorn.delivery_owed o
             where o.endpoint_id = $1::uuid and o.due_at < 'infinity' ${from}
             order by o.due_at ${direction}, o.id ${direction} limit $4) o ${LAST_ATTEMPT("o")}
     order by o.due_at ${direction}, o.id ${direction}`;
}

/** The keys of these lists are texts that only they can read: a keyset whose `after` is none of them yields nothing. */
export function isWaitingKey(key: string): boolean {
  return WAITING_KEY.test(key);
}

/**
 * Deliveries of an endpoint that are not settled: those that wait, by due time; those that somebody holds, and those in
 * the hands of a process, by id.
 */
export async function listOpen(
  q: Queryable,
  endpointId: string,
  state: OpenDelivery["state"],
  keyset: Keyset,
): Promise<OpenDelivery[]> {
  const rows = await rowsOf(q, endpointId, state, keyset);
  return rows.map((row) => ({
    state,
    id: row.id,
    eventId: row.event_id,
    endpointId: row.endpoint_id,
    dueAt: row.due_at ?? undefined,
    attempts: row.attempts,
    step: row.step,
    trigger: row.trigger,
    expiresAt: row.expires_at ?? undefined,
    last: lastOf(row),
    key: row.key,
  }));
}

function rowsOf(q: Queryable, endpointId: string, state: OpenDelivery["state"], keyset: Keyset): Promise<Row[]> {
  const beyond = keysetSql(keyset, "o.id", 2, "uuid");
  switch (state) {
    case "waiting": {
      const [, us = null, id = null] = WAITING_KEY.exec(keyset.after ?? "") ?? [];
      return q.query<Row>(waitingSql(keyset), [endpointId, us, id, keyset.limit]);
    }
    case "held":
      // All due never: within the index they stand by id.
      return q.query<Row>(
        `select ${COLUMNS}, o.held_due_at as due_at, o.id::text as key, ${LAST_COLUMNS}
           from (select * from posthorn.delivery_owed o
                  where o.endpoint_id = $1::uuid and o.due_at = 'infinity' ${beyond.where} ${beyond.order} limit $3) o ${LAST_ATTEMPT("o")}
          ${beyond.order}`,
        [endpointId, keyset.after ?? null, keyset.limit],
      );
    case "leased":
      // No index by endpoint (see LEASED in endpoint-summary.ts): as many rows as may be in flight are read, and no more.
      return q.query<Row>(
        `select ${COLUMNS}, null::timestamptz as due_at, o.id::text as key, ${LAST_COLUMNS}
           from (select * from (select * from posthorn.delivery_leased limit ${LEASED_READ_MAX}) o
                  where o.endpoint_id = $1::uuid ${beyond.where} ${beyond.order} limit $3) o ${LAST_ATTEMPT("o")}
          ${beyond.order}`,
        [endpointId, keyset.after ?? null, keyset.limit],
      );
  }
}
