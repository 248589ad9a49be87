import { unreachable } from "#kernel/plain";
import { canonical } from "../canonical.ts";
import type { CompiledFlow } from "../compiled.ts";
import type { Json } from "../definition.ts";
import { inputError, isBatchInput } from "../input.ts";
import type { Command, Ending, Entry, Machine, Start } from "../journal.ts";
import { createMachine } from "../machine/machine.ts";
import { idAt } from "./pins.ts";

/** What a run would have done under another definition. */
export interface Recorded {
  /** Undefined: it could not be played to its end. */
  readonly ending: Ending | undefined;
  /** Steps that it comes to and that the record has no answer to, in order; what would follow from them is not known. */
  readonly unrecorded: readonly { readonly path: string; readonly message: string }[];
  /** In the order in which it would come to them; then what it would not come to, and last its end. */
  readonly differs: readonly Difference[];
}

/** Where what would be done is not what was done. */
export interface Difference {
  /** Empty: how the run ends. */
  readonly path: string;
  readonly kind: "only_then" | "only_now" | "asks_otherwise" | "ends_otherwise";
  /** What was asked for, or how it ended; null: nothing. */
  readonly was: Json;
  readonly would: Json;
}

/** A run has 50,000 entries. */
const ROUNDS_MAX = 250_000;

/**
 * Plays a real run again under `compiled`, without any effect, and says where it differs from the same run under `was`, the definition
 * that it really had. What steps outside led to is taken from the run's journal: by path, or by id when the step's place has changed and
 * the id led to one thing only. A step without an answer in the record is waited for in vain; lanes beside it go on until only time could
 * bring more. Waits pass by the clock of the play. An input that does not fit the schema of `compiled` fails it before its first step; what the run
 * really had did fit, where it has any entry. Throws where the machine cannot have such a journal.
 */
export function rehearseRecorded(
  compiled: CompiledFlow,
  start: Start,
  entries: readonly Entry[],
  was: CompiledFlow,
): Recorded {
  const record = new Journal(entries);
  const then = entries.length === 0 ? begin(was, start, record) : play(was, start, record);
  const now = begin(compiled, start, record);
  const differs = [...differences(then.asked, now.asked, now.isWhole)];
  if (then.ending !== undefined && now.ending !== undefined && !same(then.ending, now.ending)) {
    differs.push({ path: "", kind: "ends_otherwise", was: endingJson(then.ending), would: endingJson(now.ending) });
  }
  return { ending: now.ending, unrecorded: now.unrecorded, differs };
}

interface Played {
  readonly ending: Ending | undefined;
  /** What it did not come to it would not come to: neither is an answer missing, nor was it refused before its first step. */
  readonly isWhole: boolean;
  readonly unrecorded: Recorded["unrecorded"];
  /** What each step asked for first. */
  readonly asked: ReadonlyMap<string, Json>;
}

/** As a start does: an input that does not fit ends the run, and nothing was asked. */
function begin(compiled: CompiledFlow, start: Start, record: Journal): Played {
  const { trigger, input } = start;
  const misfit = inputError(compiled, input, isBatchInput(compiled, trigger.kind, input));
  return misfit === undefined
    ? play(compiled, start, record)
    : { ending: { state: "failed", error: misfit }, isWhole: false, unrecorded: [], asked: new Map() };
}

function play(compiled: CompiledFlow, start: Start, record: Journal): Played {
  const machine = createMachine(compiled, start);
  const asked = new Map<string, Json>();
  const unrecorded: { path: string; message: string }[] = [];
  // What a rerun took over is given to it again.
  for (const pin of record.pins) {
    machine.apply(pin);
  }
  let nowMs = start.startedAtMs;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const commands = machine.next(nowMs);
    if (machine.ending !== undefined) {
      break;
    }
    for (const command of commands) {
      const { path, attempt, kind } = command;
      if (kind !== "give_up" && path !== "" && !asked.has(path)) {
        asked.set(path, wantedBy(command));
      }
      const waiting = waitingFor(command, nowMs);
      if (waiting !== undefined) {
        machine.apply(waiting);
      }
      const answer = answerTo(machine, record, command, nowMs);
      if (answer === "unknown") {
        const message = `The step "${path}" (${kind}) has no end in the record of this run: what it would lead to is not known.`;
        unrecorded.push({ path, message });
      } else if (answer !== undefined) {
        nowMs = Math.max(nowMs, answer.atMs);
        machine.apply(answer.kind === "completed" || answer.kind === "failed" ? { ...answer, path, attempt } : answer);
      }
    }
    if (commands.length > 0 || machine.busy) {
      continue;
    }
    // Nothing is to be done now: it waits for its time, or for what nobody knows.
    if (machine.dueAtMs === undefined || unrecorded.length > 0) {
      break;
    }
    nowMs = Math.max(nowMs + 1, machine.dueAtMs);
  }
  return { ending: machine.ending, isWhole: unrecorded.length === 0, unrecorded, asked };
}

