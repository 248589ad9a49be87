import { readPayloads, type StoredPayload } from "#events";
import { bareArray, type Chore, DatabaseError, type Db, type Look, type Queryable, textArray } from "#kernel";
import { createBudget, type EventFactsOfRun, type Json } from "#language";
import type { CommitPart } from "../commit-part.ts";
import { dueLooks, LATELY, type Reach } from "../control/lately.ts";
import { eventFactsOfRun, UnfitNumber } from "../engine/begin-facts.ts";
import { type SentSignal, sendSignals } from "../signal.ts";
import { createShares, createTurns, type Turns } from "./turns.ts";
import { WaitExpressions } from "./wait-expressions.ts";
import { waitPart } from "./wait-part.ts";

/*
 * An event E and a wait W, each in a transaction of its own, that know nothing of each other. The append of E leaves an arrival; W is a row
 * that is not `looked` yet. Two readers see to it that one of them sees both:
 *
 *  - the matcher takes arrivals that are committed, and compares each with the waits that are committed *then*;
 *  - the looker takes waits that are committed, and sets arrivals that are done back to be compared again.
 *
 * If E was committed after W, the matcher sees W. Otherwise E was there when the looker took W: then the matcher has either not begun
 * with E (and sees W when it does), or has E locked (and the looker waits for it), or was done with it (and does it again).
 *
 * Which events came before the step began to wait follows from the ids and, for those whose append was under way at that moment, from
 * the snapshot in which the wait was written.
 */

const IS_AFTER = "(a.event_id > w.since or not pg_visible_in_snapshot(a.xid, w.seen))";

// Half of them those that nobody looked at yet: an event that very many wait for goes on beside others, and not before them.
const taking = (when: string) => `
  with fresh as (
    select event_id, app_id, type, after_run, after_path from posthorn.flow_arrival
     where done_at is null and after_run is null${when} order by event_id limit $1 for update skip locked
  ), begun as (
    select event_id, app_id, type, after_run, after_path from posthorn.flow_arrival
     where done_at is null and after_run is not null${when} order by event_id limit $1 for update skip locked
  )
  select * from fresh union all select * from begun order by event_id`;
// By the time in their ids; what is set back to be compared again may have come two minutes before. A query of its own, or the moment would be asked
// for each row, and no index be used.
const LATE = `>= (select uuidv7(- (${LATELY} + interval '2 minutes')))`;
const TAKE = { lately: taking(` and event_id ${LATE}`), everything: taking("") };

// The same, of other applications than those: beside a backlog of theirs. How far it walks to pass them is bounded.
const PASSED = 10_000;
const passing = (when: string) => {
  const lane = (isBegun: string) => `
    select a.event_id, a.app_id, a.type, a.after_run, a.after_path
      from (select event_id, app_id from posthorn.flow_arrival
             where done_at is null and ${isBegun}${when} order by event_id limit ${PASSED}) w
      join posthorn.flow_arrival a on a.event_id = w.event_id
     where w.app_id <> all($2::uuid[]) and a.done_at is null and a.${isBegun}
     order by w.event_id limit $1 for update of a skip locked`;
  return `
  with fresh as (${lane("after_run is null")}), begun as (${lane("after_run is not null")})
  select * from fresh union all select * from begun order by event_id`;
};
const TAKE_OTHERS = { lately: passing(` and event_id ${LATE}`), everything: passing("") };

const EXPRESSIONS = `
  select distinct t.app_id, t.type, w.key_text
    from unnest($1::uuid[], $2::text[]) t(app_id, type)
    join posthorn.flow_awaited w on w.app_id = t.app_id and w.type = t.type`;

