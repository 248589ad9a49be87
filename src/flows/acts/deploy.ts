import { bareArray, publicId, type Queryable } from "#kernel";
import { compile, createMachine, type Definition } from "#language";
import type { Flow, FlowMode } from "../flow.ts";
import { deleteFlow, deployFlow, type Put, type PutFlow, putFlow, setFlowMode } from "../flow-store.ts";
import { syncFlow } from "../triggers/sync.ts";
import { CANCELLED_AT_ONCE, cancelRunsOf } from "./cancel-runs.ts";
import { COUNTED_MAX } from "./flow-facts.ts";
import { mayMove, otherEvents } from "./move.ts";
import { type VersionsOf, versionsOf } from "./rerun.ts";
import { eachRun, hiddenLinks, type LoadedRun } from "./run-load.ts";

/** What becomes of runs of other versions when one is deployed. */
export type RunningPolicy = "finish" | "migrate" | "cancel";

/** What became of them, or would. */
export interface RunningRuns {
  readonly finish: number;
  readonly migrate: number;
  readonly cancel: number;
  /** Would be moved and cannot: the first hundred. */
  readonly cannot: readonly { readonly runId: string; readonly reason: string }[];
  /** False: there are more runs than were looked at, or some were in the hands of a process; ask again. */
  readonly isComplete: boolean;
}

/** Runs whose journals are read by one request, the bytes of these, and runs at a time. */
export const MOVED_AT_ONCE = 1_000;
const MOVED_BYTES_MAX = 64 * 1024 * 1024;
const CHUNK = 100;
const CANNOT_MAX = 100;

/** Stores a definition, and lets everything that depends on it know, in the caller's transaction. */
export async function storeFlow(tx: Queryable, put: PutFlow): Promise<Put> {
  const stored = await putFlow(tx, put);
  if (stored.kind === "put" && stored.changed) await syncFlow(tx, stored.flow.id);
  return stored;
}

/** Lets new runs begin with another version. Undefined: there is no such flow or version. */
export async function deployVersion(tx: Queryable, flowId: string, version: number): Promise<Flow | undefined> {
  const flow = await deployFlow(tx, flowId, version);
  if (flow !== undefined) await syncFlow(tx, flowId);
  return flow;
}

export async function changeFlowMode(tx: Queryable, flowId: string, mode: FlowMode): Promise<Flow | undefined> {
  const flow = await setFlowMode(tx, flowId, mode);
  if (flow !== undefined) await syncFlow(tx, flowId);
  return flow;
}

/** Its runs are told to end: the first now, all others by the chore of the role that runs flows. */
export async function removeFlow(tx: Queryable, flow: Flow): Promise<void> {
  await deleteFlow(tx, flow.id);
  await syncFlow(tx, flow.id);
  await cancelRunsOf(tx, flow.id, `The flow ${JSON.stringify(flow.name)} was deleted`);
}

const LIVE = `
  select (select count(*)::int from posthorn.run_leased where flow_id = $1::uuid and version <> $2) as leased,
         (select count(*)::int from (select from posthorn.run_waiting where flow_id = $1::uuid and version <> $2
                                      limit ${COUNTED_MAX}) w) as waiting`;

/** Decides what becomes of a flow's runs of other versions than `version`; with `dryRun` tells only. In the caller's transaction. */
export async function settleRunning(
  tx: Queryable,
  flow: Pick<Flow, "id" | "name">,
  version: number,
  policy: RunningPolicy,
  options: { readonly dryRun: boolean; readonly definition?: Definition | undefined },
): Promise<RunningRuns> {
  const [live] = await tx.query<{ leased: number; waiting: number }>(LIVE, [flow.id, version]);
  const { leased, waiting } = live ?? { leased: 0, waiting: 0 };
  const all = leased + waiting;
  const isCounted = waiting < COUNTED_MAX;
  if (policy === "finish") return { finish: all, migrate: 0, cancel: 0, cannot: [], isComplete: isCounted };
  if (policy === "cancel") {
    if (!options.dryRun) {
      const reason = `Version ${version} of the flow ${JSON.stringify(flow.name)} was deployed`;
      await cancelRunsOf(tx, flow.id, reason, version);
    }
    return { finish: 0, migrate: 0, cancel: all, cannot: [], isComplete: isCounted && all <= CANCELLED_AT_ONCE };
  }
  return move(tx, flow, version, leased, waiting, options);
}

