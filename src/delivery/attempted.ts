import type { Queryable } from "#kernel";
import { type Keyset, keysetSql } from "#tenancy";
import type { EndpointMode } from "./endpoint.ts";

/** What became of an event at an endpoint, after its newest attempt. */
export interface Standing {
  readonly state: "delivered" | "owed" | "leased" | "failed";
  /** When it is due again; undefined: it is not, or somebody holds it. */
  readonly nextAt: Date | undefined;
}

export interface AttemptedEvent extends Standing {
  /** The newest attempt: lists go by it. */
  readonly attemptId: string;
  readonly eventId: string;
}

interface StandingRow {
  readonly delivered: boolean;
  readonly owed: boolean;
  readonly leased: boolean;
  readonly next_at: Date | null;
}

const STANDING = `
  a.settled_as = 'delivered' or (a.settled_as = 'late' and exists (
    select from posthorn.attempt d where d.event_id = a.event_id and d.delivery_id = a.delivery_id and d.settled_as = 'delivered')) as delivered,
  o.id is not null as owed, l.id is not null as leased, case when o.held_due_at is null then o.due_at end as next_at`;
const JOINED = `
  left join posthorn.delivery_owed o on o.id = a.delivery_id
  left join posthorn.delivery_leased l on l.id = a.delivery_id`;

function standingOf(row: StandingRow): Standing {
  const state = row.delivered ? "delivered" : row.leased ? "leased" : row.owed ? "owed" : "failed";
  return { state, nextAt: row.next_at ?? undefined };
}

/** Later attempts of an event that are looked through for a newer one at the same endpoint: events that go to very many have more. */
const NEWER_LOOKED_MAX = 1_000;

/**
 * The events that were attempted at an endpoint, by their newest attempt there. Walks attempt_of_endpoint and leaves out
 * what has a newer attempt, one probe of the event's attempts each. An event that goes to very many endpoints may come
 * twice.
 */
export async function listAttemptedEvents(q: Queryable, endpointId: string, keyset: Keyset): Promise<AttemptedEvent[]> {
  const beyond = keysetSql(keyset, "a.id", 2, "uuid");
  const rows = await q.query<StandingRow & { id: string; event_id: string }>(
    `select a.id, a.event_id, ${STANDING}
       from (select a.id, a.event_id, a.delivery_id, a.settled_as from posthorn.attempt a
              where a.endpoint_id = $1::uuid ${beyond.where}
                and not exists (
                  select from (select b.endpoint_id from posthorn.attempt b
                                where b.event_id = a.event_id and b.id > a.id limit ${NEWER_LOOKED_MAX}) b
                   where b.endpoint_id = a.endpoint_id)
              ${beyond.order} limit $3) a ${JOINED}
      ${beyond.order}`,
    [endpointId, keyset.after ?? null, keyset.limit],
  );
  return rows.map((row) => ({ ...standingOf(row), attemptId: row.id, eventId: row.event_id }));
}

/** An endpoint that an event was attempted at. */
export interface AttemptedEndpoint extends Standing {
  readonly id: string;
  readonly uid: string | undefined;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[] | undefined;
  readonly channels: readonly string[] | undefined;
  readonly mode: EndpointMode;
  readonly throttleRate: number | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface EndpointRow extends StandingRow {
  readonly id: string;
  readonly uid: string | null;
  readonly url: string;
  readonly description: string;
  readonly event_types: string[] | null;
  readonly channels: string[] | null;
  readonly mode: EndpointMode;
  readonly throttle_rate: number | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Attempts of one event that are looked through. */
const ATTEMPTS_LOOKED_MAX = 100_000;

/** The living endpoints that an event was attempted at, in order of creation, from the attempts of that event alone. */
export async function listAttemptedEndpoints(
  q: Queryable,
  eventId: string,
  keyset: Keyset,
): Promise<AttemptedEndpoint[]> {
  const beyond = keysetSql(keyset, "e.id", 2, "uuid");
  const rows = await q.query<EndpointRow>(
    `select e.id, e.uid, e.url, e.description, e.event_types, e.channels, e.mode, e.throttle_rate, e.created_at, e.updated_at, ${STANDING}
       from (select distinct on (endpoint_id) * from (
               select event_id, id, endpoint_id, delivery_id, settled_as from posthorn.attempt
                where event_id = $1::uuid limit ${ATTEMPTS_LOOKED_MAX}) a
              order by endpoint_id, id desc) a
       join posthorn.endpoint e on e.id = a.endpoint_id and e.deleted_at is null ${JOINED}
      where true ${beyond.where} ${beyond.order} limit $3`,
    [eventId, keyset.after ?? null, keyset.limit],
  );
  return rows.map((row) => ({
    ...standingOf(row),
    id: row.id,
    uid: row.uid ?? undefined,
    url: row.url,
    description: row.description,
    eventTypes: row.event_types ?? undefined,
    channels: row.channels ?? undefined,
    mode: row.mode,
    throttleRate: row.throttle_rate ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

/** Takes what the receiver answered away from an attempt, for good. False: there is no such attempt. */
export async function eraseResponse(tx: Queryable, eventId: string, id: string): Promise<boolean> {
  const rows = await tx.query(
    `update posthorn.attempt set response_body = null, response_headers = null
      where event_id = $1::uuid and id = $2::uuid returning 1`,
    [eventId, id],
  );
  return rows.length > 0;
}
