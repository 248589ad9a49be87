import { bareArray, publicId, type Queryable, type Statement, textArray } from "#kernel";
import type { Command, CommandOf, CompiledFlow, Json, StepError } from "#language";
import type { CommitPart, PartPlan, RefusedEffect, RunCommit } from "../commit-part.ts";
import { type SentSignal, signalStatement } from "../signal.ts";
import type { Started, StartRequest, Starts } from "../start.ts";

// Of one attempt of a call, or (path null) of all that the run waits for. Those that wait and those in somebody's hands; the index on parent_id holds
// only runs that have one. A rerun has the facts of what it repeats, and that as its parent, and is nobody's call.
const CANCEL = `
  insert into posthorn.run_signal (id, run_id, path, kind, value)
  select uuidv7(), c.id, '', 'cancel', convert_to('"The run that called it gave it up."', 'UTF8')
    from unnest($1::uuid[], $2::text[], $3::smallint[]) p(parent_id, path, attempt)
    join (select id, parent_id, facts from posthorn.run_waiting where parent_id = any($1::uuid[]) and trigger = 'call'
          union all
          select id, parent_id, facts from posthorn.run_leased where parent_id = any($1::uuid[]) and trigger = 'call') c
      on c.parent_id = p.parent_id and c.facts ? 'path'
     and (p.path is null or c.facts ->> 'path' = p.path and coalesce((c.facts ->> 'attempt')::smallint, p.attempt) = p.attempt)`;

/**
 * Runs that runs call: begun in the commit that records the call, and giving their answer as a signal in the commit of their end; so neither is
 * there without the other. A run that nobody waits for any more, because its call timed out, was given up or ended with the run around it, is
 * cancelled in the commit that says so. The key of a call command is its child's id.
 */
export function createCallPart(starts: Pick<Starts, "foresee" | "startWithin">, onSignals: () => void): CommitPart {
  return {
    name: "call",
    serves: ["call"],
    concerns: (commit) =>
      commit.effects.some(isOurs) || answerOf(commit) !== undefined || unwantedOf(commit).length > 0,
    foresee: (commits) => {
      const calls = callsOf(commits);
      const joined = calls.length === 0 ? undefined : starts.foresee(calls.map(({ request }) => request));
      if (calls.length > 0 && joined === undefined) return undefined;
      if (joined !== undefined && refusedOf(calls, joined.results).length > 0) {
        joined.plan.abandoned();
        return undefined; // Maybe only what is known here is old.
      }
      const statements = [...(joined?.statements ?? []), ...tell(commits, calls, joined?.results ?? [])];
      return { statements, plan: planOf(statements, joined?.plan, onSignals) };
    },
    write: async (tx: Queryable, commits) => {
      const calls = callsOf(commits);
      const joined =
        calls.length === 0
          ? undefined
          : await starts.startWithin(
              tx,
              calls.map(({ request }) => request),
            );
      const statements = tell(commits, calls, joined?.results ?? []);
      try {
        for (const { text, params } of statements) await tx.query(text, params);
      } catch (error) {
        joined?.plan.abandoned();
        throw error;
      }
      return {
        ...planOf(statements, joined?.plan, onSignals),
        refused: refusedOf(calls, joined?.results ?? []),
      };
    },
  };
}

function planOf(statements: readonly Statement[], plan: PartPlan | undefined, onSignals: () => void): PartPlan {
  return {
    committed: () => {
      plan?.committed();
      if (statements.length > 0) onSignals();
    },
    abandoned: () => plan?.abandoned(),
  };
}

function isOurs(effect: RunCommit["effects"][number]): boolean {
  return effect.kind === "call" || (effect.kind === "give_up" && effect.of === "call");
}

/** Flows with calls that are waited for, each looked at once. */
const calling = new WeakMap<CompiledFlow, boolean>();

/** Whether a run of this flow may have runs that it waits for. */
function mayWait(flow: CompiledFlow): boolean {
  let calls = calling.get(flow);
  if (calls === undefined) {
    calls = [...flow.byId.values()].some((step) => step.kind === "call" && step.wait);
    calling.set(flow, calls);
  }
  return calls;
}

interface Unwanted {
  readonly runId: string;
  /** Absent: all that the run waits for. */
  readonly of?: { readonly path: string; readonly attempt: number };
}

/** The runs that nobody waits for after this commit. */
function unwantedOf({ run, flow, entries, effects, then }: RunCommit): Unwanted[] {
  if (then.kind === "ends" && (flow === undefined || mayWait(flow))) return [{ runId: run.id }];
  if (flow === undefined || !mayWait(flow)) return [];
  const unwanted: Unwanted[] = [];
  // Of what kind the step is that timed out, the entry does not say; what is found has it as its parent.
  for (const entry of entries) {
    if (entry.kind !== "failed" || entry.error.code !== "step_timeout") continue;
    unwanted.push({ runId: run.id, of: { path: entry.path, attempt: entry.attempt } });
  }
  for (const effect of effects) {
    if (effect.kind !== "give_up" || effect.of !== "call") continue;
    unwanted.push({ runId: run.id, of: { path: effect.path, attempt: effect.attempt } });
  }
  return unwanted;
}

