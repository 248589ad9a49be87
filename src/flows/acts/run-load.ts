import { bareArray, idTimeMs, type Queryable } from "#kernel";
import type { CompiledFlow, Entry, Start } from "#language";
import { beginningOf, readStartingEvents } from "../engine/begin-facts.ts";
import type { Run } from "../run.ts";
import { ENTRY_COLUMNS, type EntryRow, entryOf } from "./entry-row.ts";

/** All that is needed to go through a run again. */
export interface LoadedRun {
  readonly run: Run;
  /** What it began with; absent where that cannot be read any more, `reason` says why. */
  readonly start: Start | undefined;
  readonly reason: string;
  readonly entries: readonly Entry[];
}

/** A journal above it is not read: it would have to be kept whole. */
export const JOURNAL_ENTRIES_MAX = 20_000;
export const JOURNAL_BYTES_MAX = 16 * 1024 * 1024;
const EVENT_BYTES_MAX = 16 * 1024 * 1024;

const RUNS = `
  with w as (select id from unnest($1::uuid[]) t(id))
  select r.id, r.app_id, r.flow_id, r.version, r.phase, r.trigger, r.event_id, r.input, r.facts, r.parent_id, r.depth, r.priority, r.trace
    from w join posthorn.run_leased r on r.id = w.id
   union all
  select r.id, r.app_id, r.flow_id, r.version, r.phase, r.trigger, r.event_id, r.input, r.facts, r.parent_id, r.depth, r.priority, r.trace
    from w join posthorn.run_waiting r on r.id = w.id
   union all
  select r.id, r.app_id, r.flow_id, r.version, 'running', r.trigger, r.event_id, r.input, r.facts, r.parent_id, r.depth, 0, r.trace
    from w join posthorn.run_ended r on r.flow_id = $2::uuid and r.id = w.id`;

interface Row {
  readonly id: string;
  readonly app_id: string;
  readonly flow_id: string;
  readonly version: number;
  readonly phase: Run["phase"];
  readonly trigger: Run["trigger"];
  readonly event_id: string | null;
  readonly input: Uint8Array | null;
  readonly facts: Readonly<Record<string, unknown>> | null;
  readonly parent_id: string | null;
  readonly depth: number;
  readonly priority: number;
  readonly trace: string | null;
}

const runOf = (row: Row): Run => ({
  id: row.id,
  appId: row.app_id,
  flowId: row.flow_id,
  version: row.version,
  phase: row.phase,
  trigger: row.trigger,
  eventId: row.event_id ?? undefined,
  input: row.input ?? undefined,
  facts: row.facts ?? undefined,
  parentId: row.parent_id ?? undefined,
  depth: row.depth,
  priority: row.priority,
  gates: [],
  startedAtMs: idTimeMs(row.id),
  trace: row.trace ?? undefined,
});

const SIZES = `
  select run_id, count(*)::int as entries, coalesce(sum(octet_length(value)), 0)::float8 as bytes
    from posthorn.run_step where run_id = any($1::uuid[]) group by run_id`;
const JOURNALS = `
  select run_id, ${ENTRY_COLUMNS} from posthorn.run_step where run_id = any($1::uuid[]) order by run_id, seq`;

/**
 * Few runs of one flow, all in memory together, with what they began with and their journals, by id, in the order asked; those that are not there are left out. Of a run
 * whose journal is above the bounds nothing is read but its row; `reason` says so.
 */