/** What the engine records first of what waits for something outside: from then on its time runs. */
function waitingFor(command: Command, atMs: number): Entry | undefined {
  const { path, attempt } = command;
  switch (command.kind) {
    case "call":
      return command.wait ? { kind: "waiting", path, attempt, atMs, ...until(command.untilMs) } : undefined;
    case "wait":
    case "wait_for_event":
    case "approve":
      return { kind: "waiting", path, attempt, atMs, ...until(command.untilMs) };
    case "task":
      return { kind: "waiting", path, attempt, atMs };
    case "record":
    case "record_failure":
    case "give_up":
    case "http":
    case "code":
    case "emit":
      return undefined;
    default:
      return unreachable(command);
  }
}

const until = (untilMs: number | undefined) => (untilMs === undefined ? {} : { untilMs });

/** Undefined: nothing answers it but time. */
function answerTo(machine: Machine, record: Journal, command: Command, nowMs: number): Entry | "unknown" | undefined {
  const { path, attempt } = command;
  const completed = (output: Json): Entry => ({ kind: "completed", path, attempt, atMs: nowMs, output });
  // As it ended: the attempts before are of no interest.
  const recorded = () => {
    const found = record.lastOf(path);
    return found && { ...found, atMs: Math.max(nowMs, found.atMs) };
  };
  switch (command.kind) {
    case "give_up":
    case "wait":
      return undefined;
    case "record":
      return completed(command.output);
    case "record_failure":
      return machine.failure(path, attempt, command.error, nowMs, 0.5);
    case "emit":
      return recorded() ?? completed({ id: `msg_rehearsed/${path}` });
    case "call":
      return recorded() ?? (command.wait ? "unknown" : completed({ run: `run_rehearsed/${path}` }));
    case "http":
    case "code":
    case "task":
    case "approve":
    case "wait_for_event":
      return recorded() ?? "unknown";
    default:
      return unreachable(command);
  }
}

/** What a command says, without when and which attempt. */
function wantedBy(command: Command): Json {
  const { path: _path, attempt: _attempt, key: _key, ...rest } = command;
  const { untilMs: _untilMs, ...wanted } = rest as typeof rest & { untilMs?: number };
  return JSON.parse(JSON.stringify(wanted));
}

function* differences(
  then: ReadonlyMap<string, Json>,
  now: ReadonlyMap<string, Json>,
  whole: boolean,
): Iterable<Difference> {
  for (const [path, would] of now) {
    const was = then.get(path);
    if (was === undefined) {
      yield { path, kind: "only_now", was: null, would };
    } else if (!same(was, would)) {
      yield { path, kind: "asks_otherwise", was, would };
    }
  }
  // Of a play that could not go on it is not known whether it would have come to the rest.
  if (!whole) {
    return;
  }
  for (const [path, was] of then) {
    if (!now.has(path)) {
      yield { path, kind: "only_then", was, would: null };
    }
  }
}

type Last = Extract<Entry, { readonly kind: "completed" | "failed" }>;

/** How each step of a journal ended. */
class Journal {
  readonly #byPath = new Map<string, Last>();
  readonly #byId = new Map<string, Last | "several">();
  /** What another run did, given beforehand. */
  readonly pins: readonly Last[];

  constructor(entries: readonly Entry[]) {
    this.pins = entries.filter((entry): entry is Last => "attempt" in entry && entry.attempt === 0);
    for (const entry of entries) {
      if (entry.kind === "completed" || (entry.kind === "failed" && entry.retryAtMs === undefined)) {
        this.#byPath.set(entry.path, entry);
      }
    }
    for (const last of this.#byPath.values()) {
      const id = idAt(last.path);
      this.#byId.set(id, this.#byId.has(id) ? "several" : last);
    }
  }

  lastOf(path: string): Last | undefined {
    const moved = this.#byId.get(idAt(path));
    return this.#byPath.get(path) ?? (moved === "several" ? undefined : moved);
  }
}

function same(a: object | Json, b: object | Json): boolean {
  return canonical(JSON.parse(JSON.stringify(a))) === canonical(JSON.parse(JSON.stringify(b)));
}

function endingJson(ending: Ending): Json {
  return JSON.parse(JSON.stringify(ending));
}
