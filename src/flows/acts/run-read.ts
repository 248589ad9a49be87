import { bareArray, idTimeMs, type Queryable, uuidLowerBound } from "#kernel";
import type { Entry, StepError, StepLogs, TriggerFacts } from "#language";
import type { WaitingFor } from "../run.ts";
import { ENTRY_COLUMNS, type EntryRow, entryOf, jsonOf } from "./entry-row.ts";

/** How a run is, as it is told. */
export type RunStanding =
  | { readonly state: "running" }
  | { readonly state: "waiting"; readonly waitingFor: WaitingFor; readonly dueAtMs: number | undefined }
  | { readonly state: "completed"; readonly endedAtMs: number; readonly steps: number }
  | {
      readonly state: "failed";
      readonly endedAtMs: number;
      readonly steps: number;
      readonly error: StepError;
      readonly fingerprint: string | undefined;
    }
  | { readonly state: "cancelled"; readonly endedAtMs: number; readonly steps: number; readonly reason: string };
export type StandingState = RunStanding["state"];

/** A run without its input, output and journal. */
export interface RunSummary {
  readonly id: string;
  readonly appId: string;
  readonly flowId: string;
  readonly flow: string;
  readonly version: number;
  readonly trigger: TriggerFacts["kind"];
  readonly eventId: string | undefined;
  readonly parentId: string | undefined;
  readonly depth: number;
  readonly startedAtMs: number;
  readonly standing: RunStanding;
}

interface Row {
  readonly id: string;
  readonly app_id: string;
  readonly flow_id: string;
  readonly flow: string;
  readonly version: number;
  readonly trigger: TriggerFacts["kind"];
  readonly event_id: string | null;
  readonly parent_id: string | null;
  readonly depth: number;
  readonly started_at: Date;
  readonly state: StandingState;
  readonly waiting_for: WaitingFor | null;
  readonly due_at: Date | null;
  readonly ended_at: Date | null;
  readonly steps: number | null;
  readonly fingerprint: string | null;
  readonly result: Uint8Array | null;
}

function standingOf(row: Row): RunStanding {
  const ended = { endedAtMs: row.ended_at?.getTime() ?? 0, steps: row.steps ?? 0 }; // Of those that ended they are there.
  switch (row.state) {
    case "running":
      return { state: "running" };
    case "waiting":
      return { state: "waiting", waitingFor: row.waiting_for ?? "room", dueAtMs: row.due_at?.getTime() };
    case "completed":
      return { state: "completed", ...ended };
    case "failed": {
      const error = jsonOf(row.result) as unknown as StepError;
      return { state: "failed", ...ended, error, fingerprint: row.fingerprint ?? undefined };
    }
    case "cancelled":
      return { state: "cancelled", ...ended, reason: String(jsonOf(row.result) ?? "") };
  }
}

const summaryOf = (row: Row): RunSummary => ({
  id: row.id,
  appId: row.app_id,
  flowId: row.flow_id,
  flow: row.flow,
  version: row.version,
  trigger: row.trigger,
  eventId: row.event_id ?? undefined,
  parentId: row.parent_id ?? undefined,
  depth: row.depth,
  startedAtMs: row.started_at.getTime(),
  standing: standingOf(row),
});

const COMMON = "r.id, r.app_id, r.flow_id, r.version, r.trigger, r.event_id, r.parent_id, r.depth, r.started_at";
// What a run returned is not part of how it is: it may be large.
const LEASED = `${COMMON}, 'running' as state, null as waiting_for, null::timestamptz as due_at, null::timestamptz as ended_at,
  null::int as steps, null::uuid as fingerprint, null::bytea as result`;
const WAITING = `${COMMON}, 'waiting' as state, r.waiting_for, r.due_at, null::timestamptz as ended_at, null::int as steps,
  null::uuid as fingerprint, null::bytea as result`;
const ENDED = `${COMMON}, r.state, null as waiting_for, null::timestamptz as due_at, r.ended_at, r.steps, r.fingerprint,
  case when r.state <> 'completed' then r.result end as result`;