export async function loadRuns(q: Queryable, flowId: string, ids: readonly string[]): Promise<LoadedRun[]> {
  if (ids.length === 0) return [];
  const runs = new Map((await q.query<Row>(RUNS, [bareArray(ids), flowId])).map((row) => [row.id, runOf(row)]));
  const sizes = await q.query<{ run_id: string; entries: number; bytes: number }>(SIZES, [bareArray(ids)]);
  const tooLarge = new Map(
    sizes
      .filter(({ entries, bytes }) => entries > JOURNAL_ENTRIES_MAX || bytes > JOURNAL_BYTES_MAX)
      .map(({ run_id, entries, bytes }) => [
        run_id,
        `Its journal has ${entries} entries and ${bytes} bytes; at most ${JOURNAL_ENTRIES_MAX} entries and ${JOURNAL_BYTES_MAX} bytes are read`,
      ]),
  );
  const readable = ids.filter((id) => runs.has(id) && !tooLarge.has(id));
  const rows = await q.query<EntryRow & { run_id: string }>(JOURNALS, [bareArray(readable)]);
  const journals = Map.groupBy(rows, ({ run_id }) => run_id);
  const refs = readable.flatMap((id) => {
    const run = runs.get(id);
    return run?.eventId === undefined ? [] : [{ id: run.eventId, appId: run.appId }];
  });
  const events = await readStartingEvents(q, refs, EVENT_BYTES_MAX);
  return ids.flatMap((id): LoadedRun[] => {
    const run = runs.get(id);
    if (run === undefined) return [];
    const large = tooLarge.get(id);
    if (large !== undefined) return [{ run, start: undefined, reason: large, entries: [] }];
    const entries = (journals.get(id) ?? []).map(entryOf);
    const event = run.eventId === undefined ? undefined : events.get(run.eventId);
    try {
      const { facts, input } = beginningOf(run, event && { ...event, id: run.eventId ?? "" });
      const start: Start = {
        runId: run.id,
        version: run.version,
        startedAtMs: run.startedAtMs,
        trigger: facts,
        input,
      };
      return [{ run, start, reason: "", entries }];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [{ run, start: undefined, reason: `What it began with cannot be read: ${why}`, entries }];
    }
  });
}

/** Of runs that are in memory together: journals and inputs, in bytes as they are stored. One alone may have more. */
export const LOADED_BYTES_MAX = 16 * 1024 * 1024;

const WEIGHTS = `
  select id, sum(bytes)::float8 as bytes
    from (select run_id as id, case when sum(octet_length(value)) <= ${JOURNAL_BYTES_MAX} then sum(octet_length(value)) end as bytes
            from posthorn.run_step where run_id = any($1::uuid[]) group by run_id
          union all
          select id, octet_length(input) from posthorn.run_leased where id = any($1::uuid[])
          union all
          select id, octet_length(input) from posthorn.run_waiting where id = any($1::uuid[])
          union all
          select id, octet_length(input) from posthorn.run_ended where flow_id = $2::uuid and id = any($1::uuid[])) parts
   group by id`;

/** As `loadRuns`, for any number of them: so many at a time as are within `LOADED_BYTES_MAX`, with what each weighs. */
export async function* eachRun(
  q: Queryable,
  flowId: string,
  ids: readonly string[],
): AsyncGenerator<LoadedRun & { readonly bytes: number }> {
  const rows =
    ids.length === 0 ? [] : await q.query<{ id: string; bytes: number | null }>(WEIGHTS, [bareArray(ids), flowId]);
  const weights = new Map(rows.map(({ id, bytes }) => [id, bytes ?? 0]));
  for (let from = 0; from < ids.length; ) {
    let to = from;
    for (let bytes = 0; to < ids.length; to++) {
      bytes += weights.get(ids[to] ?? "") ?? 0;
      if (to > from && bytes > LOADED_BYTES_MAX) break;
    }
    for (const loaded of await loadRuns(q, flowId, ids.slice(from, to))) {
      yield { ...loaded, bytes: weights.get(loaded.run.id) ?? 0 };
    }
    from = to;
  }
}

/** What stands for approval links where a run is only gone through again: they must not be shown to whoever may only read. */
export function hiddenLinks(flow: CompiledFlow): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...flow.byId.values()].filter(({ kind }) => kind === "approve").map(({ id }) => [id, "(an approval link)"]),
  );
}