// Each by one walk along the index (app_id, type, key, …), from where it stopped; no key is a key like others.
const FIND = `
  select t.n, w.run_id, w.path, w.judged, w.condition, w.context
    from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) t(n, event_id, key, after_run, after_path)
    join posthorn.flow_arrival a on a.event_id = t.event_id
   cross join lateral (
     select w.run_id, w.path, w.judged, w.condition, w.context from posthorn.flow_wait w
      where w.app_id = a.app_id and w.type = a.type and w.key = t.key
        and (w.run_id, w.path) > (t.after_run, t.after_path) and ${IS_AFTER}
      order by w.run_id, w.path limit ${"$6"}) w
   where t.key is not null
  union all
  select t.n, w.run_id, w.path, w.judged, w.condition, w.context
    from unnest($1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) t(n, event_id, key, after_run, after_path)
    join posthorn.flow_arrival a on a.event_id = t.event_id
   cross join lateral (
     select w.run_id, w.path, w.judged, w.condition, w.context from posthorn.flow_wait w
      where w.app_id = a.app_id and w.type = a.type and w.key is null
        and (w.run_id, w.path) > (t.after_run, t.after_path) and ${IS_AFTER}
      order by w.run_id, w.path limit ${"$6"}) w
   where t.key is null`;

// The first that takes a wait has it; all its rows (one for each type) go together.
const TAKE_WAITS = `
  delete from posthorn.flow_wait w
   where (w.run_id, w.path, w.type) in (
     select w.run_id, w.path, w.type
       from unnest($1::uuid[], $2::text[]) t(run_id, path)
       join posthorn.flow_wait w on w.run_id = t.run_id and w.path = t.path
      order by w.run_id, w.path, w.type
        for update of w)
  returning w.run_id, w.path`;

const DONE = `
  update posthorn.flow_arrival a set done_at = clock_timestamp(), after_run = null, after_path = null where event_id = any($1::uuid[])`;
const GO_ON = `
  update posthorn.flow_arrival a set after_run = t.run_id, after_path = t.path
    from unnest($1::uuid[], $2::uuid[], $3::text[]) t(event_id, run_id, path) where a.event_id = t.event_id`;

interface Arrival {
  readonly event_id: string;
  readonly app_id: string;
  readonly type: string;
  readonly after_run: string | null;
  readonly after_path: string | null;
}
interface Found {
  readonly n: number;
  readonly run_id: string;
  readonly path: string;
  readonly judged: boolean;
  readonly condition: string | null;
  readonly context: string | null;
}

/**
 * Of one transaction: arrivals, keys they are asked for, waits of one key, waits in all, and bytes of events read and of signals written. Where
 * several applications have arrivals in it, each has its part of keys, of cost and of signals.
 */
const ARRIVALS = 100;
const LANE = ARRIVALS / 2;
const KEYS = 100;
const WAITS_OF_KEY = 500;
const WAITS = 2_000;
const BYTES_MAX = 4 * 1024 * 1024;
/**
 * What evaluating keys may take in it, and what conditions may, in steps: a tenth of a second or so, beyond the one that goes over it. The next
 * transaction goes on where this one stopped.
 */
const COST_MAX = 1_000_000;
const FIRST_RUN = "00000000-0000-0000-0000-000000000000";

/** Compares arrivals with who waits, and tells those for whom the event is; answers how many arrivals it took. `turns`: whose was the last one. */
export async function matchArrivals(
  db: Pick<Db, "transaction">,
  keys: WaitExpressions,
  reach: Reach = "everything",
  turns: Turns = createTurns(),
): Promise<number> {
  let taken = 0;
  await db.transaction(async (tx) => {
    const arrivals = turns.next(await take(tx, reach, turns), LANE);
    taken = arrivals.length;
    if (arrivals.length === 0) return;
    const judged = await keysOf(tx, keys, await read(tx, arrivals));
    const asked = judged.flatMap(({ arrival, wanted }, n) => wanted.map((key) => ({ n, arrival, key })));
    // So that what is read is bounded however many keys there are.
    const ofKey = Math.max(1, Math.min(WAITS_OF_KEY, Math.floor(WAITS / Math.max(1, asked.length))));
    await tell(tx, { keys, judged, found: await find(tx, asked, ofKey), ofKey });
  });
  return taken;
}

/** Of those who had no turn since a backlog began; when there are none, of all again. */
async function take(tx: Queryable, reach: Reach, turns: Turns): Promise<Arrival[]> {
  const had = turns.had();
  const others = had.length === 0 ? [] : await tx.query<Arrival>(TAKE_OTHERS[reach], [LANE, bareArray(had)]);
  if (others.length > 0) return others;
  turns.again();
  return tx.query<Arrival>(TAKE[reach], [LANE]);
}