// A run that moves between two looks is seen in one of them: one statement sees one moment.
const BY_IDS = `
  select r.*, f.name as flow from (
    select ${LEASED} from posthorn.run_leased r where r.id = any($1::uuid[]) and r.app_id = $2::uuid
    union all
    select ${WAITING} from posthorn.run_waiting r where r.id = any($1::uuid[]) and r.app_id = $2::uuid
    union all
    select ${ENDED} from unnest(array(select id from posthorn.flow where app_id = $2::uuid)) w(flow_id)
      join posthorn.run_ended r on r.flow_id = w.flow_id and r.id = any($1::uuid[]) and r.id between $3::uuid and $4::uuid
  ) r
  join posthorn.flow f on f.id = r.flow_id`;

/** Runs of an application by their ids, in no order; those that are none of its are left out. */
export async function findRuns(q: Queryable, appId: string, ids: readonly string[]): Promise<RunSummary[]> {
  if (ids.length === 0) return [];
  const sorted = [...ids].sort();
  const rows = await q.query<Row>(BY_IDS, [bareArray(ids), appId, sorted[0] ?? "", sorted.at(-1) ?? ""]);
  return rows.map(summaryOf);
}

/** A run of an application; undefined: it has none of this id. */
export async function findRunSummary(q: Queryable, appId: string, id: string): Promise<RunSummary | undefined> {
  return (await findRuns(q, appId, [id]))[0];
}

// --------------------------------------------------------------------------------------------------------------- lists

export interface RunFilter {
  readonly flowId?: string | undefined;
  readonly state?: StandingState | undefined;
  readonly trigger?: TriggerFacts["kind"] | undefined;
  readonly eventId?: string | undefined;
  readonly fingerprint?: string | undefined;
  /** Runs that began then or later, and before. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface RunPage {
  readonly after?: string | undefined;
  /** Towards the newest; rows come oldest first. */
  readonly back?: boolean | undefined;
  readonly limit: number;
  /** Rows that are looked at in all where the filter fits no index; 20,000 unless given. */
  readonly lookedAtMax?: number;
  /** Where looking begins; the clock unless given. */
  readonly nowMs?: number;
}

export interface RunsFound {
  readonly runs: readonly RunSummary[];
  /** Present: looking was given up there, and what lies beyond is not known: go on from it. */
  readonly lookedTo: string | undefined;
}

const LOOKED_AT_MAX = 20_000;
/** At first, times the rows that are wanted. */
const FIRST_LOOK = 4;
/** Flows whose runs are looked at, deleted ones last. */
const FLOWS_MAX = 2_000;
const endedStates: ReadonlySet<StandingState> = new Set(["completed", "failed", "cancelled"]);
const DAY_MS = 86_400_000;
const FOREVER_MS = 2 ** 48 - 1;
/** Each window is twice as long as the one before; after so many, the rest of time is one. */
const WINDOWS_MAX = 7;

/** Runs that began in it, from `fromMs` to before `toMs`. */
interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Runs of an application in the order of their ids, the newest first. Whatever the history holds, a bounded number of rows is looked at:
 * with a filter that few fit, a page may be short, and says how far it got.
 */
export async function listRuns(q: Queryable, appId: string, filter: RunFilter, page: RunPage): Promise<RunsFound> {
  if (filter.eventId !== undefined) return runsOfEvent(q, appId, { ...filter, eventId: filter.eventId }, page);
  const flows = filter.flowId === undefined ? await flowsOf(q, appId) : [filter.flowId];
  if (flows.length === 0) return { runs: [], lookedTo: undefined };
  const runs: RunSummary[] = [];
  let left = page.lookedAtMax ?? LOOKED_AT_MAX;
  let after = page.after;
  const walk = windows(filter, page);
  for (const [n, window] of walk.entries()) {
    const wanted = page.limit - runs.length;
    const found = await lookTwice(q, flows, filter, window, { ...page, after, limit: wanted, lookedAtMax: left });
    runs.push(...found.runs);
    left -= found.looked;
    if (runs.length === page.limit || found.lookedTo !== undefined) return { runs, lookedTo: found.lookedTo };
    // Nothing of this window is left: what comes next is beyond its edge.
    after = uuidLowerBound(page.back ? window.toMs : window.fromMs);
    if (left <= 0 && n < walk.length - 1) return { runs, lookedTo: after };
  }
  return { runs, lookedTo: undefined };
}

