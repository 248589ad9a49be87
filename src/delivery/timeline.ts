import type { Queryable } from "#kernel";
import { type Attempt, listAttemptsOfEvent } from "./attempt-read.ts";
import { LEASED_READ_MAX } from "./endpoint-summary.ts";
import type { Trigger } from "./lane.ts";
import type { DeadReason } from "./state.ts";

/** A delivery of an event, in whatever state it is, with its attempts from the first to the last. */
export interface TimelineDelivery {
  readonly id: string;
  readonly endpointId: string;
  /** As the endpoint is now; undefined when nothing is left of it. */
  readonly endpointUrl: string | undefined;
  readonly endpointDescription: string | undefined;
  readonly endpointIsDeleted: boolean;
  /** Undefined: it ended without an attempt, and a dead letter does not say. */
  readonly trigger: Trigger | undefined;
  readonly state: "leased" | "owed" | "held" | "delivered" | "dead";
  /** When an owed one is due, or a held one would be. */
  readonly dueAt: Date | undefined;
  /** Undefined of a dead one: its dead letter was expired by its owner. */
  readonly deadReason: DeadReason | undefined;
  readonly deadAt: Date | undefined;
  readonly attempts: readonly Attempt[];
}

export interface Timeline {
  readonly deliveries: readonly TimelineDelivery[];
  /** False: there are more deliveries, or more attempts, than one answer shows. */
  readonly isComplete: boolean;
  /** It goes to very many endpoints, and not all of them are owed it yet. */
  readonly isExpanding: boolean;
}

export const TIMELINE_DELIVERIES_MAX = 250;
const ATTEMPTS_MAX = 2_000;
/** Attempts that are looked through for what was settled: an event may have gone to very many endpoints. */
const ATTEMPTS_READ_MAX = 20_000;

interface Row {
  readonly state: TimelineDelivery["state"];
  readonly id: string;
  readonly endpoint_id: string;
  readonly trigger: Trigger | null;
  /** Requests that the row knows of; null: it is told by its attempts alone. */
  readonly made: number | null;
  readonly due_at: Date | null;
  readonly dead_reason: DeadReason | null;
  readonly dead_at: Date | null;
  readonly url: string | null;
  readonly description: string | null;
  readonly deleted: boolean | null;
}

// One snapshot, in which a delivery is in one state: owed by delivery_owed_of_event, dead and settled ones by the primary
// keys that begin with the event, all within the event's day; of what is leased, as many rows as may be in flight. What has
// attempts and is in no table was delivered, or ended and had its dead letter expired.
const DELIVERIES = `
  with open as (
    select 'leased' as state, id, endpoint_id, trigger, attempts as made, null::timestamptz as due_at, null as dead_reason, null::timestamptz as dead_at
      from (select id, event_id, endpoint_id, trigger, attempts from posthorn.delivery_leased limit ${LEASED_READ_MAX}) l
     where event_id = $1::uuid
    union all
    select case when held_due_at is null then 'owed' else 'held' end, id, endpoint_id, trigger, attempts, coalesce(held_due_at, due_at), null, null
      from posthorn.delivery_owed where event_id = $1::uuid
    union all
    select 'dead', id, endpoint_id, null, attempts, null, reason, settled_at from posthorn.delivery_dead where event_id = $1::uuid
  ), settled as (
    select distinct on (delivery_id)
           case settled_as when 'delivered' then 'delivered' else 'dead' end, delivery_id, endpoint_id, trigger, null::int2, null::timestamptz, null, null::timestamptz
      from (select delivery_id, endpoint_id, trigger, settled_as, id from posthorn.attempt
             where event_id = $1::uuid order by id limit ${ATTEMPTS_READ_MAX}) a
     where not exists (select from open where open.id = delivery_id)
     order by delivery_id, settled_as = 'delivered' desc, id desc
  ), every as (
    select * from open union all select * from settled
    order by id
    limit ${TIMELINE_DELIVERIES_MAX + 1}
  )
  select every.*, e.url, e.description, e.deleted_at is not null as deleted
    from every left join posthorn.endpoint e on e.id = every.endpoint_id
   order by every.id`;

const EXPANDING = "select from posthorn.fan_out where event_id = $1::uuid";

/** How often the states are read again because attempts were recorded meanwhile. */
const READ_AGAIN_MAX = 3;

/** Everything that followed from an event, by delivery. What was not tried yet is there too. */
export async function timelineOf(q: Queryable, eventId: string): Promise<Timeline> {
  for (let again = 0; ; again++) {
    const rows = await q.query<Row>(DELIVERIES, [eventId]);
    const expanding = await q.query(EXPANDING, [eventId]);
    const { attempts } = await listAttemptsOfEvent(
      q,
      eventId,
      { after: undefined, order: "ascending", limit: ATTEMPTS_MAX + 1 },
      {},
      true,
    );
    const byDelivery = new Map<string, Attempt[]>();
    for (const attempt of attempts.slice(0, ATTEMPTS_MAX)) {
      const list = byDelivery.get(attempt.deliveryId);
      if (list === undefined) byDelivery.set(attempt.deliveryId, [attempt]);
      else list.push(attempt);
    }
    // An attempt that the row does not know of was recorded between the two: the row is another by now.
    const isOutdated = ({ id, made }: Row) =>
      made !== null && byDelivery.get(id)?.some(({ number }) => number > made) === true;
    if (again < READ_AGAIN_MAX && rows.some(isOutdated)) continue;
    return {
      deliveries: rows.slice(0, TIMELINE_DELIVERIES_MAX).map((row) => deliveryOf(row, byDelivery.get(row.id) ?? [])),
      isComplete: rows.length <= TIMELINE_DELIVERIES_MAX && attempts.length <= ATTEMPTS_MAX,
      isExpanding: expanding.length > 0,
    };
  }
}

function deliveryOf(row: Row, attempts: readonly Attempt[]): TimelineDelivery {
  const last = attempts.at(-1);
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    endpointUrl: row.url ?? undefined,
    endpointDescription: row.description ?? undefined,
    endpointIsDeleted: row.deleted ?? false,
    trigger: row.trigger ?? last?.trigger,
    state: row.state,
    dueAt: row.due_at ?? undefined,
    deadReason: row.dead_reason ?? undefined,
    deadAt: row.dead_at ?? undefined,
    attempts,
  };
}
