import { bareArray, packBytes, publicId, type Queryable, textArray, unreachable } from "#kernel";
import type { Ending } from "#language";
import type { Run } from "../run.ts";
import { sendSignals } from "../signal.ts";
import { cycleError } from "../triggers/cycle.ts";
import { fireBatches } from "./batches.ts";
import type { Candidate, Wish } from "./candidate.ts";
import type { Asking, Decided, Decision } from "./decide.ts";
import type { Stage } from "./gate.ts";
import { KEPT, type QueueRow } from "./rows.ts";
import { recordSkips, type Skip, type SkipReason } from "./skips.ts";

/** What became of a candidate. */
export type Admitted =
  /** It has begun: its row is of phase `running`, still leased to this process. */
  | { readonly kind: "starts"; readonly run: Run }
  /** It does not begin, and somebody has its id or must learn why: to be ended like every run. Its row is still leased. */
  | { readonly kind: "ends"; readonly run: Run; readonly ending: Ending }
  /** Not in this process's hands any more: it waits, or there is no such run. */
  | { readonly kind: "gone" };

/** What its expressions say, or that it is the end of a cycle. */
export type Judged = Wish | { readonly kind: "too_deep" };

/** Whoever started it holds its id, or waits for what it returns: it may not vanish. */
export function isKnown(trigger: Run["trigger"]): boolean {
  switch (trigger) {
    case "api":
    case "manual":
    case "rerun":
    case "call":
      return true;
    case "event":
    case "source":
    case "delivery":
    case "schedule":
    case "run":
    case "batch":
      return false;
    default:
      return unreachable(trigger);
  }
}

export interface ToWrite {
  readonly token: string;
  readonly candidates: readonly Candidate[];
  readonly judged: readonly Judged[];
  readonly asking: readonly Asking[];
  /** Of those that may be gathered, as JSON. */
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  readonly queue: ReadonlyMap<string, QueueRow>;
  readonly decided: Decided;
}

/** Makes rows of what was decided, each kind in one statement, and says what the engine is to do. */
export async function writeDecided(tx: Queryable, work: ToWrite): Promise<Admitted[]> {
  const { candidates, judged, decided, token } = work;
  const priorities = new Map(work.asking.map(({ runId, priority }) => [runId, priority]));
  const starting: Run[] = [];
  const waiting: { run: Run; decision: Extract<Decision, { kind: "waits" }> }[] = [];
  const removed: Run[] = [];
  const ending: Run[] = [];
  const gathered: { run: Run; batchId: string }[] = [];
  const skips: Skip[] = [];
  const admitted: Admitted[] = [];
  const ends = (run: Run, end: Ending): Admitted => {
    ending.push(run);
    return { kind: "ends", run: { ...run, gates: [] }, ending: end };
  };
  const vanish = (run: Run, reason: string): Admitted => {
    if (isKnown(run.trigger)) return ends(run, { state: "cancelled", reason });
    removed.push(run);
    return { kind: "gone" };
  };
  for (const [i, { run, flow }] of candidates.entries()) {
    const wish = judged[i] as Judged;
    switch (wish.kind) {
      case "too_deep":
        admitted.push(ends(run, { state: "failed", error: await cycleError(tx, run, flow.definition.flow) }));
        break;
      case "misfit":
        admitted.push(ends(run, { state: "failed", error: wish.error }));
        break;
      case "unwanted":
        admitted.push(vanish(run, "No trigger wants it."));
        break;
      case "failed": {
        skips.push({ run, why: wish.code, key: "", detail: wish.message });
        admitted.push(vanish(run, `It was skipped: ${wish.message}`));
        break;
      }
      case "wanted": {
        const decision = decided.decisions.get(run.id);
        if (decision === undefined) throw new Error(`Nothing was decided about the run ${run.id}.`);
        switch (decision.kind) {
          case "starts": {
            const begun: Run = {
              ...run,
              phase: "running",
              gates: decision.gates,
              priority: priorities.get(run.id) ?? 0,
            };
            starting.push(begun);
            admitted.push({ kind: "starts", run: begun });
            break;
          }
          case "waits":
            waiting.push({ run: { ...run, priority: priorities.get(run.id) ?? 0 }, decision });
            admitted.push({ kind: "gone" });
            break;
          case "absorbed":
          case "skipped": {
            const { stage, key } = decision.rule;
            const by = decision.by === undefined ? undefined : publicId("run", decision.by);
            skips.push({ run, why: reasonOf(stage), key, detail: by === undefined ? "" : by });
            if (decision.kind === "absorbed" && decision.isBatch) gathered.push({ run, batchId: decision.by });
            admitted.push(vanish(run, sentence(stage, key, by)));
            break;
          }
          default:
            unreachable(decision);
        }
        break;
      }
      default:
        unreachable(wish);
    }
  }
  await begin(tx, token, starting);
  await putToWait(tx, token, waiting, work);
  await gather(tx, gathered, work.inputs);
  await remove(tx, token, removed, ending);
  await leaveQueue(tx, work, waiting);
  await movePlaces(tx, decided);
  skips.push(...(await giveWay(tx, decided)));
  await fireBatches(tx, decided.fired);
  await recordSkips(tx, skips);
  return admitted;
}