async function flowsOf(q: Queryable, appId: string): Promise<string[]> {
  const rows = await q.query<{ id: string }>(
    `select id from posthorn.flow where app_id = $1::uuid order by deleted_at nulls first, id desc limit ${FLOWS_MAX}`,
    [appId],
  );
  return rows.map(({ id }) => id);
}

/**
 * The way through time. A list of many flows is a merge over flows and partitions; most pages are full after the partition of a day, so that is
 * looked at alone first, then two, four, …, and at last all that are left. Edges between windows are those of partitions (UTC days).
 */
function windows(filter: RunFilter, page: RunPage): Window[] {
  const fromMs = filter.sinceMs ?? 0;
  const toMs = filter.untilMs ?? FOREVER_MS;
  // What has not ended stands in one table each.
  if (filter.state === "running" || filter.state === "waiting") return [{ fromMs, toMs }];
  const cursorMs = page.after === undefined ? undefined : idTimeMs(page.after);
  const out: Window[] = [];
  if (page.back) {
    const begin = Math.max(fromMs, cursorMs ?? 0);
    // From the beginning of time there is nothing near to begin with.
    let edge = begin;
    for (let n = 0; begin > 0 && n < WINDOWS_MAX; n++) {
      const next = Math.floor(begin / DAY_MS) * DAY_MS + 2 ** n * DAY_MS;
      if (next >= toMs) break;
      out.push({ fromMs: edge, toMs: next });
      edge = next;
    }
    return [...out, { fromMs: edge, toMs }];
  }
  const end = Math.min(toMs, cursorMs === undefined ? FOREVER_MS : cursorMs + 1);
  // Clocks that are ahead make ids of tomorrow: the first window has no end of its own.
  const newest = Math.min(end, page.nowMs ?? Date.now());
  let edge = end;
  for (let n = 0; n < WINDOWS_MAX; n++) {
    const next = Math.floor(newest / DAY_MS) * DAY_MS - (2 ** n - 1) * DAY_MS;
    if (next <= fromMs) break;
    if (next >= edge) continue;
    out.push({ fromMs: next, toMs: edge });
    edge = next;
  }
  return [...out, { fromMs, toMs: edge }];
}

interface Looked extends RunsFound {
  readonly looked: number;
}

/** Mostly enough of the newest fit: only where they do not, more are looked at. */
async function lookTwice(
  q: Queryable,
  flows: readonly string[],
  filter: RunFilter,
  window: Window,
  page: RunPage & { readonly lookedAtMax: number },
): Promise<Looked> {
  const most = Math.max(page.limit, Math.floor(page.lookedAtMax / flows.length));
  if (isIndexed(filter)) return look(q, flows, filter, window, page, page.limit);
  const first = await look(q, flows, filter, window, page, Math.min(most, page.limit * FIRST_LOOK));
  if (first.runs.length === page.limit || first.lookedTo === undefined) return first;
  const second = await look(q, flows, filter, window, page, most);
  return { ...second, looked: first.looked + second.looked };
}

/** Triggers of which so few begin that an index of theirs costs nothing (run_ended_begun). */
const RARE_TRIGGERS: ReadonlySet<TriggerFacts["kind"]> = new Set(["manual", "rerun", "schedule"]);

/** Whether every row that is looked at fits. For all else rows are passed over until enough do. */
function isIndexed(filter: RunFilter): boolean {
  // By trigger only what ended has an index: what waits is passed over.
  return filter.trigger === undefined && filter.state !== "completed";
}

