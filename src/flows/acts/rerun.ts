import { publicId, type Queryable, uuidLowerBound } from "#kernel";
import { type CompiledFlow, compile, type Entry, inputError, isBatchInput, type Json } from "#language";
import type { Flow } from "../flow.ts";
import { findVersion } from "../flow-store.ts";
import type { StartRequest } from "../start.ts";
import { keptEntries, type Pin } from "./keep.ts";
import { type LoadedRun, loadRuns } from "./run-load.ts";

/** With which version a run is run again: its own, the one of new runs, or a certain one. */
export type RerunVersion = "same" | "current" | number;

export interface RerunAsked {
  /** The first step to do again; absent: all. */
  readonly from?: string | undefined;
  /** Instead of what the run before began with. */
  readonly input?: { readonly value: Json } | undefined;
  readonly version: RerunVersion;
}

export type Rerun =
  | { readonly ok: true; readonly request: StartRequest }
  /** For people. */
  | { readonly ok: false; readonly reason: string };

/** Versions of one flow, compiled when first asked for. */
export type VersionsOf = (version: number) => Promise<CompiledFlow | undefined>;

/** Of a flow; what is read is kept for as long as the answer is. */
export function versionsOf(q: Queryable, flowId: string): VersionsOf {
  const known = new Map<number, Promise<CompiledFlow | undefined>>();
  return (version) => {
    let found = known.get(version);
    if (found === undefined) {
      found = findVersion(q, flowId, version).then((stored) => stored && compile(stored.definition));
      known.set(version, found);
    }
    return found;
  };
}

/**
 * What is to be started to run a run again. The one before stays as it is; what it did before `from` is taken over as given, so that no
 * effect of it is repeated. What started the one before is what the new one sees as its event.
 */
export async function rerunOf(loaded: LoadedRun, flow: Flow, asked: RerunAsked, versions: VersionsOf): Promise<Rerun> {
  const { run, start } = loaded;
  if (start === undefined) return { ok: false, reason: loaded.reason };
  const version = asked.version === "same" ? run.version : asked.version === "current" ? flow.version : asked.version;
  const compiled = await versions(version);
  if (compiled === undefined)
    return { ok: false, reason: `The flow ${JSON.stringify(flow.name)} has no version ${version}` };
  const input = asked.input === undefined ? start.input : asked.input.value;
  const misfit = inputError(compiled, input, isBatchInput(compiled, "rerun", input));
  if (misfit !== undefined) return { ok: false, reason: `It cannot begin with version ${version}. ${misfit.message}` };
  let pinned: readonly Entry[] | undefined;
  if (asked.from !== undefined) {
    const before = await versions(run.version);
    if (before === undefined)
      return { ok: false, reason: `Version ${run.version}, which it ran, does not exist any more` };
    const kept = keptEntries(compiled, before, loaded.entries, asked.from);
    if (!kept.ok) return kept;
    pinned = kept.pins.map((pin) => entryOfPin(pin, start.startedAtMs));
  }
  const event = "event" in start.trigger ? start.trigger.event : undefined;
  const { data: _, ...told } = event ?? { data: null };
  // With an input of its own the event's payload is not read again; what else is known of it comes along.
  const begins =
    run.eventId !== undefined && asked.input === undefined
      ? { eventId: run.eventId }
      : { input, ...(event !== undefined && { event: told }) };
  return {
    ok: true,
    request: {
      appId: run.appId,
      flow: { id: run.flowId },
      version,
      trigger: "rerun",
      ...("eventId" in begins ? { eventId: begins.eventId } : { input: begins.input }),
      facts: {
        ...run.facts,
        ...("event" in begins && { event: begins.event }),
        rerunOf: publicId("run", run.id),
        // What was asked for, of this rerun and not of the one before it.
        rerunFrom: asked.from,
        rerunEdited: asked.input === undefined ? undefined : true,
        trigger: run.facts?.["trigger"] ?? run.trigger,
      },
      parentId: run.id,
      // A repetition is no step deeper: the depth bounds runs that lead to each other by themselves.
      depth: run.depth,
      pinned,
    },
  };
}

function entryOfPin(pin: Pin, atMs: number): Entry {
  const at = { path: pin.path, attempt: 0, atMs };
  return pin.kind === "completed"
    ? { kind: "completed", ...at, output: pin.output }
    : { kind: "failed", ...at, error: pin.error };
}

/** One run of a flow, to be run again. Undefined: there is none of this id. */
export async function rerunOne(q: Queryable, flow: Flow, runId: string, asked: RerunAsked): Promise<Rerun | undefined> {
  const [loaded] = await loadRuns(q, flow.id, [runId]);
  return loaded === undefined ? undefined : rerunOf(loaded, flow, asked, versionsOf(q, flow.id));
}

// ------------------------------------------------------------------------------------------------------ many of them

/** Which runs of a flow are run again. Times in ms: of their beginning. */
export interface RerunFilter {
  readonly state: "completed" | "failed" | "cancelled";
  readonly fingerprint?: string | undefined;
  readonly version?: number | undefined;
  readonly sinceMs: number;
  readonly untilMs: number;
}

// The state is spelled, so that the index of what failed or was cancelled serves whatever PostgreSQL plans for.
const fits = ({ state }: RerunFilter) => `
   where e.flow_id = $1::uuid and e.state = $2 and e.state = '${state}'
     and e.id > $3::uuid and e.id < $4::uuid
     and ($5::uuid is null or (e.state = 'failed' and e.fingerprint = $5::uuid)) and ($6::int is null or e.version = $6)`;

function params(flowId: string, filter: RerunFilter, after: string) {
  return [
    flowId,
    filter.state,
    after,
    uuidLowerBound(filter.untilMs),
    filter.fingerprint ?? null,
    filter.version ?? null,
  ];
}

export const COUNTED_MAX = 100_000;

/** How many a filter chooses; `isExact` false: at least so many. */
export async function countRuns(
  q: Queryable,
  flowId: string,
  filter: RerunFilter,
): Promise<{ readonly count: number; readonly isExact: boolean }> {
  const [row] = await q.query<{ n: number }>(
    `select count(*)::int as n from (select from posthorn.run_ended e ${fits(filter)} limit ${COUNTED_MAX + 1}) c`,
    params(flowId, filter, uuidLowerBound(filter.sinceMs)),
  );
  const n = row?.n ?? 0;
  return { count: Math.min(n, COUNTED_MAX), isExact: n <= COUNTED_MAX };
}

/** Those after `after` that a filter chooses, the oldest first, with the step at which each failed. */
export async function nextRuns(
  q: Queryable,
  flowId: string,
  filter: RerunFilter,
  after: string,
  limit: number,
): Promise<{ readonly id: string; readonly failedAt: string | undefined }[]> {
  const rows = await q.query<{ id: string; result: Uint8Array | null }>(
    `select e.id, case when e.state = 'failed' then e.result end as result
       from posthorn.run_ended e ${fits(filter)} order by e.id limit $7`,
    [...params(flowId, filter, after), limit],
  );
  return rows.map(({ id, result }) => {
    const error: { path?: unknown } = result === null ? {} : JSON.parse(Buffer.from(result).toString());
    return { id, failedAt: typeof error.path === "string" && error.path !== "" ? error.path : undefined };
  });
}