function reasonOf(stage: Stage): SkipReason {
  if (stage === "throttle" || stage === "concurrency")
    throw new Error(`The stage ${stage} lets wait; it skips nothing.`);
  return stage;
}

function sentence(stage: Stage, key: string, by: string | undefined): string {
  const of = key === "" ? "" : ` of the key ${JSON.stringify(key)}`;
  switch (stage) {
    case "rate":
      return `It was skipped: the flow's rate${of} is used up`;
    case "batch":
      return `It is part of the batch ${by}`;
    case "debounce":
      return `A later one${of} stands for it: ${by}`;
    default:
      return `It was skipped by the flow's ${stage}${of}: ${by} is there`;
  }
}

const BEGIN = `
  update posthorn.run_leased r set phase = 'running', gates = t.gates::uuid[], priority = t.priority
    from unnest($2::uuid[], $3::text[], $4::int2[]) t(id, gates, priority)
   where r.id = t.id and r.owner = $1::bigint`;

const gatesText = (gates: readonly string[]) => (gates.length === 0 ? null : bareArray(gates));

async function begin(tx: Queryable, token: string, runs: readonly Run[]): Promise<void> {
  if (runs.length === 0) return;
  await tx.query(BEGIN, [
    token,
    bareArray(runs.map(({ id }) => id)),
    textArray(runs.map(({ gates }) => gatesText(gates))),
    bareArray(runs.map(({ priority }) => priority)),
  ]);
}

const TO_WAIT = `
  with t as (select * from unnest($2::uuid[], $3::text[], $4::int2[]) t(run_id, held, rank)),
  moved as (
    delete from posthorn.run_leased r using t where r.id = t.run_id and r.owner = $1::bigint
    returning r.*, t.held, t.rank
  )
  insert into posthorn.run_waiting (${KEPT}, phase, waiting_for, due_at, gates, priority)
  select ${KEPT}, 'matched', 'control', null, held::uuid[], rank from moved`;

// The gates are locked. One that comes before all others, by its priority, moves back where the queue begins.
const QUEUE = `
  with queued as (
    insert into posthorn.flow_queue as q (run_id, gate_id, stage, rank)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[])
    on conflict (run_id) do update set gate_id = excluded.gate_id, stage = excluded.stage
    returning gate_id, rank
  )
  update posthorn.flow_gate g set queue_from = first.rank
    from (select gate_id, min(rank) as rank from queued group by gate_id) first
   where g.id = first.gate_id and g.queue_from > first.rank`;

async function putToWait(
  tx: Queryable,
  token: string,
  waiting: readonly { run: Run; decision: Extract<Decision, { kind: "waits" }> }[],
  { asking }: ToWrite,
): Promise<void> {
  if (waiting.length === 0) return;
  const ranks = new Map(asking.map(({ runId, rank }) => [runId, rank]));
  await tx.query(TO_WAIT, [
    token,
    bareArray(waiting.map(({ run }) => run.id)),
    textArray(waiting.map(({ decision }) => gatesText(decision.gates))),
    bareArray(waiting.map(({ run }) => run.priority)),
  ]);
  await tx.query(QUEUE, [
    bareArray(waiting.map(({ run }) => run.id)),
    bareArray(waiting.map(({ decision }) => decision.gateId)),
    bareArray(waiting.map(({ decision }) => decision.stage)),
    bareArray(waiting.map(({ run }) => ranks.get(run.id) ?? run.startedAtMs)),
  ]);
}

const GATHER = `
  insert into posthorn.flow_batch (batch_id, run_id, input)
  select batch_id, run_id, substring($1::bytea from o for l)
    from unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[]) t(batch_id, run_id, o, l)`;

