import { type EventFacts, eventFacts } from "#events";
import { bareArray, type Queryable } from "#kernel";
import { isWaitingKey, type OpenDelivery } from "./owed-read.ts";
import { bury } from "./upkeep.ts";

/** What somebody does to deliveries that wait. */
export type OwedAct = "hold" | "let_go" | "cancel";

/** Which of an endpoint's deliveries: these, or all that a filter lets pass. */
export type OwedSelection =
  | { readonly kind: "ids"; readonly ids: readonly string[] }
  | ({ readonly kind: "filter" } & EventSelection);

/** By the events that are owed. Absent: any. */
export interface EventSelection {
  /** Of events from this id on, and below that one. */
  readonly fromEvent?: string | undefined;
  readonly toEvent?: string | undefined;
  readonly eventTypes?: readonly string[] | undefined;
  readonly tag?: string | undefined;
}

export interface OwedChange {
  /** How many were changed, or would be. */
  readonly count: number;
  /** False: looking stopped at a bound, and there may be more. Asked again, it goes on. */
  readonly isDone: boolean;
  /** Of the given ids, those that were left alone: in the hands of a process, settled, or already as asked. */
  readonly skipped: number;
}

/** Deliveries that one call changes, and looks through for those a filter lets pass. */
export const OWED_CHANGED_MAX = 10_000;
const LOOKED_MAX = 50_000;
const CHUNK = 2_000;

// Each names the state it expects and skips what is locked: what a claim, or another operator, has in hand at this moment is
// theirs. Two operators at once: each row is changed by one of them, and counted by that one.
const PICK = (state: string) => `
  select o.id from unnest($2::uuid[]) t(id)
   cross join lateral (
     select o.id from posthorn.delivery_owed o where o.id = t.id and o.endpoint_id = $1::uuid and ${state} for update skip locked
   ) o`;

const STATEMENTS: Readonly<Record<OwedAct, string>> = {
  hold: `
    with picked as (${PICK("o.held_due_at is null")}), held as (
      update posthorn.delivery_owed o set held_due_at = o.due_at, due_at = 'infinity' from picked where o.id = picked.id returning 1
    )
    select count(*)::int as n from held`,
  let_go: `
    with picked as (${PICK("o.held_due_at is not null")}), gone_on as (
      update posthorn.delivery_owed o set due_at = o.held_due_at, held_due_at = null from picked where o.id = picked.id returning 1
    )
    select count(*)::int as n from gone_on`,
  cancel: bury(`select picked.id, 'cancelled' as reason from (${PICK("true")}) picked`),
};

// Along delivery_owed_due (endpoint_id, due_at, id); what is held stands at its end.
const WAITING = `
  select o.id, o.event_id, (extract(epoch from o.due_at) * 1000000)::bigint || ' ' || o.id as key
    from posthorn.delivery_owed o
   where o.endpoint_id = $1::uuid and o.due_at < 'infinity'
     and (o.due_at, o.id) > (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid)
   order by o.due_at, o.id
   limit ${CHUNK}`;
const HELD = `
  select o.id, o.event_id, o.id::text as key
    from posthorn.delivery_owed o
   where o.endpoint_id = $1::uuid and o.due_at = 'infinity' and o.id > $2::uuid
   order by o.id
   limit ${CHUNK}`;
const THESE = `
  select count(*)::int as n from unnest($2::uuid[]) t(id)
    join posthorn.delivery_owed o on o.id = t.id and o.endpoint_id = $1::uuid`;

interface Candidate {
  readonly id: string;
  readonly event_id: string;
  readonly key: string;
}

/**
 * Holds, lets go or cancels what waits for an endpoint; with `isDryRun` only counts. In the caller's transaction, which
 * should end soon after: what it changed is locked until then. What is leased is left alone, because it may be on the wire.
 */