/** Spelled for what is asked: "null or equal" is a walk through everything once PostgreSQL plans for all parameters. */
function endedWhere({ state, trigger, fingerprint }: RunFilter): string {
  if (fingerprint !== undefined) return "and r.state = 'failed' and r.fingerprint = $7::uuid";
  if (trigger !== undefined && RARE_TRIGGERS.has(trigger)) return `and $7::uuid is null and r.trigger = '${trigger}'`;
  return `and $7::uuid is null ${state === "failed" || state === "cancelled" ? `and r.state = '${state}'` : ""}`;
}

/** Where the partitions of a window end, on the side to which it is walked. */
function edgeOf({ fromMs, toMs }: Window, isBack: boolean): number {
  if (!isBack) return Math.floor(fromMs / DAY_MS) * DAY_MS;
  return Math.min(Math.ceil(toMs / DAY_MS) * DAY_MS, FOREVER_MS);
}

/** Of each flow so many rows are looked at. */
async function look(
  q: Queryable,
  flows: readonly string[],
  filter: RunFilter,
  window: Window,
  page: RunPage,
  scan: number,
): Promise<Looked> {
  const [beyond, order, farthest] = page.back ? [">", "asc", "min"] : ["<", "desc", "max"];
  const { state } = filter;
  const wants = {
    leased: state === undefined || state === "running",
    waiting: state === undefined || state === "waiting",
    ended: state === undefined || endedStates.has(state),
  };
  const params: (string | number | null)[] = [
    bareArray(flows),
    page.after ?? null,
    uuidLowerBound(window.fromMs),
    uuidLowerBound(window.toMs),
    filter.trigger ?? null,
    page.limit,
    filter.fingerprint ?? null,
    scan,
    uuidLowerBound(edgeOf(window, page.back === true)),
  ];
  const onwards = page.after === undefined ? "and $2::uuid is null" : `and r.id ${beyond} $2::uuid`;
  // Bounded only where the walk begins; its other end is looked at afterwards, which gives the same rows. With both bounds PostgreSQL believes
  // in so few rows (it knows no ranges of uuids) that it may read and sort all of them: 400 ms at two million.
  const begins = page.back ? "r.id >= $3::uuid" : "r.id < $4::uuid";
  const ends = page.back ? "s.id < $4::uuid" : "s.id >= $3::uuid";
  // Only the partitions of the window are opened. Their edges PostgreSQL judges rightly; that of a filter it does not.
  const pruned = `r.id ${page.back ? "<" : ">="} $9::uuid`;
  const fits = "($5::text is null or r.trigger = $5::text)";
  const from = (table: string, columns: string, where: string, fitting: string) => `
    select s.*, ${fitting} as fits
      from unnest($1::uuid[]) w(flow_id)
      cross join lateral (
        select ${columns} from posthorn.${table} r
         where r.flow_id = w.flow_id and ${begins} ${onwards} ${where} order by r.id ${order} limit $8
      ) s
     where ${ends}`;
  const parts = [
    // In the hands of processes there are few: all are looked at.
    ...(wants.leased
      ? [
          `select ${LEASED}, ${fits} as fits from posthorn.run_leased r where r.flow_id = any($1::uuid[]) and r.id >= $3::uuid and r.id < $4::uuid ${onwards} and $7::uuid is null`,
        ]
      : []),
    ...(wants.waiting ? [from("run_waiting", WAITING, "and $7::uuid is null", fits.replaceAll("r.", "s."))] : []),
    ...(wants.ended
      ? [
          from(
            "run_ended",
            ENDED,
            `${endedWhere(filter)} and ${pruned}`,
            `${fits.replaceAll("r.", "s.")}${state === undefined ? "" : ` and s.state = '${state}'`}`,
          ),
        ]
      : []),
  ];
  const rows = await q.query<Row & { fits: boolean; floor: string | null; looked: string }>(
    `with looked as materialized (${parts.join("\n    union all")}),
          ends as (select flow_id, ${page.back ? "max" : "min"}(id::text) as id from looked where state <> 'running'
                    group by flow_id, state = 'waiting' having count(*) >= $8),
          floor as (select ${farthest}(id)::uuid as id from ends),
          found as (select l.* from looked l, floor where l.fits and (floor.id is null or l.id ${page.back ? "<=" : ">="} floor.id)
                     order by l.id ${order} limit $6)
     select r.*, f.name as flow, floor.id as floor, (select count(*) from looked) as looked
       from floor
       left join found r on true
       left join posthorn.flow f on f.id = r.flow_id
      where $9::uuid is not null -- Not each of these tables is asked each time.
      order by r.id ${order}`,
    params,
  );
  const found = rows.filter(({ id }) => id !== null).map(summaryOf);
  const floor = rows[0]?.floor ?? undefined;
  return {
    runs: found,
    lookedTo: found.length < page.limit ? floor : undefined,
    looked: Number(rows[0]?.looked ?? 0),
  };
}