/** Of the same commit: what it begins could not be seen by the statement that cancels, so it is not begun. */
function isOver({ entries, effects, then }: RunCommit, call: CommandOf<"call">): boolean {
  if (!call.wait) return false;
  const isOfCall = ({ path, attempt }: Pick<Command, "path" | "attempt">) =>
    path === call.path && attempt === call.attempt;
  return (
    then.kind === "ends" ||
    effects.some((effect) => effect.kind === "give_up" && isOfCall(effect)) ||
    entries.some((entry) => entry.kind === "failed" && isOfCall(entry))
  );
}

interface Call {
  readonly request: StartRequest;
  readonly parentId: string;
  readonly path: string;
  readonly attempt: number;
  readonly isAwaited: boolean;
}

function callsOf(commits: readonly RunCommit[]): Call[] {
  const calls: Call[] = [];
  for (const commit of commits) {
    const { run, flow, effects } = commit;
    for (const effect of effects) {
      if (effect.kind !== "call" || isOver(commit, effect)) continue;
      const { path, attempt, wait } = effect;
      calls.push({
        parentId: run.id,
        path,
        attempt,
        isAwaited: wait,
        request: {
          id: effect.key,
          appId: run.appId,
          flow: { name: effect.flow },
          trigger: "call",
          input: effect.input,
          facts: { runId: publicId("run", run.id), flow: flow?.definition.flow ?? "", ...(wait && { path, attempt }) },
          parentId: run.id,
          depth: run.depth + 1,
          trace: run.trace,
        },
      });
    }
  }
  return calls;
}

function errorOf(call: Call, result: Started | undefined): StepError | undefined {
  if (result === undefined || result.kind === "started") return undefined;
  const { flow } = call.request;
  const name = JSON.stringify("name" in flow ? flow.name : flow.id);
  const message = result.kind === "disabled" ? `The flow ${name} is disabled.` : `There is no flow ${name}.`;
  return { class: "invalid", code: "flow_not_callable", message };
}

/** Calls that nobody waits for were recorded as done: they may not be when nothing was called. */
function refusedOf(calls: readonly Call[], started: readonly Started[]): RefusedEffect[] {
  return calls.flatMap((call, i) => {
    const error = call.isAwaited ? undefined : errorOf(call, started[i]);
    return error === undefined ? [] : [{ runId: call.parentId, path: call.path, error }];
  });
}

/** What parents and children are told in this commit. */
function tell(commits: readonly RunCommit[], calls: readonly Call[], started: readonly Started[]): Statement[] {
  const signals: SentSignal[] = commits.flatMap((commit) => answerOf(commit) ?? []);
  for (const [i, call] of calls.entries()) {
    const error = call.isAwaited ? errorOf(call, started[i]) : undefined;
    if (error === undefined) continue;
    const { parentId: runId, path, attempt } = call;
    signals.push({ runId, path, attempt, kind: "failed", value: error as unknown as Json });
  }
  const statements: Statement[] = signals.length === 0 ? [] : [signalStatement(signals, "live")];
  const unwanted = commits.flatMap(unwantedOf);
  if (unwanted.length > 0) {
    const params = [
      bareArray(unwanted.map(({ runId }) => runId)),
      textArray(unwanted.map(({ of }) => of?.path ?? null)),
      bareArray(unwanted.map(({ of }) => of?.attempt ?? null)),
    ];
    statements.push({ text: CANCEL, params });
  }
  return statements;
}

/** What the end of a called run tells the one that waits for it. */
function answerOf({ run, then }: RunCommit): SentSignal | undefined {
  const path = run.facts?.["path"];
  const attempt = run.facts?.["attempt"];
  if (then.kind !== "ends" || run.trigger !== "call" || run.parentId === undefined || typeof path !== "string") {
    return undefined;
  }
  const { ending } = then;
  const to = { runId: run.parentId, path, ...(typeof attempt === "number" && { attempt }) };
  switch (ending.state) {
    case "completed":
      return { ...to, kind: "completed", value: ending.output };
    case "failed":
      return {
        ...to,
        kind: "failed",
        value: failed("call_failed", ending.error.message, ending.error as unknown as Json),
      };
    case "cancelled":
      return {
        ...to,
        kind: "failed",
        value: failed("call_cancelled", `The called run was cancelled: ${ending.reason}`),
      };
    default:
      return ending satisfies never;
  }
}

function failed(code: string, message: string, detail?: Json): Json {
  return { class: "permanent", code, message, ...(detail !== undefined && { detail }) };
}
