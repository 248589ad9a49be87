import { type EventFacts, eventFacts, walkEvents } from "#events";
import { bareArray, type Queryable } from "#kernel";
import { judge, type Past, type ReplayEndpoint, type Selection, type Verdict } from "./selection.ts";

/** A stretch of the past of one endpoint, in the order of event ids. */
export interface Stretch {
  readonly judged: readonly { readonly eventId: string; readonly verdict: Verdict }[];
  /** Everything up to here was looked at. */
  readonly cursor: string;
  /** Nothing lies beyond, below `before`. */
  readonly isLast: boolean;
}

const DEAD = `
  select distinct event_id
    from posthorn.delivery_dead
   where endpoint_id = $1::uuid and event_id > $2::uuid and event_id < $3::uuid
   order by event_id
   limit $4`;

// One probe of an index per event and question. The bounds on the ids leave out the days that hold none of them.
// `is not distinct from` keeps the planner off the indexes that begin with the endpoint, and a subquery with a limit from hashing a
// whole table: either costs as much as the endpoint was ever sent, or is owed. An event above fan_out's cursor is not owed yet, and will be.
const PAST = `
  with wanted as (
    select id from unnest($2::uuid[]) t(id)
  ), leased as (
    select distinct event_id from posthorn.delivery_leased where endpoint_id = $1::uuid
  )
  select w.id,
         coalesce((select true from posthorn.attempt a
                    where a.event_id = w.id and a.endpoint_id is not distinct from $1::uuid and a.outcome = 'delivered'
                      and a.event_id >= $3::uuid and a.event_id <= $4::uuid limit 1), false) as delivered,
         l.event_id is not null or f.event_id is not null
           or coalesce((select true from posthorn.delivery_owed o
                         where o.event_id = w.id and o.endpoint_id is not distinct from $1::uuid limit 1), false) as owed,
         last.outcome, last.reason,
         array(select d.reason from posthorn.delivery_dead d
                where d.event_id = w.id and d.endpoint_id is not distinct from $1::uuid
                  and d.event_id >= $3::uuid and d.event_id <= $4::uuid) as dead_reasons
    from wanted w
    left join leased l on l.event_id = w.id
    left join posthorn.fan_out f on f.event_id = w.id and f.cursor < $1::uuid
    left join lateral (
      select a.outcome, a.reason from posthorn.attempt a
       where a.event_id = w.id and a.endpoint_id is not distinct from $1::uuid
         and a.event_id >= $3::uuid and a.event_id <= $4::uuid
       order by a.id desc limit 1
    ) last on true`;

interface PastRow {
  readonly id: string;
  readonly delivered: boolean;
  readonly owed: boolean;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly dead_reasons: string[];
}

export interface Place {
  readonly appId: string;
  readonly endpointId: string;
  readonly endpoint: ReplayEndpoint;
}

/**
 * Looks at the next events of a selection after `after` and below `before`, at most `limit`, and judges each. Events are
 * walked by their ids along the log; those that failed, along the endpoint's dead letters. `q` is a transaction.
 */
export async function look(
  q: Queryable,
  selection: Selection,
  place: Place,
  after: string,
  before: string,
  limit: number,
): Promise<Stretch> {
  const { appId, endpointId, endpoint } = place;
  let ids: readonly string[];
  let events: readonly EventFacts[];
  if (selection.what === "failed") {
    ids = (await q.query<{ event_id: string }>(DEAD, [endpointId, after, before, limit])).map((row) => row.event_id);
    events = await eventFacts(q, appId, ids);
  } else {
    events = await walkEvents(q, appId, { after, before, limit });
    ids = events.map(({ id }) => id);
  }
  const byId = new Map(events.map((event) => [event.id, event]));
  // What its facts alone rule out need not be looked up.
  const asked = ids.filter((id) => judgeable(selection, endpoint, byId.get(id)));
  const past = await pastOf(q, endpointId, asked);
  return {
    judged: ids.map((eventId) => ({
      eventId,
      verdict: past.has(eventId) ? judge(selection, endpoint, byId.get(eventId), past.get(eventId)) : "not_this",
    })),
    cursor: ids.at(-1) ?? after,
    isLast: ids.length < limit,
  };
}

function judgeable(selection: Selection, endpoint: ReplayEndpoint, event: EventFacts | undefined): boolean {
  const { outcomes: _, reasons: __, ...byFacts } = selection;
  const failed: Past = { isDelivered: false, isOwed: false, last: undefined, deadReasons: ["exhausted"] };
  return judge(byFacts, endpoint, event, failed) !== "not_this";
}

// Which days the events are of, the planner must see: a plan for any days touches all of them, and takes ten times as long.
const PLAN_FOR_THESE = "set local plan_cache_mode = force_custom_plan";

/** Of events whose ids are in order. Asked within a transaction. */
async function pastOf(q: Queryable, endpointId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Past>> {
  const [first] = ids;
  const last = ids.at(-1);
  if (first === undefined || last === undefined) return new Map();
  await q.query(PLAN_FOR_THESE);
  const rows = await q.query<PastRow>(PAST, [endpointId, bareArray(ids), first, last]);
  return new Map(
    rows.map(({ id, delivered, owed, outcome, reason, dead_reasons }) => [
      id,
      {
        isDelivered: delivered,
        isOwed: owed,
        last: outcome === null || reason === null ? undefined : { outcome, reason },
        deadReasons: dead_reasons,
      },
    ]),
  );
}

const ENDPOINT = `
  select mode, event_types, channels, expires_after_s, deleted_at is not null as deleted
    from posthorn.endpoint where id = $1::uuid and app_id = $2::uuid`;

interface EndpointRow {
  readonly mode: ReplayEndpoint["mode"];
  readonly event_types: string[] | null;
  readonly channels: string[] | null;
  readonly expires_after_s: number | null;
  readonly deleted: boolean;
}

/** The endpoint as it is now; undefined: it is deleted. */
export async function replayEndpoint(
  q: Queryable,
  appId: string,
  endpointId: string,
): Promise<ReplayEndpoint | undefined> {
  const [row] = await q.query<EndpointRow>(ENDPOINT, [endpointId, appId]);
  if (row === undefined || row.deleted) return undefined;
  return {
    mode: row.mode,
    eventTypes: row.event_types === null ? undefined : new Set(row.event_types),
    channels: row.channels === null ? undefined : new Set(row.channels),
    expiresAfterMs: row.expires_after_s === null ? undefined : row.expires_after_s * 1_000,
  };
}
