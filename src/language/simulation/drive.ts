import { unreachable } from "#kernel/plain";
import type { CompiledFlow } from "../compiled.ts";
import type { Json } from "../definition.ts";
import type { Command, Ending, Entry, Machine, Start } from "../journal.ts";
import { createMachine } from "../machine/machine.ts";
import type { Accidents, Asked } from "./reference.ts";
import type { Script } from "./script.ts";

/** What may befall a run while it is driven. */
export interface Weather {
  /** In [0, 1): the dice. */
  readonly random: () => number;
  /** Of a hundred rounds, how many end with the loss of the process: before its commit or after. */
  readonly crashes: number;
  readonly cancelAtMs: number | undefined;
}

export interface Driven {
  readonly ending: Ending;
  readonly journal: readonly Entry[];
  /** Each command by its first time, and how often it was begun. */
  readonly asked: readonly (Asked & { readonly key: string; readonly times: number })[];
  readonly accidents: Accidents;
  readonly crashed: number;
}

interface Coming {
  readonly atMs: number;
  readonly order: number;
  readonly command: Command;
}

const ROUNDS_MAX = 100_000;
const LITTLE_MS = 1e-5;
const NEVER_MS = Number.POSITIVE_INFINITY;

/**
 * An engine of one run in memory: a committed journal, a machine that may be lost at any moment, and a world that answers by script.
 * It keeps the engine's law: what is begun outside is begun after the commit of all that came before it.
 */
export function drive(compiled: CompiledFlow, start: Start, script: Script, weather: Weather): Driven {
  return new Engine(compiled, start, script, weather).run();
}

class Engine {
  readonly #compiled: CompiledFlow;
  readonly #start: Start;
  readonly #script: Script;
  readonly #weather: Weather;
  #machine: Machine;
  #nowMs: number;
  #order = 0;
  readonly #journal: Entry[] = [];
  /** Entries of this round, not committed yet; and what is to begin once they are. */
  #entries: Entry[] = [];
  #toBegin: Command[] = [];
  #commands: Command[] = [];
  #coming: Coming[] = [];
  /** Writes whose beginning is committed, that this process does. */
  readonly #writing = new Map<string, Command>();
  readonly #asked = new Map<string, Asked & { readonly key: string; times: number }>();
  /** What arrived in this round: arrives again when the round is lost. */
  #arrived: Coming[] = [];
  /** Losses that were found out: each is told a little later, by itself, so that the order is known. */
  #found: { readonly atMs: number; readonly command: Command }[] = [];
  readonly #lost = new Map<string, number>();
  readonly #late = new Set<string>();
  #cancelled = false;
  #crashed = 0;

  constructor(compiled: CompiledFlow, start: Start, script: Script, weather: Weather) {
    this.#compiled = compiled;
    this.#start = start;
    this.#script = script;
    this.#weather = weather;
    this.#machine = createMachine(compiled, start);
    this.#nowMs = start.startedAtMs;
  }

  run(): Driven {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      this.#settle();
      for (let command = this.#commands.shift(); command !== undefined; command = this.#commands.shift()) {
        this.#do(command);
        this.#settle();
      }
      const { ending } = this.#machine;
      if (!this.#commit()) {
        continue;
      }
      if (ending !== undefined) {
        return {
          ending,
          journal: this.#journal,
          asked: [...this.#asked.values()],
          accidents: { lost: this.#lost, late: this.#late, cancelAtMs: this.#weather.cancelAtMs },
          crashed: this.#crashed,
        };
      }
      this.#pass();
    }
    throw new Error(`The run did not end within ${ROUNDS_MAX} rounds.`);
  }

  #settle(): void {
    do {
      this.#commands.push(...this.#machine.next(this.#nowMs));
    } while (this.#machine.busy);
  }

  #record(entry: Entry): void {
    this.#entries.push(entry);
    this.#machine.apply(entry);
  }

  #do(command: Command): void {
    const { path, attempt } = command;
    if (command.kind !== "give_up" && path !== "" && this.#machine.awaits(path)?.attempt !== attempt) {
      return;
    }
    const completed = (output: Json) => this.#record({ kind: "completed", path, attempt, atMs: this.#nowMs, output });
    const waiting = (untilMs: number | undefined) =>
      this.#record({ kind: "waiting", path, attempt, atMs: this.#nowMs, ...(untilMs !== undefined && { untilMs }) });
    switch (command.kind) {
      case "record":
        completed(command.output);
        return;
      case "record_failure":
        if (command.error.code === "lost" && (this.#lost.get(nameOf(command)) ?? NEVER_MS) === NEVER_MS) {
          this.#found.push({ atMs: this.#nowMs + LITTLE_MS * (1 + this.#weather.random()), command });
          return;
        }
        this.#record(this.#machine.failure(path, attempt, command.error, this.#nowMs, 0.5));
        return;
      case "give_up":
        return;
      case "http":
        if (command.effect === "write") {
          this.#record({ kind: "began", path, attempt, atMs: this.#nowMs });
        }
        this.#toBegin.push(command);
        return;
      case "code":
        this.#toBegin.push(command);
        return;
      case "emit":
        completed({ id: command.key });
        this.#toBegin.push(command);
        return;
      case "call":
        if (command.wait) {
          waiting(command.untilMs);
        } else {
          completed({ run: command.key });
        }
        this.#toBegin.push(command);
        return;
      case "task":
        waiting(command.timeoutMs === undefined ? undefined : this.#nowMs + command.timeoutMs);
        this.#toBegin.push(command);
        return;
      case "wait":
      case "wait_for_event":
      case "approve":
        waiting(command.untilMs);
        this.#toBegin.push(command);
        return;
      default:
        unreachable(command);
    }
  }

  /** All of the round, or nothing of it and a new process. False: the process was lost. */
  #commit(): boolean {
    const dice = this.#weather.random() * 100;
    if (dice < this.#weather.crashes / 2) {
      this.#crash();
      return false;
    }
    this.#journal.push(...this.#entries);
    this.#entries = [];
    for (const { command } of this.#arrived.splice(0)) {
      this.#writing.delete(nameOf(command));
    }
    for (const command of this.#toBegin.splice(0)) {
      this.#ask(command);
    }
    if (dice < this.#weather.crashes && this.#machine.ending === undefined) {
      this.#crash();
      return false;
    }
    return true;
  }