/** There are few: those that it started, and their repetitions. Found by index in each table. */
async function runsOfEvent(
  q: Queryable,
  appId: string,
  filter: RunFilter & { readonly eventId: string },
  page: RunPage,
): Promise<RunsFound> {
  const from = (table: string, columns: string) =>
    `select ${columns} from posthorn.${table} r where r.event_id = $2::uuid and r.app_id = $1::uuid and r.id >= $3::uuid and r.id < $4::uuid`;
  const rows = await q.query<Row>(
    `select r.*, f.name as flow
       from (${from("run_leased", LEASED)} union all ${from("run_waiting", WAITING)} union all ${from("run_ended", ENDED)}) r
       join posthorn.flow f on f.id = r.flow_id
      where ($5::uuid is null or r.id ${page.back ? ">" : "<"} $5::uuid) and ($6::uuid is null or r.flow_id = $6::uuid)
        and ($7::text is null or r.state = $7::text) and ($8::text is null or r.trigger = $8::text)
        and ($9::uuid is null or r.fingerprint = $9::uuid)
      order by r.id ${page.back ? "asc" : "desc"} limit $10`,
    [
      appId,
      filter.eventId,
      // No run of an event is older than it: the partitions before it are not opened.
      uuidLowerBound(Math.max(filter.sinceMs ?? 0, Math.floor(idTimeMs(filter.eventId) / DAY_MS) * DAY_MS)),
      uuidLowerBound(filter.untilMs ?? FOREVER_MS),
      page.after ?? null,
      filter.flowId ?? null,
      filter.state ?? null,
      filter.trigger ?? null,
      filter.fingerprint ?? null,
      page.limit,
    ],
  );
  return { runs: rows.map(summaryOf), lookedTo: undefined };
}

/** Runs that this one called, and that repeat it, the newest first. */
export async function childrenOf(q: Queryable, appId: string, runId: string, limit: number): Promise<RunSummary[]> {
  // A child is made after its parent: what is older is not looked at.
  const rows = await q.query<Row>(
    `select r.*, f.name as flow from (
       select ${LEASED} from posthorn.run_leased r where r.parent_id = $1::uuid
       union all
       (select ${WAITING} from posthorn.run_waiting r where r.parent_id = $1::uuid order by r.id desc limit $3)
       union all
       (select ${ENDED} from posthorn.run_ended r where r.parent_id = $1::uuid and r.id > $1::uuid order by r.id desc limit $3)
     ) r
     join posthorn.flow f on f.id = r.flow_id
    where r.app_id = $2::uuid
    order by r.id desc limit $3`,
    [runId, appId, limit],
  );
  return rows.map(summaryOf);
}

// ------------------------------------------------------------------------------------------------------------- one run

