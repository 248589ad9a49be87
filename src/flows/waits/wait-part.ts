import { bareArray, type Statement, textArray, uuidLowerBound } from "#kernel";
import { type CommandOf, type CompiledFlow, type CompiledStepOf, type Entry, SEEN_BYTES_MAX } from "#language";
import type { CommitPart, PartPlan, RunCommit } from "../commit-part.ts";
import { matchKey } from "./wait-expressions.ts";

type WaitCommand = CommandOf<"wait_for_event">;

// The snapshot of this statement says which appends the run could have seen when it began to wait.
const REGISTER = `
  insert into posthorn.flow_wait (run_id, path, type, app_id, flow_id, version, key, judged, since, condition, context)
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::int[], $7::uuid[], $8::boolean[], $9::uuid[], $10::text[], $11::text[])
  on conflict do nothing`;

// In order: an event that matches them deletes them in the same.
const FORGET = `
  delete from posthorn.flow_wait w
   where (w.run_id, w.path, w.type) in (
     select w.run_id, w.path, w.type
       from unnest($1::uuid[], $2::text[]) t(run_id, path)
       join posthorn.flow_wait w on w.run_id = t.run_id and (t.path is null or w.path = t.path)
      order by w.run_id, w.path, w.type
        for update of w)`;

/** Writes who waits for which events, in the commit that records that they do, and forgets them with the commit of what came of it. */
export function waitPart(options: { readonly onRegistered: () => void }): CommitPart {
  const registered: PartPlan = { committed: options.onRegistered, abandoned: () => undefined };
  const quiet: PartPlan = { committed: () => undefined, abandoned: () => undefined };
  const planned = (commits: readonly RunCommit[]) => {
    const { waits, over } = changes(commits);
    const statements: Statement[] = [];
    if (waits.length > 0) statements.push(registering(waits));
    if (over.length > 0) statements.push(forgetting(over));
    return { statements, plan: waits.length > 0 ? registered : quiet };
  };
  return {
    name: "waits",
    serves: ["wait_for_event"],
    concerns: (commit) => {
      if (commit.effects.some(isOurs)) return true;
      if (commit.flow === undefined || !mayWait(commit.flow)) return false;
      return commit.then.kind === "ends" || commit.entries.some((entry) => isOver(commit.flow, entry));
    },
    foresee: planned,
    write: async (tx, commits) => {
      const { statements, plan } = planned(commits);
      for (const { text, params } of statements) await tx.query(text, params);
      return plan;
    },
  };
}

interface Wait {
  readonly commit: RunCommit;
  readonly command: WaitCommand;
  readonly type: string;
}
/** No path: every wait of the run. */
interface Over {
  readonly runId: string;
  readonly path: string | undefined;
}

/** What these commits add and end. What a commit both begins and ends is not written. */
function changes(commits: readonly RunCommit[]): { readonly waits: Wait[]; readonly over: Over[] } {
  const waits: Wait[] = [];
  const over: Over[] = [];
  for (const commit of commits) {
    const { run, effects, entries, then } = commit;
    if (then.kind === "ends") {
      over.push({ runId: run.id, path: undefined });
      continue;
    }
    const ended = new Set([
      ...entries.flatMap((entry) => (isOver(commit.flow, entry) ? [entry.path] : [])),
      ...effects.flatMap((effect) =>
        effect.kind === "give_up" && effect.of === "wait_for_event" ? [effect.path] : [],
      ),
    ]);
    for (const path of ended) over.push({ runId: run.id, path });
    for (const command of effects) {
      if (command.kind !== "wait_for_event" || ended.has(command.path)) continue;
      for (const type of new Set(command.types)) waits.push({ commit, command, type });
    }
  }
  return { waits, over };
}

function isOurs(effect: RunCommit["effects"][number]): boolean {
  return effect.kind === "wait_for_event" || (effect.kind === "give_up" && effect.of === "wait_for_event");
}

const waiting = new WeakMap<CompiledFlow, boolean>();
function mayWait(flow: CompiledFlow): boolean {
  let may = waiting.get(flow);
  if (may === undefined) {
    may = [...flow.byId.values()].some(({ kind }) => kind === "wait_for_event");
    waiting.set(flow, may);
  }
  return may;
}

/** Whether this entry ends a wait for an event. */
function isOver(flow: CompiledFlow | undefined, entry: Entry): boolean {
  if (entry.kind !== "completed" && entry.kind !== "failed") return false;
  return flow !== undefined && waitStep(flow, entry.path) !== undefined;
}

const SIGIL_AND_INDEX = /^[~!]?([^[]*).*$/;

function waitStep(flow: CompiledFlow, path: string): CompiledStepOf<"wait_for_event"> | undefined {
  const last = path.slice(path.lastIndexOf(".") + 1);
  const step = flow.byId.get(last.replace(SIGIL_AND_INDEX, "$1"));
  return step?.kind === "wait_for_event" ? step : undefined;
}

function registering(waits: readonly Wait[]): Statement {
  const rows = waits.map(({ commit: { run, flow, entries }, command, type }) => {
    const step = flow === undefined ? undefined : waitStep(flow, command.path);
    const { equals } = command;
    const condition = conditionOf(step, command);
    const entry = entries.find(({ kind, path }) => kind === "waiting" && path === command.path);
    const beganAt = uuidLowerBound(entry?.atMs ?? run.startedAtMs);
    return {
      run,
      path: command.path,
      type,
      // Where what it must be equal to is no key, no event matches: a key that no expression gives.
      key: step?.match === undefined ? null : matchKey(step.match.key.text, equals ?? "\u0000"),
      judged: step?.if !== undefined,
      condition: condition?.text ?? null,
      context: condition?.context ?? null,
      // The event that started the run came before, though perhaps in the same millisecond.
      since: run.eventId !== undefined && run.eventId > beganAt ? run.eventId : beganAt,
    };
  });
  return {
    text: REGISTER,
    params: [
      bareArray(rows.map(({ run }) => run.id)),
      textArray(rows.map(({ path }) => path)),
      textArray(rows.map(({ type }) => type)),
      bareArray(rows.map(({ run }) => run.appId)),
      bareArray(rows.map(({ run }) => run.flowId)),
      bareArray(rows.map(({ run }) => run.version)),
      bareArray(rows.map(({ key }) => key)),
      bareArray(rows.map(({ judged }) => judged)),
      bareArray(rows.map(({ since }) => since)),
      textArray(rows.map(({ condition }) => condition)),
      textArray(rows.map(({ context }) => context)),
    ],
  };
}

/** What decides about an event without the run, as long as it is short: it is read for every event of the type. */
function conditionOf(
  step: CompiledStepOf<"wait_for_event"> | undefined,
  { seen }: WaitCommand,
): { readonly text: string; readonly context: string } | undefined {
  if (step?.if === undefined || seen === undefined) return undefined;
  const { text } = step.if;
  const json = JSON.stringify(seen);
  return text.length + json.length > SEEN_BYTES_MAX ? undefined : { text, context: json };
}

function forgetting(over: readonly Over[]): Statement {
  return {
    text: FORGET,
    params: [bareArray(over.map(({ runId }) => runId)), textArray(over.map(({ path }) => path ?? null))],
  };
}