  #crash(): void {
    this.#crashed += 1;
    this.#entries = [];
    this.#toBegin = [];
    this.#commands = [];
    this.#found = [];
    const toCancel = this.#cancelled && !this.#journal.some(({ kind }) => kind === "cancelled");
    this.#machine = createMachine(this.#compiled, this.#start);
    for (const entry of this.#journal) {
      this.#machine.apply(entry);
    }
    this.#settle();
    for (const { command } of this.#arrived) {
      this.#late.delete(nameOf(command));
    }
    const arrived = this.#arrived.splice(0).filter((coming) => this.#heard(coming));
    this.#coming = this.#coming.filter((coming) => this.#heard(coming));
    for (const name of this.#writing.keys()) {
      // Told when it is found out; never, when the run ends before.
      this.#lost.set(name, this.#lost.get(name) ?? NEVER_MS);
    }
    this.#writing.clear();
    for (const coming of arrived) {
      this.#arrive(coming);
      this.#settle();
    }
    if (toCancel) {
      this.#cancel();
      this.#settle();
    }
  }

  /**
   * What is asked over a connection is heard only by the process that asked: what is still wanted is asked again (and answered at the
   * same time), unless it is a write. Answers to rows stay.
   */
  #heard({ command }: Coming): boolean {
    if (command.kind !== "http" && command.kind !== "code") {
      return true;
    }
    return !this.#writing.has(nameOf(command)) && this.#machine.awaits(command.path)?.attempt === command.attempt;
  }

  #ask(command: Command): void {
    const name = nameOf(command);
    const before = this.#asked.get(name);
    if (before !== undefined) {
      before.times += 1;
      return;
    }
    const { kind, path, attempt, key } = command;
    this.#asked.set(name, { kind, path, attempt, key, atMs: this.#nowMs, payload: payloadOf(command), times: 1 });
    const answer = this.#script(path, attempt);
    switch (kind) {
      case "http":
      case "code":
        if (kind === "http" && command.effect === "write") {
          this.#writing.set(name, command);
        }
        break;
      case "task":
      case "wait_for_event":
      case "approve":
        if (answer.silent) {
          return;
        }
        break;
      case "call":
        if (!command.wait || answer.silent) {
          return;
        }
        break;
      default:
        return;
    }
    this.#order += 1;
    this.#coming.push({ atMs: this.#nowMs + answer.afterMs, order: this.#order, command });
  }

  /** Time goes on until something happens. */
  #pass(): void {
    const { cancelAtMs } = this.#weather;
    this.#coming.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    const comingMs = this.#coming[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const dueMs = this.#machine.dueAtMs ?? Number.POSITIVE_INFINITY;
    const cancelMs = cancelAtMs === undefined || this.#cancelled ? Number.POSITIVE_INFINITY : cancelAtMs;
    this.#found.sort((a, b) => a.atMs - b.atMs);
    const foundMs = this.#found[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const atMs = Math.min(comingMs, dueMs, cancelMs, foundMs);
    if (atMs === Number.POSITIVE_INFINITY) {
      throw new Error("The run waits for nothing and has not ended.");
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
    if (atMs === foundMs) {
      const found = this.#found.shift();
      if (found !== undefined) {
        this.#lost.set(nameOf(found.command), this.#nowMs);
        this.#do(found.command);
      }
    } else if (atMs === cancelMs) {
      this.#cancel();
    } else if (atMs === comingMs) {
      const coming = this.#coming.shift();
      if (coming !== undefined) {
        this.#arrive(coming);
      }
    }
  }

  #cancel(): void {
    this.#cancelled = true;
    this.#record({ kind: "cancelled", path: "", atMs: this.#nowMs, reason: "scripted" });
  }

  #arrive(coming: Coming): void {
    const { command } = coming;
    const { path, attempt, kind } = command;
    const answer = this.#script(path, attempt);
    this.#arrived.push(coming);
    if (this.#machine.awaits(path)?.attempt !== attempt) {
      // Given up, or answered by its timeout. What came over a connection is recorded if somebody still listened.
      if ((kind === "http" || kind === "code") && answer.comesLate) {
        this.#late.add(nameOf(command));
        this.#answer(command, answer.result);
      }
      return;
    }
    this.#answer(
      command,
      kind === "wait_for_event" || kind === "approve" ? { ok: true, output: { n: 1, from: path } } : answer.result,
    );
  }

  #answer(command: Command, result: ReturnType<Script>["result"]): void {
    const { path, attempt } = command;
    this.#record(
      result.ok
        ? { kind: "completed", path, attempt, atMs: this.#nowMs, output: result.output }
        : this.#machine.failure(path, attempt, result.error, this.#nowMs, 0.5),
    );
  }
}

function nameOf({ path, attempt }: Command): string {
  return `${path}#${attempt}`;
}

function payloadOf(command: Command): Json {
  switch (command.kind) {
    case "http":
      return { url: command.request.url, body: command.request.body ?? null };
    case "emit":
      return { type: command.type, data: command.data };
    case "task":
    case "code":
    case "call":
      return command.input;
    case "approve":
      return command.details;
    default:
      return null;
  }
}