export async function changeOwed(
  tx: Queryable,
  place: { readonly appId: string; readonly endpointId: string },
  act: OwedAct,
  selection: OwedSelection,
  isDryRun: boolean,
): Promise<OwedChange> {
  if (selection.kind === "ids") {
    const ids = [...new Set(selection.ids)];
    const count = await apply(tx, place.endpointId, act, ids, isDryRun);
    return { count, isDone: true, skipped: ids.length - count };
  }
  let count = 0;
  let looked = 0;
  for (const state of statesOf(act)) {
    for (let after: string | undefined; ; ) {
      const found = await candidates(tx, place.endpointId, state, after);
      const last = found.at(-1);
      if (last === undefined) break;
      looked += found.length;
      const ids = await passing(tx, place.appId, found, selection);
      count += isDryRun ? ids.length : await apply(tx, place.endpointId, act, ids, false);
      if (found.length < CHUNK) break;
      if (count >= OWED_CHANGED_MAX || looked >= LOOKED_MAX) return { count, isDone: false, skipped: 0 };
      after = last.key;
    }
  }
  return { count, isDone: true, skipped: 0 };
}

function statesOf(act: OwedAct): readonly Exclude<OpenDelivery["state"], "leased">[] {
  if (act === "cancel") return ["waiting", "held"];
  return act === "hold" ? ["waiting"] : ["held"];
}

async function apply(
  tx: Queryable,
  endpointId: string,
  act: OwedAct,
  ids: readonly string[],
  isDryRun: boolean,
): Promise<number> {
  if (ids.length === 0) return 0;
  const condition = { hold: " and o.held_due_at is null", let_go: " and o.held_due_at is not null", cancel: "" }[act];
  const [row] = await tx.query<{ n: number }>(isDryRun ? `${THESE}${condition}` : STATEMENTS[act], [
    endpointId,
    bareArray(ids),
  ]);
  return row?.n ?? 0;
}

function candidates(
  tx: Queryable,
  endpointId: string,
  state: "waiting" | "held",
  after: string | undefined,
): Promise<Candidate[]> {
  const first = "00000000-0000-0000-0000-000000000000";
  if (state === "held") return tx.query<Candidate>(HELD, [endpointId, after ?? first]);
  const [us = "0", id = first] = after !== undefined && isWaitingKey(after) ? after.split(" ") : [];
  return tx.query<Candidate>(WAITING, [endpointId, us, id]);
}

/** The ids among these whose events pass; what only the log knows of an event is asked only when it matters. */
async function passing(
  tx: Queryable,
  appId: string,
  found: readonly Candidate[],
  selection: EventSelection,
): Promise<string[]> {
  const { fromEvent, toEvent, eventTypes, tag } = selection;
  const inTime = found.filter(
    ({ event_id: id }) => (fromEvent === undefined || id >= fromEvent) && (toEvent === undefined || id < toEvent),
  );
  if (eventTypes === undefined && tag === undefined) return inTime.map(({ id }) => id);
  const passes = await eventsPassing(tx, appId, [...new Set(inTime.map(({ event_id }) => event_id))], selection);
  return inTime.filter(({ event_id }) => passes.has(event_id)).map(({ id }) => id);
}

/** Which of these events are of one of the types, and have the tag. */
export async function eventsPassing(
  q: Queryable,
  appId: string,
  ids: readonly string[],
  { eventTypes, tag }: EventSelection,
): Promise<ReadonlySet<string>> {
  const types = eventTypes === undefined ? undefined : new Set(eventTypes);
  const passes = (event: EventFacts) =>
    (types === undefined || types.has(event.type)) && (tag === undefined || event.tags?.includes(tag) === true);
  const facts = await eventFacts(q, appId, [...ids].sort());
  return new Set(facts.filter(passes).map(({ id }) => id));
}

// By delivery_owed_of_event. Locked rows are a claim's: what it leases it finds to be erased when it reads the payload.
const OF_EVENT = bury(`
  select o.id, 'erased' as reason from posthorn.delivery_owed o where o.event_id = $1::uuid limit 5000 for update skip locked`);

/**
 * Ends what is owed of an event whose payload is being erased in this transaction. What is in the hands of a process was
 * read before, and is sent; a hundred thousand deliveries of a wide event end as they are claimed.
 */
export async function endOwedOfErased(tx: Queryable, eventId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(OF_EVENT, [eventId]);
  return row?.n ?? 0;
}
