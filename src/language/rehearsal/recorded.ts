import { canonical } from "../canonical.ts";
import type { CompiledFlow } from "../compiled.ts";
import type { Json } from "../definition.ts";
import type { Command, Ending, Entry, Machine, Start } from "../journal.ts";
import { createMachine } from "../machine/machine.ts";
import { idAt } from "./pins.ts";

/** What a run would have done under another definition. */
export interface Recorded {
  /** Undefined: it could not be played to its end. */
  readonly ending: Ending | undefined;
  /** The first thing that it asks for and the record has no answer to; after it nothing is known. */
  readonly cannot: { readonly path: string; readonly message: string } | undefined;
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
 * the id led to one thing only. What has no answer in the record ends the play.
 */
export function rehearseRecorded(
  compiled: CompiledFlow,
  start: Start,
  entries: readonly Entry[],
  was: CompiledFlow,
): Recorded {
  const record = new Journal(entries);
  const then = play(was, start, record);
  const now = play(compiled, start, record);
  const differs = [...differences(then.asked, now.asked, now.cannot === undefined)];
  if (then.ending !== undefined && now.ending !== undefined && !same(then.ending, now.ending)) {
    differs.push({ path: "", kind: "ends_otherwise", was: endingJson(then.ending), would: endingJson(now.ending) });
  }
  return { ending: now.ending, cannot: now.cannot, differs };
}

interface Played {
  readonly ending: Ending | undefined;
  readonly cannot: Recorded["cannot"];
  /** What each step asked for. */
  readonly asked: ReadonlyMap<string, Json>;
}

function play(compiled: CompiledFlow, start: Start, record: Journal): Played {
  const machine = createMachine(compiled, start);
  const asked = new Map<string, Json>();
  let nowMs = start.startedAtMs;
  for (let round = 0; round < ROUNDS_MAX && machine.ending === undefined; round += 1) {
    const commands = machine.next(nowMs);
    for (const command of commands) {
      if (command.kind !== "give_up" && command.path !== "") {
        asked.set(command.path, wantedBy(command));
      }
      if (!answer(machine, record, command, nowMs)) {
        const { path, kind } = command;
        const message = `The step "${path}" (${kind}) has no end in the record of this run: what it would lead to is not known.`;
        return { ending: undefined, cannot: { path, message }, asked };
      }
    }
    if (commands.length === 0 && !machine.busy) {
      nowMs = Math.max(nowMs, machine.dueAtMs ?? nowMs);
    }
  }
  return { ending: machine.ending, cannot: undefined, asked };
}

function answer(machine: Machine, record: Journal, command: Command, nowMs: number): boolean {
  const { path, attempt } = command;
  const completed = (output: Json) => machine.apply({ kind: "completed", path, attempt, atMs: nowMs, output });
  switch (command.kind) {
    case "give_up":
      return true;
    case "record":
      completed(command.output);
      return true;
    case "record_failure":
      machine.apply(machine.failure(path, attempt, command.error, nowMs, 0.5));
      return true;
    case "wait":
      completed(null);
      return true;
    default: {
      const found = record.lastOf(path);
      if (found !== undefined) {
        // As it ended: the attempts before and their waits are of no interest.
        machine.apply({ ...found, path, attempt, atMs: nowMs });
        return true;
      }
      if (command.kind === "emit") {
        completed({ id: `msg_rehearsed/${path}` });
        return true;
      }
      if (command.kind === "call" && !command.wait) {
        completed({ run: `run_rehearsed/${path}` });
        return true;
      }
      return false;
    }
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
  for (const [path, was] of then) {
    const would = now.get(path);
    if (would === undefined) {
      // Of a play that could not go on it is not known whether it would have come to this.
      if (whole) {
        yield { path, kind: "only_then", was, would: null };
      }
    } else if (!same(was, would)) {
      yield { path, kind: "asks_otherwise", was, would };
    }
  }
  for (const [path, would] of now) {
    if (!then.has(path)) {
      yield { path, kind: "only_now", was: null, would };
    }
  }
}

type Last = Extract<Entry, { readonly kind: "completed" | "failed" }>;

/** How each step of a journal ended. */
class Journal {
  readonly #byPath = new Map<string, Last>();
  readonly #byId = new Map<string, Last | "several">();

  constructor(entries: readonly Entry[]) {
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
