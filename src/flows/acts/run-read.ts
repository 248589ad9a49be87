import { bareArray, type Queryable, uuidLowerBound } from "#kernel";
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

const endedStates = new Set<StandingState>(["completed", "failed", "cancelled"]);

/**
 * Runs of an application in the order of their ids, the newest first. Whatever the history holds, a bounded number of rows is looked at:
 * with a filter that few fit, a page may be short, and says how far it got.
 */
export async function listRuns(q: Queryable, appId: string, filter: RunFilter, page: RunPage): Promise<RunsFound> {
  const flows =
    filter.flowId === undefined
      ? (
          await q.query<{ id: string }>(
            `select id from posthorn.flow where app_id = $1::uuid order by deleted_at nulls first, id desc limit ${FLOWS_MAX}`,
            [appId],
          )
        ).map(({ id }) => id)
      : [filter.flowId];
  if (flows.length === 0) return { runs: [], lookedTo: undefined };
  // The partial indexes serve what did not go well; for all else rows are passed over until enough fit.
  const isIndexed =
    filter.trigger === undefined &&
    filter.eventId === undefined &&
    (filter.state === undefined || filter.state === "failed");
  const most = Math.max(page.limit, Math.floor((page.lookedAtMax ?? LOOKED_AT_MAX) / flows.length));
  const found = await look(q, flows, filter, page, isIndexed ? page.limit : Math.min(most, page.limit * FIRST_LOOK));
  // Mostly enough of the newest fit: only where they do not, more are looked at.
  const isEnough = isIndexed || found.runs.length === page.limit || found.lookedTo === undefined;
  return isEnough ? found : look(q, flows, filter, page, most);
}

/** Of each flow so many rows are looked at. */
async function look(
  q: Queryable,
  flows: readonly string[],
  filter: RunFilter,
  page: RunPage,
  scan: number,
): Promise<RunsFound> {
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
    uuidLowerBound(filter.sinceMs ?? 0),
    uuidLowerBound(filter.untilMs ?? 2 ** 48 - 1),
    filter.trigger ?? null,
    filter.eventId ?? null,
    filter.fingerprint ?? null,
    page.limit,
    scan,
  ];
  const onwards = page.after === undefined ? "and $2::uuid is null" : `and r.id ${beyond} $2::uuid`;
  // Bounded only where the walk begins; its other end is looked at afterwards, which gives the same rows. With both bounds PostgreSQL believes
  // in so few rows (it knows no ranges of uuids) that it reads and sorts all of them: 400 ms at two million.
  const begins = page.back ? "r.id >= $3::uuid" : "r.id < $4::uuid";
  const ends = page.back ? "s.id < $4::uuid" : "s.id >= $3::uuid";
  const fits = "($5::text is null or r.trigger = $5::text) and ($6::uuid is null or r.event_id = $6::uuid)";
  const from = (table: string, columns: string, where: string, fitting: string) => `
    select s.*, ${fitting} as fits
      from unnest($1::uuid[]) w(flow_id)
      cross join lateral (
        select ${columns} from posthorn.${table} r
         where r.flow_id = w.flow_id and ${begins} ${onwards} ${where} order by r.id ${order} limit $9
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
            // Spelled for what is asked: "null or equal" is a walk through everything once PostgreSQL plans for all parameters. Rows of
            // another state than is wanted are passed over afterwards, so that no more than was said are looked at.
            `${state === undefined || state === "completed" ? "" : state === "failed" ? "and r.state = 'failed'" : "and r.state <> 'completed'"}
             ${filter.fingerprint === undefined ? "and $7::uuid is null" : "and r.fingerprint = $7::uuid and r.state = 'failed'"}`,
            `${fits.replaceAll("r.", "s.")}${state === undefined ? "" : ` and s.state = '${state}'`}`,
          ),
        ]
      : []),
  ];
  const rows = await q.query<Row & { fits: boolean; floor: string | null }>(
    `with looked as materialized (${parts.join("\n    union all")}),
          ends as (select flow_id, ${page.back ? "max" : "min"}(id::text) as id from looked where state <> 'running'
                    group by flow_id, state = 'waiting' having count(*) >= $9),
          floor as (select ${farthest}(id)::uuid as id from ends),
          found as (select l.* from looked l, floor where l.fits and (floor.id is null or l.id ${page.back ? "<=" : ">="} floor.id)
                     order by l.id ${order} limit $8)
     select r.*, f.name as flow, floor.id as floor
       from floor
       left join found r on true
       left join posthorn.flow f on f.id = r.flow_id
      order by r.id ${order}`,
    params,
  );
  const found = rows.filter(({ id }) => id !== null).map(summaryOf);
  const floor = rows[0]?.floor ?? undefined;
  return { runs: found, lookedTo: found.length < page.limit ? floor : undefined };
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
