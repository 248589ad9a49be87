import { bareArray, publicId, type Queryable, type Statement, textArray } from "#kernel";
import type { CompiledFlow, Json, StepError } from "#language";
import type { CommitPart, PartPlan, RefusedEffect, RunCommit } from "../commit-part.ts";
import { type SentSignal, signalStatement } from "../signal.ts";
import type { Started, StartRequest, Starts } from "../start.ts";

// Of one call, or (path null) of all that the run waits for. Those that wait and those in somebody's hands; the index on parent_id holds only runs that have one.
const CANCEL = `
  insert into posthorn.run_signal (id, run_id, path, kind, value)
  select uuidv7(), c.id, '', 'cancel', convert_to('"The run that called it gave it up."', 'UTF8')
    from unnest($1::uuid[], $2::text[]) p(parent_id, path)
    join (select id, parent_id, facts from posthorn.run_waiting where parent_id = any($1::uuid[])
          union all
          select id, parent_id, facts from posthorn.run_leased where parent_id = any($1::uuid[])) c
      on c.parent_id = p.parent_id and c.facts ? 'path' and (p.path is null or c.facts ->> 'path' = p.path)`;

/**
 * Runs that runs call: begun in the commit that records the call, and giving their answer as a signal in the commit of their end; so neither is
 * there without the other. The key of a call command is its child's id.
 */
export function createCallPart(starts: Pick<Starts, "foresee" | "startWithin">, onSignals: () => void): CommitPart {
  return {
    name: "call",
    serves: ["call"],
    concerns: (commit) => commit.effects.some(isOurs) || answerOf(commit) !== undefined || leavesChildren(commit),
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

/** A run that ends may leave runs behind that it waited for: nobody wants their answers any more. */
function leavesChildren({ flow, then }: RunCommit): boolean {
  if (then.kind !== "ends" || flow === undefined) return false;
  let calls = calling.get(flow);
  if (calls === undefined) {
    calls = [...flow.byId.values()].some((step) => step.kind === "call" && step.wait);
    calling.set(flow, calls);
  }
  return calls;
}

interface Call {
  readonly request: StartRequest;
  readonly parentId: string;
  readonly path: string;
  readonly isAwaited: boolean;
}

function callsOf(commits: readonly RunCommit[]): Call[] {
  const calls: Call[] = [];
  for (const { run, flow, effects } of commits) {
    for (const effect of effects) {
      if (effect.kind !== "call") continue;
      const { path, wait } = effect;
      calls.push({
        parentId: run.id,
        path,
        isAwaited: wait,
        request: {
          id: effect.key,
          appId: run.appId,
          flow: { name: effect.flow },
          trigger: "call",
          input: effect.input,
          facts: { runId: publicId("run", run.id), flow: flow?.definition.flow ?? "", ...(wait && { path }) },
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
    signals.push({ runId: call.parentId, path: call.path, kind: "failed", value: error as unknown as Json });
  }
  const statements: Statement[] = signals.length === 0 ? [] : [signalStatement(signals, "live")];
  const parents: string[] = [];
  const paths: (string | null)[] = [];
  for (const commit of commits) {
    const { run, effects } = commit;
    if (leavesChildren(commit)) {
      parents.push(run.id);
      paths.push(null);
      continue;
    }
    for (const effect of effects) {
      if (effect.kind !== "give_up" || effect.of !== "call") continue;
      parents.push(run.id);
      paths.push(effect.path);
    }
  }
  if (parents.length > 0) statements.push({ text: CANCEL, params: [bareArray(parents), textArray(paths)] });
  return statements;
}

/** What the end of a called run tells the one that waits for it. */
function answerOf({ run, then }: RunCommit): SentSignal | undefined {
  const path = run.facts?.["path"];
  if (then.kind !== "ends" || run.trigger !== "call" || run.parentId === undefined || typeof path !== "string") {
    return undefined;
  }
  const { ending } = then;
  const to = { runId: run.parentId, path };
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