/** What a run began with and returned, as bytes: null is no value. */
export interface RunValues {
  readonly facts: Readonly<Record<string, unknown>> | undefined;
  /** JSON; undefined: its input is the event's payload, or null. */
  readonly input: Uint8Array | undefined;
  /** JSON; undefined: it returned null, or has not ended well. */
  readonly output: Uint8Array | undefined;
}

export async function runValues(q: Queryable, run: RunSummary): Promise<RunValues> {
  const [row] = await q.query<{
    facts: Record<string, unknown> | null;
    input: Uint8Array | null;
    output: Uint8Array | null;
  }>(
    `select facts, input, null::bytea as output from posthorn.run_leased where id = $1::uuid
     union all
     select facts, input, null from posthorn.run_waiting where id = $1::uuid
     union all
     select facts, input, case when state = 'completed' then result end from posthorn.run_ended where flow_id = $2::uuid and id = $1::uuid`,
    [run.id, run.flowId],
  );
  return { facts: row?.facts ?? undefined, input: row?.input ?? undefined, output: row?.output ?? undefined };
}

/** Entries of a run's journal after `after` (-1: from its beginning), in order. Values above `valueBytesMax` are not read. */
export async function readEntryRows(
  q: Queryable,
  runId: string,
  page: { readonly after: number; readonly limit: number; readonly valueBytesMax?: number },
): Promise<(EntryRow & { readonly bytes: number })[]> {
  const columns =
    page.valueBytesMax === undefined
      ? ENTRY_COLUMNS
      : ENTRY_COLUMNS.replace("value", "case when octet_length(value) <= $4 then value end as value");
  return q.query(
    `select ${columns}, coalesce(octet_length(value), 0) as bytes
       from posthorn.run_step where run_id = $1::uuid and seq > $2 order by seq limit $3`,
    [runId, page.after, page.limit, ...(page.valueBytesMax === undefined ? [] : [page.valueBytesMax])],
  );
}

/** What programs of a run wrote, by the number of the entry that it stands with. */
export type LogsBySeq = ReadonlyMap<number, StepLogs>;

// The running total needs the lengths only, which PostgreSQL knows without reading a large value.
const LOGS = `
  select s.seq, s.logs
    from (select seq, sum(octet_length(logs)) over (order by seq) as total
            from posthorn.run_step where run_id = $1::uuid and seq <= $2 and logs is not null) w
    join posthorn.run_step s on s.run_id = $1::uuid and s.seq = w.seq
   where w.total <= $3
   order by s.seq`;

/** The logs of a run up to this entry, from the beginning, as far as they have at most `bytesMax` together. */
export async function readLogs(q: Queryable, runId: string, lastSeq: number, bytesMax: number): Promise<LogsBySeq> {
  const rows = await q.query<{ seq: number; logs: Uint8Array }>(LOGS, [runId, lastSeq, bytesMax]);
  return new Map(rows.map(({ seq, logs }) => [seq, jsonOf(logs) as StepLogs])); // What the engine wrote there is a list of texts.
}

/** The beginning of a journal, at most `limit` entries, as the machine takes them. */
export async function readEntries(q: Queryable, runId: string, limit: number): Promise<Entry[]> {
  const rows = await q.query<EntryRow>(
    `select ${ENTRY_COLUMNS} from posthorn.run_step where run_id = $1::uuid order by seq limit $2`,
    [runId, limit],
  );
  return rows.map(entryOf);
}

/** The value of one entry of a step, the newest of this kind unless an attempt is named: null is no bytes; undefined: there is no such entry. */
export async function readValue(
  q: Queryable,
  runId: string,
  path: string,
  attempt: number | undefined,
  kind: "completed" | "failed",
): Promise<Uint8Array | null | undefined> {
  const [row] = await q.query<{ value: Uint8Array | null }>(
    `select value from posthorn.run_step
      where run_id = $1::uuid and path = $2 and kind = $3 and ($4::int is null or attempt = $4::int)
      order by seq desc limit 1`,
    [runId, path, kind, attempt ?? null],
  );
  return row?.value ?? (row === undefined ? undefined : null);
}