/** As many as the bytes allow, at least one: those beyond come with the next round. One that is not there before one that is, is there no more. */
async function read(tx: Queryable, arrivals: readonly Arrival[]): Promise<Read[]> {
  const refs = arrivals.map(({ app_id, event_id }) => ({ appId: app_id, id: event_id }));
  const payloads = await readPayloads(tx, refs, BYTES_MAX);
  const last = arrivals.findLastIndex(({ event_id }) => payloads.has(event_id));
  const within = last < 0 ? arrivals : arrivals.slice(0, last + 1);
  return within.map((arrival) => ({ arrival, event: factsOf(arrival.event_id, payloads.get(arrival.event_id)) }));
}

/** Undefined: it is there no more, or holds what no expression could be asked about; it is for nobody. */
function factsOf(id: string, stored: StoredPayload | undefined): EventFactsOfRun | undefined {
  if (stored === undefined) return undefined;
  try {
    return eventFactsOfRun({ id, ...stored });
  } catch (error) {
    if (error instanceof UnfitNumber) return undefined;
    throw error;
  }
}

interface Read {
  readonly arrival: Arrival;
  readonly event: EventFactsOfRun | undefined;
}
interface Judged extends Read {
  /** By which keys it finds those that wait for it; null: by none, as others of its type. */
  readonly wanted: readonly (string | null)[];
}
interface Asked {
  readonly n: number;
  readonly arrival: Arrival;
  readonly key: string | null;
}

/** Those whose application has not spent its part yet: the others come with a next round, or a transaction would not end in time, and never end. */
async function keysOf(tx: Queryable, keys: WaitExpressions, all: readonly Read[]): Promise<Judged[]> {
  const apps = all.map(({ arrival }) => arrival.app_id);
  const expressions = await tx.query<{ app_id: string; type: string; key_text: string }>(EXPRESSIONS, [
    bareArray(apps),
    textArray(all.map(({ arrival }) => arrival.type)),
  ]);
  const texts = Map.groupBy(expressions, ({ app_id, type }) => `${app_id}/${type}`);
  const cost = createShares(COST_MAX, apps);
  const asked = createShares(KEYS, apps);
  const judged: Judged[] = [];
  for (const { arrival, event } of all) {
    const app = arrival.app_id;
    if (cost.isOver() || asked.isOver()) break;
    if (cost.isSpent(app) || asked.isSpent(app)) continue;
    if (event === undefined) {
      judged.push({ arrival, event, wanted: [] });
      continue;
    }
    // One for all expressions of the event: whoever wrote them shares it with nobody else.
    const budget = createBudget();
    const whole = budget.steps;
    const found = (texts.get(`${app}/${arrival.type}`) ?? []).map(({ key_text }) =>
      key_text === "" ? null : keys.keyOf(key_text, event, budget),
    );
    const wanted = [...new Set(found)].filter((key) => key !== undefined);
    cost.spend(app, whole - budget.steps);
    asked.spend(app, wanted.length);
    judged.push({ arrival, event, wanted });
  }
  return judged;
}