// A run that is moved is nobody's for this moment: whoever would take it up skips it, and finds the new version a moment later.
const PARKED = `
  select id from posthorn.run_waiting
   where flow_id = $1::uuid and version <> $2 and id > $3::uuid
   order by id limit $4`;
const HOLD = "for update skip locked";
/** For something that a step named; all else is no matter of the definition. */
const WAITS = "('time', 'event', 'approval', 'task', 'call')";
// What it waits for may have another end by the new version, which only its machine knows: it is taken up once, and parks again with that.
const MOVE = `
  update posthorn.run_waiting
     set version = $2,
         due_at = case when waiting_for in ${WAITS} then now() else due_at end,
         waiting_for = case when waiting_for in ${WAITS} then 'room' else waiting_for end
   where id = any($1::uuid[])`;
const FIRST = "00000000-0000-0000-0000-000000000000";

async function move(
  tx: Queryable,
  flow: Pick<Flow, "id">,
  version: number,
  leased: number,
  waiting: number,
  { dryRun, definition }: { readonly dryRun: boolean; readonly definition?: Definition | undefined },
): Promise<RunningRuns> {
  const stored = versionsOf(tx, flow.id);
  const versions: VersionsOf = (n) =>
    n === version && definition !== undefined ? Promise.resolve(compile(definition)) : stored(n);
  const cannot: { runId: string; reason: string }[] = [];
  let moved = 0;
  let refused = 0;
  let bytes = 0;
  let after = FIRST;
  for (let looked = 0; looked < MOVED_AT_ONCE && bytes < MOVED_BYTES_MAX; ) {
    const rows = await tx.query<{ id: string }>(dryRun ? PARKED : `${PARKED} ${HOLD}`, [
      flow.id,
      version,
      after,
      CHUNK,
    ]);
    const ids = rows.map(({ id }) => id);
    after = ids.at(-1) ?? after;
    looked += ids.length;
    const fit: string[] = [];
    for await (const loaded of eachRun(tx, flow.id, ids)) {
      // The rest of them is not looked at, as `isComplete` says; the request is to end in time.
      if (bytes >= MOVED_BYTES_MAX) break;
      bytes += loaded.bytes;
      const reason = await whyNot(loaded, version, versions);
      if (reason === undefined) fit.push(loaded.run.id);
      else {
        refused++;
        if (cannot.length < CANNOT_MAX) cannot.push({ runId: publicId("run", loaded.run.id), reason });
      }
    }
    if (!dryRun && fit.length > 0) await tx.query(MOVE, [bareArray(fit), version]);
    moved += fit.length;
    if (ids.length < CHUNK) break;
  }
  const isComplete = leased === 0 && moved + refused >= waiting && waiting < COUNTED_MAX;
  return { finish: refused, migrate: moved, cancel: 0, cannot, isComplete };
}

async function whyNot(
  { run, start, reason, entries }: LoadedRun,
  version: number,
  versions: VersionsOf,
): Promise<string | undefined> {
  if (start === undefined) return reason;
  // It has not begun: there is nothing that it could disagree with.
  if (entries.length === 0) return undefined;
  const [from, to] = [await versions(run.version), await versions(version)];
  if (from === undefined || to === undefined) return `Version ${from === undefined ? run.version : version} is gone`;
  const movable = mayMove(from, to, entries, (own) => {
    const machine = createMachine(to, { ...start, version, approveUrls: hiddenLinks(to) });
    for (const entry of own) machine.apply(entry);
  });
  if (!movable.ok) return movable.reason;
  const asOf = (flow: typeof from) => ({ ...start, approveUrls: hiddenLinks(flow) });
  return otherEvents({ flow: from, start: asOf(from) }, { flow: to, start: { ...asOf(to), version } }, entries);
}
