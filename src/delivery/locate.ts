import { idTimeMs, type Queryable, uuidLowerBound } from "#kernel";

/** Where something of ours is, found by nothing but its id. */
export interface Place {
  readonly appId: string;
  readonly endpointId: string;
  readonly eventId: string;
}

interface Row {
  readonly app_id: string;
  readonly endpoint_id: string;
  readonly event_id: string;
}

const placeOf = (row: Row | undefined): Place | undefined =>
  row === undefined ? undefined : { appId: row.app_id, endpointId: row.endpoint_id, eventId: row.event_id };

/** Also a deleted one: its attempts are still told under its id. */
export async function locateEndpoint(q: Queryable, id: string): Promise<{ appId: string; url: string } | undefined> {
  const [row] = await q.query<{ app_id: string; url: string }>(
    "select app_id, url from posthorn.endpoint where id = $1::uuid",
    [id],
  );
  return row === undefined ? undefined : { appId: row.app_id, url: row.url };
}

/** How long before an attempt its event may have been accepted to be found, and how many endpoints are asked. */
export const LOCATE_DAYS = 3;
export const LOCATE_ENDPOINTS_MAX = 5_000;
const DAY_MS = 86_400_000;

// attempt_of_endpoint (endpoint_id, id) of a few days, once for each endpoint: nothing finds an attempt by its id alone,
// because an index for that would be written with every attempt and read once a week.
const ATTEMPT = `
  select a.app_id, a.endpoint_id, a.event_id
    from (select id from posthorn.endpoint order by id desc limit ${LOCATE_ENDPOINTS_MAX}) e
   cross join lateral (
     select app_id, endpoint_id, event_id from posthorn.attempt
      where endpoint_id = e.id and id = $1::uuid and event_id >= $2::uuid and event_id <= $1::uuid
   ) a
   limit 1`;

/** An attempt of an event accepted at most LOCATE_DAYS earlier. */
export async function locateAttempt(q: Queryable, id: string): Promise<Place | undefined> {
  const low = uuidLowerBound(Math.max(0, idTimeMs(id) - LOCATE_DAYS * DAY_MS));
  return placeOf((await q.query<Row>(ATTEMPT, [id, low]))[0]);
}

const OPEN = `
  select app_id, endpoint_id, event_id from posthorn.delivery_owed where id = $1::uuid
  union all
  select app_id, endpoint_id, event_id from posthorn.delivery_leased where id = $1::uuid
  union all
  select app_id, endpoint_id, event_id from posthorn.delivery_dead where id = $1::uuid
  limit 1`;

/** A delivery gets its id within this of its event's, unless it was resent. */
const PLANNED_WITHIN_MS = 2_000;
const LOOKED_MAX = 20_000;

// One that was delivered is its last attempt: looked for among those of the events of its moment, by primary key.
const SETTLED = `
  select app_id, endpoint_id, event_id
    from (select app_id, endpoint_id, event_id, delivery_id from posthorn.attempt
           where event_id >= $2::uuid and event_id <= $3::uuid order by event_id desc limit ${LOOKED_MAX}) a
   where delivery_id = $1::uuid
   limit 1`;

/** A delivery that is not settled, or dead; or one that was delivered and was owed as its event was accepted. */
export async function locateDelivery(q: Queryable, id: string): Promise<Place | undefined> {
  const [open] = await q.query<Row>(OPEN, [id]);
  if (open !== undefined) return placeOf(open);
  const low = uuidLowerBound(Math.max(0, idTimeMs(id) - PLANNED_WITHIN_MS));
  return placeOf((await q.query<Row>(SETTLED, [id, low, id]))[0]);
}

// The event's primary key, pruned to its day: whatever was tried, waits or died names the application.
const APP_OF_EVENT = `
  (select app_id from posthorn.attempt where event_id = $1::uuid limit 1)
  union all
  (select app_id from posthorn.delivery_owed where event_id = $1::uuid limit 1)
  union all
  (select app_id from posthorn.delivery_dead where event_id = $1::uuid limit 1)
  limit 1`;

/** The application of an event that was owed to anybody. */
export async function appOfEvent(q: Queryable, eventId: string): Promise<string | undefined> {
  return (await q.query<{ app_id: string }>(APP_OF_EVENT, [eventId]))[0]?.app_id;
}
