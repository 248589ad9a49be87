import {
  type Command,
  type CompiledFlow,
  canonical,
  createMachine,
  type Ending,
  type Entry,
  type Json,
  type Start,
} from "#language";

/** A run of the past gone through with a definition, by the results that its steps had. Nothing is done. */
export interface Replayed {
  /** What each step was asked to do, in the order in which it was. */
  readonly asked: ReadonlyMap<string, { readonly kind: Command["kind"]; readonly text: string }>;
  /** Undefined: it cannot go on, because steps have no recorded result. */
  readonly ending: Ending | undefined;
  /** Steps without a recorded result. */
  readonly unrecorded: readonly string[];
}

/** Something that one definition does and another does otherwise, for people. */
export interface Told {
  readonly kind: string;
  readonly path: string | null;
  readonly text: string;
}

export type Comparison =
  | { readonly kind: "same" }
  | {
      readonly kind: "differs";
      /** The first step that differs; null: only the ending does. */
      readonly at: string | null;
      readonly was: Told;
      readonly would: Told;
      readonly unrecorded: readonly string[];
    };

const ROUNDS_MAX = 200_000;
const TEXT_LENGTH_MAX = 500;

/** Goes through a run. Throws where the machine cannot have this; rejects nothing else. Pure. */
export function replayRecorded(flow: CompiledFlow, start: Start, entries: readonly Entry[]): Replayed {
  const results = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.kind === "completed" || (entry.kind === "failed" && entry.retryAtMs === undefined)) {
      results.set(entry.path, entry);
    }
  }
  const asked = new Map<string, { kind: Command["kind"]; text: string }>();
  const unrecorded: string[] = [];
  const machine = createMachine(flow, start);
  // What a rerun took over is given to it again.
  for (const entry of entries) if ("attempt" in entry && entry.attempt === 0) machine.apply(entry);
  let nowMs = start.startedAtMs;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const commands = machine.next(nowMs);
    if (machine.ending !== undefined) return { asked, ending: machine.ending, unrecorded };
    for (const command of commands) {
      const waits = waitingOf(command, nowMs);
      if (waits !== undefined) machine.apply(waits);
      const answer = answerTo(command, results, nowMs);
      if (command.kind !== "record" && command.kind !== "record_failure" && command.kind !== "give_up") {
        if (!asked.has(command.path)) asked.set(command.path, { kind: command.kind, text: textOf(command) });
      }
      if (answer === "unknown") unrecorded.push(command.path);
      else if (answer !== undefined) {
        nowMs = Math.max(nowMs, answer.atMs);
        machine.apply(answer);
      }
    }
    if (commands.length > 0 || machine.busy) continue;
    // Nothing is to be done now: it waits for its time, or for what nobody knows.
    if (machine.dueAtMs === undefined || unrecorded.length > 0) break;
    nowMs = Math.max(nowMs + 1, machine.dueAtMs);
  }
  return { asked, ending: machine.ending, unrecorded };
}

/** What the engine records first of what waits for something outside: from then on its time runs. */
function waitingOf(command: Command, atMs: number): Entry | undefined {
  switch (command.kind) {
    case "wait":
    case "wait_for_event":
    case "approve":
    case "task":
      break;
    case "call":
      if (command.wait) break;
      return undefined;
    default:
      return undefined;
  }
  const { path, attempt } = command;
  const untilMs = command.kind === "task" ? undefined : command.untilMs;
  return { kind: "waiting", path, attempt, atMs, ...(untilMs !== undefined && { untilMs }) };
}

/** Undefined: nothing answers it but time. */
function answerTo(command: Command, results: ReadonlyMap<string, Entry>, nowMs: number): Entry | "unknown" | undefined {
  const { path, attempt } = command;
  const recorded = results.get(path);
  switch (command.kind) {
    case "record":
      return { kind: "completed", path, attempt, atMs: nowMs, output: command.output };
    case "record_failure":
      return { kind: "failed", path, attempt, atMs: nowMs, error: command.error };
    case "give_up":
    case "wait":
      return undefined;
    case "http":
    case "code":
    case "emit":
    case "task":
    case "call":
    case "approve":
    case "wait_for_event": {
      const atMs = Math.max(nowMs, recorded?.atMs ?? 0);
      if (recorded?.kind === "completed") return { kind: "completed", path, attempt, atMs, output: recorded.output };
      if (recorded?.kind === "failed") return { kind: "failed", path, attempt, atMs, error: recorded.error };
      return "unknown";
    }
    default:
      return command satisfies never;
  }
}

/** What a command asks, without what differs from run to run by itself. */
function textOf(command: Command): string {
  const { kind: _, path: __, attempt: ___, key: ____, ...asks } = command;
  const { untilMs: _____, ...rest } = asks as { untilMs?: number };
  return canonical(rest as Json);
}

/** What a definition would do otherwise than the one that a run ran. Pure. */
export function compareReplays(was: Replayed, would: Replayed): Comparison {
  const differs = (at: string | null, before: Told, after: Told): Comparison => ({
    kind: "differs",
    at,
    was: before,
    would: after,
    unrecorded: would.unrecorded.slice(0, 20),
  });
  for (const [path, { kind, text }] of would.asked) {
    const before = was.asked.get(path);
    if (before?.kind === kind && before.text === text) continue;
    return differs(path, before === undefined ? NOTHING : told(path, before), told(path, { kind, text }));
  }
  // A definition that stopped at a step without a result may have come to the rest.
  if (would.unrecorded.length === 0) {
    for (const [path, before] of was.asked)
      if (!would.asked.has(path)) return differs(path, told(path, before), NOTHING);
  }
  const [before, after] = [endingOf(was), endingOf(would)];
  return before.kind === after.kind && before.text === after.text ? { kind: "same" } : differs(null, before, after);
}

const NOTHING: Told = { kind: "nothing", path: null, text: "" };
const cut = (text: string) => (text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text);
const told = (path: string, { kind, text }: { kind: string; text: string }): Told => ({ kind, path, text: cut(text) });

function endingOf({ ending, unrecorded }: Replayed): Told {
  switch (ending?.state) {
    case undefined:
      return { kind: "nothing", path: unrecorded[0] ?? null, text: "it does not come to an end by what is recorded" };
    case "completed":
      return { kind: "completed", path: null, text: cut(canonical(ending.output)) };
    case "failed":
      return {
        kind: "failed",
        path: ending.error.path ?? null,
        text: cut(`${ending.error.code}: ${ending.error.message}`),
      };
    case "cancelled":
      return { kind: "cancelled", path: null, text: cut(ending.reason) };
    default:
      return ending satisfies never;
  }
}
