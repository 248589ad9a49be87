import type { CompiledFlow } from "../compiled.ts";
import { eventContext } from "../context.ts";
import type { Command, CommandKind, Ending, Entry, EventFactsOfRun, Machine, Start, StepError } from "../journal.ts";
import { matchText } from "../span.ts";
import { takeEntry, takePin } from "./entries.ts";
import type { Activation } from "./frames.ts";
import { commandsOf } from "./giving-out.ts";
import { jsonSize } from "./json-size.ts";
import { RUN_BYTES_MAX } from "./limits.ts";
import { retryAt } from "./retry.ts";
import { Run } from "./run.ts";
import { work } from "./work.ts";

/** A run of `compiled` that begins with `start` and has no entries yet. */
export function createMachine(compiled: CompiledFlow, start: Start): Machine {
  return new RunMachine(compiled, start);
}

/** The face of a `Run`; what each member promises stands at `Machine`. */
class RunMachine implements Machine {
  readonly #run: Run;
  #inputBytes: number | undefined;

  constructor(compiled: CompiledFlow, start: Start) {
    this.#run = new Run(compiled, start);
  }

  get busy(): boolean {
    return this.#run.busy;
  }

  get ending(): Ending | undefined {
    return this.#run.ending;
  }

  get dueAtMs(): number | undefined {
    return this.#run.ending === undefined ? this.#run.due.peek()?.atMs : undefined;
  }

  get bytes(): number {
    this.#inputBytes ??= jsonSize(this.#run.start.input, RUN_BYTES_MAX);
    return this.#inputBytes + this.#run.keptBytes;
  }

  apply(entry: Entry): void {
    const run = this.#run;
    if ("attempt" in entry && entry.attempt === 0) {
      takePin(run, entry);
    } else if (run.ending !== undefined) {
      // What arrives in the same breath as the end changes nothing.
    } else if (run.busy) {
      run.inbox.push(entry);
    } else {
      takeEntry(run, entry);
    }
  }

  next(nowMs: number): readonly Command[] {
    const run = this.#run;
    work(run);
    return run.ending !== undefined || run.busy ? [] : commandsOf(run, nowMs);
  }

  failure(path: string, attempt: number, error: StepError, nowMs: number, random: number, notBeforeMs?: number): Entry {
    const activation = this.#openAt(path);
    const retryAtMs = activation && retryAt(activation.step.retry, attempt, error.class, nowMs, random, notBeforeMs);
    return {
      kind: "failed",
      path,
      attempt,
      atMs: nowMs,
      error: error.path === undefined && path !== "" ? { ...error, path } : error,
      ...(retryAtMs !== undefined && { retryAtMs }),
    };
  }

  awaits(path: string): { readonly kind: CommandKind; readonly attempt: number } | undefined {
    const activation = this.#openAt(path);
    return activation?.kind === undefined ? undefined : { kind: activation.kind, attempt: activation.attempt };
  }

  wants(path: string, event: EventFactsOfRun): boolean {
    const activation = this.#openAt(path);
    return activation !== undefined && isWanted(activation, event);
  }

  /**
   * The step that an answer may come for and that was not given up. Whoever asks means the run as it is after all entries, whether
   * `next` was asked or not.
   */
  #openAt(path: string): Activation | undefined {
    const run = this.#run;
    while (run.busy) {
      work(run);
    }
    const activation = run.open.get(path);
    return activation?.givenUp === true ? undefined : activation;
  }
}

/** Whether the event is the one that a `wait_for_event` waits for. */
function isWanted({ step, draft, sequence }: Activation, event: EventFactsOfRun): boolean {
  if (step.kind !== "wait_for_event" || draft?.command.kind !== "wait_for_event" || !step.types.includes(event.type)) {
    return false;
  }
  const came = eventContext(event);
  if (step.match !== undefined) {
    const key = step.match.key.evaluate({ event: came });
    // An event that the expression cannot take is not the one that is waited for.
    if (!key.ok || matchText(key.value) !== draft.command.equals) {
      return false;
    }
  }
  if (step.if === undefined) {
    return true;
  }
  const held = step.if.evaluate(sequence.scope.withEvent(came));
  return held.ok && held.value === true;
}