async function find(tx: Queryable, asked: readonly Asked[], ofKey: number): Promise<Found[]> {
  if (asked.length === 0) return [];
  const rows = await tx.query<Found>(FIND, [
    bareArray(asked.map(({ n }) => n)),
    bareArray(asked.map(({ arrival }) => arrival.event_id)),
    bareArray(asked.map(({ key }) => key)),
    bareArray(asked.map(({ arrival }) => arrival.after_run ?? FIRST_RUN)),
    textArray(asked.map(({ arrival }) => arrival.after_path ?? "")),
    ofKey,
  ]);
  const order = (a: Found, b: Found) => a.n - b.n || compare(a.run_id, b.run_id) || compare(a.path, b.path);
  return rows.sort(order);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

interface Comparison {
  readonly keys: WaitExpressions;
  readonly judged: readonly Judged[];
  readonly found: readonly Found[];
  /** At most so many were found by each key of an arrival. */
  readonly ofKey: number;
}

async function tell(tx: Queryable, { keys, judged, found, ofKey }: Comparison): Promise<void> {
  const byArrival = Map.groupBy(found, ({ n }) => n);
  const signals: (SentSignal & { readonly takes: boolean })[] = [];
  const done: string[] = [];
  const goesOn: { id: string; run: string; path: string }[] = [];
  const taken = new Set<string>();
  const apps = judged.map(({ arrival }) => arrival.app_id);
  const bytes = createShares(BYTES_MAX, apps);
  const cost = createShares(COST_MAX, apps);
  for (const [n, { arrival, event }] of judged.entries()) {
    const app = arrival.app_id;
    // In the order of all its keys together, cut where the first of them may have more.
    const all = byArrival.get(n) ?? [];
    const waits = all.slice(0, ofKey);
    if (event === undefined || waits.length === 0) {
      done.push(arrival.event_id);
      continue;
    }
    const size = JSON.stringify(event).length;
    let last: Found | undefined;
    for (const wait of waits) {
      // One of each at least, as long as the whole allows: what is costly alone goes on, too.
      if (cost.isOver() || (last !== undefined && (cost.isSpent(app) || bytes.isSpent(app, size)))) break;
      last = wait;
      const { run_id: runId, path, judged: isJudged, condition, context } = wait;
      if (taken.has(`${runId}/${path}`)) continue;
      if (condition !== null && context !== null) {
        const verdict = keys.holds(condition, context, event);
        cost.spend(app, verdict.steps);
        if (!verdict.holds) continue;
      }
      bytes.spend(app, size);
      if (isJudged) signals.push({ runId, path, kind: "wake", value: event as unknown as Json, takes: false });
      else {
        taken.add(`${runId}/${path}`);
        signals.push({ runId, path, kind: "completed", value: { event: shown(event) }, takes: true });
      }
    }
    if (last === waits.at(-1) && all.length < ofKey) done.push(arrival.event_id);
    else if (last !== undefined) goesOn.push({ id: arrival.event_id, run: last.run_id, path: last.path });
  }
  const taking = signals.filter(({ takes }) => takes);
  const ours = new Set<string>();
  if (taking.length > 0) {
    const rows = await tx.query<{ run_id: string; path: string }>(TAKE_WAITS, [
      bareArray(taking.map(({ runId }) => runId)),
      textArray(taking.map(({ path }) => path)),
    ]);
    for (const { run_id, path } of rows) ours.add(`${run_id}/${path}`);
  }
  const sent = signals.filter(({ takes, runId, path }) => !takes || ours.has(`${runId}/${path}`));
  await sendSignals(
    tx,
    sent.map(({ takes: _, ...signal }) => signal),
  );
  if (done.length > 0) await tx.query(DONE, [bareArray(done)]);
  if (goesOn.length > 0) {
    await tx.query(GO_ON, [
      bareArray(goesOn.map(({ id }) => id)),
      bareArray(goesOn.map(({ run }) => run)),
      textArray(goesOn.map(({ path }) => path)),
    ]);
  }
}

/** As the step outputs it. */
function shown({ id, type, channels, data, receivedAtMs }: EventFactsOfRun): Json {
  return { id, type, channels, data, received_at: new Date(receivedAtMs).toISOString() };
}

const unlooked = (when: string) => `
  select run_id, path, type, app_id, since, pg_snapshot_xmin(seen)::text as xmin
    from posthorn.flow_wait where not looked${when} order by since limit $1`;
const UNLOOKED = { lately: unlooked(` and since ${LATE}`), everything: unlooked("") };

// Waits for whoever has one of them in hand; in the order in which they are taken.
const AGAIN = `
  update posthorn.flow_arrival a set done_at = null, after_run = null, after_path = null
   where a.event_id in (
     select a.event_id
       from unnest($1::uuid[], $2::text[], $3::uuid[], $4::xid8[]) t(app_id, type, since, xmin)
       join posthorn.flow_arrival a on a.app_id = t.app_id and a.type = t.type and (a.event_id > t.since or a.xid >= t.xmin)
      order by a.event_id
        for update of a)`;

const LOOKED = `
  update posthorn.flow_wait w set looked = true
    from unnest($1::uuid[], $2::text[], $3::text[]) t(run_id, path, type)
   where w.run_id = t.run_id and w.path = t.path and w.type = t.type`;

interface Unlooked {
  readonly run_id: string;
  readonly path: string;
  readonly type: string;
  readonly app_id: string;
  readonly since: string;
  readonly xmin: string;
}

const LOOKS = 1_000;

/** Has what arrived while waits were being written compared again; answers how many waits it took. Safe to do twice. */
export async function lookBack(db: Pick<Db, "query">, reach: Reach = "everything"): Promise<number> {
  const waits = await db.query<Unlooked>(UNLOOKED[reach], [LOOKS]);
  if (waits.length === 0) return 0;
  const groups = [...Map.groupBy(waits, ({ app_id, type }) => `${app_id}/${type}`).values()].map((same) => ({
    first: same[0] as Unlooked,
    since: same.map(({ since }) => since).reduce((a, b) => (a < b ? a : b)),
    xmin: same.map(({ xmin }) => BigInt(xmin)).reduce((a, b) => (a < b ? a : b)),
  }));
  await db.query(AGAIN, [
    bareArray(groups.map(({ first }) => first.app_id)),
    textArray(groups.map(({ first }) => first.type)),
    bareArray(groups.map(({ since }) => since)),
    bareArray(groups.map(({ xmin }) => xmin)),
  ]);
  // Only now: whoever stops before it does it again.
  await db.query(LOOKED, [
    bareArray(waits.map(({ run_id }) => run_id)),
    textArray(waits.map(({ path }) => path)),
    textArray(waits.map(({ type }) => type)),
  ]);
  return waits.length;
}

/** What brings events and those that wait for them together. */
export interface Waits {
  readonly part: CommitPart;
  readonly looks: readonly Look[];
  /** After a commit of arrivals or waits of this process: they need not wait for the next look. */
  hint(): void;
  /** Waits for what a hint began. */
  stop(): Promise<void>;
}

export function createWaits(options: { readonly db: Db; readonly onDue: () => void }): Waits {
  const { db, onDue } = options;
  const keys = new WaitExpressions();
  const turns = createTurns();
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const match = async (reach: Reach) => {
    const taken = await matchArrivals(db, keys, reach, turns);
    if (taken > 0) onDue();
    return taken;
  };
  async function bringTogether(): Promise<void> {
    try {
      do {
        again = false;
        while (!stopped && (await lookBack(db, "lately")) === LOOKS);
        // What one transaction leaves, of an event or of many, waits for the next.
        while (!stopped && (await match("lately")) > 0);
      } while (again && !stopped);
    } catch (error) {
      // The look finds the same, and says it when it cannot do it either.
      if (!(error instanceof DatabaseError)) throw error;
    }
  }
  const hint = () => {
    again = true;
    if (stopped) return;
    running ??= bringTogether().finally(() => {
      running = undefined;
    });
  };
  return {
    part: waitPart({ onRegistered: hint }),
    hint,
    looks: [
      ...dueLooks({
        name: "flow_waits",
        table: "posthorn.flow_wait",
        condition: "not looked",
        by: "since",
        lately: LATE,
        run: (reach) => lookBack(db, reach),
      }),
      ...dueLooks({
        name: "flow_arrivals",
        table: "posthorn.flow_arrival",
        condition: "done_at is null",
        by: "event_id",
        lately: LATE,
        run: match,
      }),
    ],
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

/** How long an arrival stays after it was compared: longer than any transaction of ours may take that writes a wait. */
const FORGET = `
  delete from posthorn.flow_arrival
   where event_id in (
     select a.event_id from posthorn.flow_arrival a
      where a.done_at < clock_timestamp() - interval '1 minute'
        and not exists (select from posthorn.flow_wait w where not w.looked)
      limit 10000 for update skip locked)
  returning 1`;

const LEFT = `
  delete from posthorn.flow_wait w
   where not exists (select from posthorn.run_leased r where r.id = w.run_id)
     and not exists (select from posthorn.run_waiting r where r.id = w.run_id)`;

export function waitChores(db: Db): Chore[] {
  return [
    {
      name: "flow_arrivals_done",
      everyMs: 10_000,
      pending: "exists (select from posthorn.flow_arrival)",
      run: async () => {
        while ((await db.query(FORGET)).length === 10_000);
      },
    },
    { name: "flow_waits_left", everyMs: 3_600_000, run: async () => void (await db.query(LEFT)) },
  ];
}