async function gather(
  tx: Queryable,
  gathered: readonly { run: Run; batchId: string }[],
  inputs: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  if (gathered.length === 0) return;
  const packed = packBytes(gathered.map(({ run }) => inputs.get(run.id) ?? NULL_INPUT));
  await tx.query(GATHER, [
    packed.bytes,
    bareArray(gathered.map(({ batchId }) => batchId)),
    bareArray(gathered.map(({ run }) => run.id)),
    packed.offsets,
    packed.lengths,
  ]);
}

const NULL_INPUT = Buffer.from("null");

const REMOVE = "delete from posthorn.run_leased where id = any($2::uuid[]) and owner = $1::bigint";
const HOLDS_NOTHING =
  "update posthorn.run_leased set gates = null where id = any($2::uuid[]) and owner = $1::bigint and gates is not null";

async function remove(tx: Queryable, token: string, removed: readonly Run[], ending: readonly Run[]): Promise<void> {
  if (removed.length > 0) await tx.query(REMOVE, [token, bareArray(removed.map(({ id }) => id))]);
  const holding = ending.filter(({ gates }) => gates.length > 0);
  if (holding.length > 0) await tx.query(HOLDS_NOTHING, [token, bareArray(holding.map(({ id }) => id))]);
}

/** Those that waited before, and wait no more. */
async function leaveQueue(tx: Queryable, { queue }: ToWrite, waiting: readonly { run: Run }[]): Promise<void> {
  const still = new Set(waiting.map(({ run }) => run.id));
  const left = [...queue.keys()].filter((id) => !still.has(id));
  if (left.length > 0)
    await tx.query("delete from posthorn.flow_queue where run_id = any($1::uuid[])", [bareArray(left)]);
}

const FREE = `
  delete from posthorn.flow_place p using unnest($1::uuid[], $2::uuid[]) t(gate_id, run_id)
   where p.gate_id = t.gate_id and p.run_id = t.run_id`;
const TAKE = "insert into posthorn.flow_place (gate_id, run_id) select * from unnest($1::uuid[], $2::uuid[])";

async function movePlaces(tx: Queryable, { freed, placed }: Decided): Promise<void> {
  for (const [statement, places] of [
    [FREE, freed],
    [TAKE, placed],
  ] as const) {
    if (places.length === 0) continue;
    await tx.query(statement, [
      bareArray(places.map(({ gateId }) => gateId)),
      bareArray(places.map(({ runId }) => runId)),
    ]);
  }
}

// One of which nobody knows, and that holds nothing, just is no more. Somebody who has it in hand, or holds its id, sees it cancelled.
const REPLACED = `
  delete from posthorn.run_waiting
   where id = any($1::uuid[]) and phase = 'matched' and gates is null and trigger not in ('api', 'manual', 'rerun', 'call')
  returning id, flow_id, trigger, event_id, facts`;

interface ReplacedRow {
  readonly id: string;
  readonly flow_id: string;
  readonly trigger: Run["trigger"];
  readonly event_id: string | null;
  readonly facts: Run["facts"] | null;
}

/** Ends those that a later one stands for; answers which of them were there to nobody's knowledge. */
async function giveWay(tx: Queryable, { cancelled, replaced }: Decided): Promise<Skip[]> {
  const told = new Map(cancelled);
  const skips: Skip[] = [];
  if (replaced.size > 0) {
    const ids = bareArray([...replaced.keys()]);
    const gone = new Set<string>();
    for (const row of await tx.query<ReplacedRow>(REPLACED, [ids])) {
      gone.add(row.id);
      const why = replaced.get(row.id);
      if (why === undefined) continue;
      const { id, trigger } = row;
      const run = {
        id,
        trigger,
        flowId: row.flow_id,
        eventId: row.event_id ?? undefined,
        facts: row.facts ?? undefined,
      };
      skips.push({ run, why: reasonOf(why.stage), key: why.key, detail: publicId("run", why.by) });
    }
    await tx.query("delete from posthorn.flow_queue where run_id = any($1::uuid[])", [ids]);
    for (const [id, why] of replaced) if (!gone.has(id)) told.set(id, why);
  }
  if (told.size === 0) return skips;
  await sendSignals(
    tx,
    [...told].map(([runId, { stage, by }]) => ({
      runId,
      path: "",
      kind: "cancel" as const,
      value: `Replaced by ${publicId("run", by)} (${stage})`,
    })),
  );
  return skips;
}
