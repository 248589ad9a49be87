import { unreachable } from "#kernel";
import type { CompiledExpression, CompiledFlow, CompiledStep, CompiledStepOf, CompiledTemplate } from "../compiled.ts";
import { errorContext, eventContext } from "../context.ts";
import type { Json } from "../definition.ts";
import type { Command, CommandKind, Ending, Entry, EventFactsOfRun, Machine, Start, StepError } from "../journal.ts";
import { matchText } from "../span.ts";
import { commandKindOf, type Doing, draftOf, invalid, wrongType } from "./draft.ts";
import { type Due, DueQueue } from "./due.ts";
import { factsOf } from "./facts.ts";
import { Fifo } from "./fifo.ts";
import { Activation, Fan, type Part, Sequence } from "./frames.ts";
import { JournalMismatch } from "./journal-mismatch.ts";
import { jsonSize } from "./json-size.ts";
import { ENTRIES_MAX, ITEMS_MAX, OUTPUT_BYTES_MAX, RUN_BYTES_MAX, STEPS_BEGUN_MAX, WORK_PER_CALL } from "./limits.ts";
import { retryAt } from "./retry.ts";
import { Scope } from "./scope.ts";

/** A run of `compiled` that begins with `start` and has no entries yet. */
export function createMachine(compiled: CompiledFlow, start: Start): Machine {
  return new RunMachine(compiled, start);
}

/** What is to be compensated when the run does not complete. */
interface Done {
  readonly steps: readonly CompiledStep[];
  readonly prefix: string;
  readonly scope: Scope;
}

type Pin = { readonly output: Json } | { readonly error: StepError };
type Verdict = Exclude<Ending, { readonly state: "completed" }>;

/** A moment at which an activation, or the run (undefined), has waited long enough. */
class Moment implements Due {
  readonly atMs: number;
  readonly of: Activation | undefined;
  readonly #run: { readonly part: Part };
  readonly #stamp: number | Part;

  constructor(atMs: number, of: Activation | undefined, run: { readonly part: Part }) {
    this.atMs = atMs;
    this.of = of;
    this.#run = run;
    this.#stamp = of === undefined ? run.part : of.stamp;
  }

  get stale(): boolean {
    return this.of === undefined ? this.#run.part !== this.#stamp : this.of.stamp !== this.#stamp;
  }
}

/**
 * The run as a tree of sequences and activations that lives in memory and is advanced where something happened: nothing is searched for
 * from the root. Two things move it, in one order whatever calls there are: the agenda (sequences that can go on, each until it
 * must wait, and steps with lanes to begin) is worked off before the next entry is taken. So the state after an entry is a function of the entries.
 */
class RunMachine implements Machine {
  readonly #compiled: CompiledFlow;
  readonly #start: Start;
  readonly #root: Sequence;
  /** Last in, first out: so pure work is done depth first, in the order of the definition. */
  readonly #agenda: (Sequence | Activation)[] = [];
  readonly #inbox = new Fifo<Entry>();
  /** Steps that an entry may come for, by path; those that were given up too, until it has come. */
  readonly #open = new Map<string, Activation>();
  readonly #due = new DueQueue<Moment>();
  /** In order of completion. */
  readonly #done: Done[] = [];
  #pins: Map<string, Pin> | undefined;
  /** Those that came to want something since commands were last given out. */
  #wanting: Activation[] = [];
  #unwanted: Activation[] = [];

  part: Part = "main";
  #verdict: Verdict | undefined;
  /** The run's `on_failure`, or the compensation under way. */
  #after: Sequence | undefined;
  #ending: Ending | undefined;

  #clockMs: number;
  #entries = 0;
  #stepsBegun = 0;
  #keptBytes = 0;
  #inputBytes: number | undefined;

  constructor(compiled: CompiledFlow, start: Start) {
    this.#compiled = compiled;
    this.#start = start;
    this.#clockMs = start.startedAtMs;
    if (start.pinned !== undefined) {
      this.#pins = new Map(Array.from(start.pinned, ([path, output]) => [path, { output }]));
    }
    this.#root = new Sequence(compiled.steps, "", Scope.of(factsOf(compiled, start)), { kind: "run" }, "main");
    this.#agenda.push(this.#root);
    this.#due.add(new Moment(start.startedAtMs + compiled.timeoutMs, undefined, this));
  }

  // -------------------------------------------------------------------------------------------------------- face

  get busy(): boolean {
    return this.#ending === undefined && !(this.#agenda.length === 0 && this.#inbox.empty);
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  get dueAtMs(): number | undefined {
    return this.#ending === undefined ? this.#due.peek()?.atMs : undefined;
  }

  get bytes(): number {
    this.#inputBytes ??= jsonSize(this.#start.input, RUN_BYTES_MAX);
    return this.#inputBytes + this.#keptBytes;
  }

  apply(entry: Entry): void {
    if ("attempt" in entry && entry.attempt === 0) {
      this.#pin(entry);
      return;
    }
    if (this.#ending !== undefined) {
      // What arrives in the same breath as the end changes nothing.
      return;
    }
    if (this.busy) {
      this.#inbox.push(entry);
    } else {
      this.#take(entry);
    }
  }

  next(nowMs: number): readonly Command[] {
    this.#work();
    if (this.#ending !== undefined || this.busy) {
      return [];
    }
    const commands: Command[] = [];
    for (const activation of this.#wanting) {
      this.#giveOut(activation, nowMs, commands);
    }
    this.#wanting = [];
    for (const { path, attempt, kind } of this.#unwanted) {
      if (kind !== undefined) {
        commands.push({ kind: "give_up", path, attempt, key: this.#key(path), of: kind });
      }
    }
    this.#unwanted = [];
    for (let moment = this.#due.take(nowMs); moment !== undefined; moment = this.#due.take(nowMs)) {
      if (moment.of === undefined) {
        commands.push(this.#runTimeout());
      } else {
        this.#fallDue(moment.of, nowMs, commands);
      }
    }
    return commands;
  }

  failure(path: string, attempt: number, error: StepError, nowMs: number, random: number, notBeforeMs?: number): Entry {
    this.#catchUp();
    const activation = this.#open.get(path);
    const retryAtMs =
      activation === undefined || activation.givenUp
        ? undefined
        : retryAt(activation.step.retry, attempt, error.class, nowMs, random, notBeforeMs);
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
    this.#catchUp();
    const activation = this.#ending === undefined ? this.#open.get(path) : undefined;
    return activation?.kind === undefined || activation.givenUp
      ? undefined
      : { kind: activation.kind, attempt: activation.attempt };
  }

  wants(path: string, event: EventFactsOfRun): boolean {
    this.#catchUp();
    const activation = this.#open.get(path);
    if (activation === undefined || activation.givenUp || this.#ending !== undefined) {
      return false;
    }
    const { step, draft } = activation;
    if (step.kind !== "wait_for_event" || draft?.command.kind !== "wait_for_event") {
      return false;
    }
    if (!step.types.includes(event.type)) {
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
    const held = step.if.evaluate(activation.sequence.scope.withEvent(came));
    return held.ok && held.value === true;
  }

  /** Whoever asks about a step means the run as it is after all entries, whether `next` was asked or not. */
  #catchUp(): void {
    while (this.busy) {
      this.#work();
    }
  }

  #pin(entry: Entry): void {
    this.#pins ??= new Map();
    switch (entry.kind) {
      case "completed":
        this.#pins.set(entry.path, { output: entry.output });
        return;
      case "failed":
        this.#pins.set(entry.path, { error: entry.error });
        return;
      default:
        throw new JournalMismatch(entry, "only what completed or failed can be given beforehand");
    }
  }

  // ------------------------------------------------------------------------------------------------- giving out

  #key(path: string): string {
    return `${this.#start.runId}/${path}`;
  }

  #giveOut(activation: Activation, nowMs: number, commands: Command[]): void {
    if (activation.given || activation.givenUp) {
      return;
    }
    switch (activation.phase) {
      case "open":
        activation.given = true;
        commands.push(this.#command(activation, nowMs));
        return;
      case "began":
        // Not given out by this machine: whoever began it is gone.
        activation.given = true;
        commands.push(
          this.#recordFailure(activation, {
            class: "ambiguous",
            code: "lost",
            message: "The process that did this was lost: whether it happened is not known.",
          }),
        );
        return;
      case "retrying":
      case "waiting":
      case "within":
      case "settled":
        // Moved on by entries since it came to want something.
        return;
      default:
        unreachable(activation.phase);
    }
  }

  #command(activation: Activation, nowMs: number): Command {
    const { path, attempt } = activation;
    const draft = activation.draft ?? this.#draftAgain(activation);
    const { command, lastsMs } = draft;
    const of = { path, attempt, key: this.#key(path) };
    if (command.kind === "wait") {
      const untilMs = lastsMs === undefined ? command.untilMs : nowMs + lastsMs;
      // One entry is enough for a wait that is over before it begins.
      return untilMs <= nowMs ? { ...of, kind: "record", output: null } : { ...of, kind: "wait", untilMs };
    }
    return lastsMs === undefined ? { ...command, ...of } : ({ ...command, ...of, untilMs: nowMs + lastsMs } as Command);
  }

  /** For a further attempt: the same as at first, as nothing that it sees has changed. */
  #draftAgain(activation: Activation) {
    const drafted = draftOf(activation.step as Doing, activation.sequence.scope, this.#compiled.hosts);
    if (!drafted.ok) {
      throw new Error(`"${activation.path}" was evaluated before, and now: ${drafted.error.message}`);
    }
    activation.draft = drafted.draft;
    return drafted.draft;
  }

  #recordFailure({ path, attempt }: { readonly path: string; readonly attempt: number }, error: StepError): Command {
    return { kind: "record_failure", path, attempt, key: this.#key(path), error };
  }

  #runTimeout(): Command {
    return this.#recordFailure(
      { path: "", attempt: this.part === "main" ? 1 : 2 },
      {
        class: "timeout",
        code: "run_timeout",
        message: `The run took longer than its timeout of ${this.#compiled.timeoutMs} ms.`,
      },
    );
  }

  #fallDue(activation: Activation, nowMs: number, commands: Command[]): void {
    if (activation.phase === "retrying") {
      activation.given = true;
      commands.push(this.#command(activation, nowMs));
      return;
    }
    const { path, attempt } = activation;
    const of = { path, attempt, key: this.#key(path) };
    switch (activation.kind) {
      case "wait":
        commands.push({ ...of, kind: "record", output: null });
        return;
      case "wait_for_event":
        commands.push({ ...of, kind: "record", output: { event: null } });
        return;
      case "approve":
        commands.push({ ...of, kind: "record", output: { approved: null, by: null, at: null, reason: null } });
        return;
      default:
        commands.push(
          this.#recordFailure(activation, {
            class: "timeout",
            code: "step_timeout",
            message: "It was waited for until its timeout, and no answer came.",
          }),
        );
    }
  }

  // ------------------------------------------------------------------------------------------------------ entries

  #take(entry: Entry): void {
    this.#entries += 1;
    this.#clockMs = Math.max(this.#clockMs, entry.atMs);
    if (entry.kind === "cancelled") {
      this.#cancel(entry.reason);
    } else if (entry.path === "") {
      this.#takeOfRun(entry);
    } else {
      this.#takeOfStep(entry);
    }
    if (this.#ending === undefined) {
      this.#boundEntries();
    }
  }

  #takeOfRun(entry: Exclude<Entry, { readonly kind: "cancelled" }>): void {
    if (entry.kind !== "failed") {
      throw new JournalMismatch(entry, "a run as a whole can only fail or be cancelled");
    }
    if (this.part === "main") {
      this.#fail(entry.error);
    } else if (entry.attempt > 1) {
      this.#endNow();
    }
  }

  #takeOfStep(entry: Exclude<Entry, { readonly kind: "cancelled" }>): void {
    const activation = this.#open.get(entry.path);
    if (activation === undefined) {
      throw new JournalMismatch(entry, "this run waits for nothing there");
    }
    if (entry.attempt > activation.attempt) {
      throw new JournalMismatch(entry, `attempt ${entry.attempt} comes after attempt ${activation.attempt}`);
    }
    switch (entry.kind) {
      case "completed":
        // Of an attempt that was thought lost, too: it is true, and the key was the same.
        this.#settle(activation);
        if (activation.givenUp) {
          this.#doneLate(activation, entry.output);
        } else {
          this.#complete(activation, entry.output, jsonSize(entry.output, OUTPUT_BYTES_MAX), true);
        }
        return;
      case "failed":
        if (entry.attempt === activation.attempt) {
          this.#takeFailed(activation, entry.error, entry.retryAtMs);
        }
        return;
      case "began":
        if (entry.attempt === activation.attempt) {
          activation.phase = "began";
          activation.stamp += 1;
          this.#wanting.push(activation);
        }
        return;
      case "waiting":
        if (entry.attempt === activation.attempt) {
          this.#takeWaiting(activation, entry.untilMs);
        }
        return;
      default:
        unreachable(entry);
    }
  }

  #takeFailed(activation: Activation, error: StepError, retryAtMs: number | undefined): void {
    if (retryAtMs === undefined || activation.givenUp) {
      this.#settle(activation);
      if (!activation.givenUp) {
        this.#failed(activation, error);
      }
      return;
    }
    activation.attempt += 1;
    activation.phase = "retrying";
    activation.given = false;
    activation.stamp += 1;
    this.#due.add(new Moment(retryAtMs, activation, this));
  }

  #takeWaiting(activation: Activation, untilMs: number | undefined): void {
    activation.phase = "waiting";
    activation.stamp += 1;
    if (activation.kind !== "wait_for_event") {
      activation.draft = undefined;
    }
    if (activation.givenUp) {
      this.#unwanted.push(activation);
    } else if (untilMs !== undefined) {
      this.#due.add(new Moment(untilMs, activation, this));
    }
  }

  #settle(activation: Activation): void {
    activation.phase = "settled";
    activation.stamp += 1;
    activation.draft = undefined;
    this.#open.delete(activation.path);
  }

  #boundEntries(): void {
    if (this.part === "main" && this.#entries > ENTRIES_MAX) {
      this.#fail(tooLong(`The run has more than ${ENTRIES_MAX} entries.`));
    } else if (this.#entries > 2 * ENTRIES_MAX) {
      this.#endNow();
    }
  }

  // -------------------------------------------------------------------------------------------------- pure work

  #work(): void {
    let units = WORK_PER_CALL;
    while (units > 0 && this.#ending === undefined) {
      const item = this.#agenda.pop();
      if (item !== undefined) {
        units -= item instanceof Sequence ? this.#advance(item) : this.#beginLanes(item);
        continue;
      }
      const entry = this.#inbox.shift();
      if (entry === undefined) {
        return;
      }
      this.#take(entry);
      units -= 1;
    }
  }

  /** Until it must wait, is done, or fails: never half way, so that it does not matter how much one call of `next` does. */
  #advance(sequence: Sequence): number {
    let begun = 1;
    while (!sequence.over && this.#ending === undefined) {
      const step = sequence.steps[sequence.position];
      if (step === undefined) {
        sequence.over = true;
        this.#finished(sequence);
        break;
      }
      begun += 1;
      this.#stepsBegun += 1;
      if (this.#stepsBegun > STEPS_BEGUN_MAX) {
        this.#overflow();
        break;
      }
      if (!this.#begin(sequence, step)) {
        break;
      }
    }
    return begun;
  }

  #overflow(): void {
    if (this.part === "main") {
      this.#fail(tooLong(`The run began more than ${STEPS_BEGUN_MAX} steps.`));
      // As many again for what follows, as with entries.
      this.#stepsBegun = 0;
    } else {
      this.#endNow();
    }
  }

  /** True when the step is done already. */
  #begin(sequence: Sequence, step: CompiledStep): boolean {
    const path = sequence.prefix + step.id;
    const pin = this.#pins?.get(path);
    if (pin !== undefined) {
      return this.#passPinned(sequence, step, path, pin);
    }
    switch (step.kind) {
      case "if":
        this.#beginIf(sequence, step, path);
        return false;
      case "switch":
        this.#beginSwitch(sequence, step, path);
        return false;
      case "for_each":
        this.#beginForEach(sequence, step, path);
        return false;
      case "parallel":
        this.#beginParallel(sequence, step, path);
        return false;
      case "fail":
        this.#beginFail(sequence, step, path);
        return false;
      case "stop":
        this.#beginStop(sequence, step, path);
        return false;
      case "map":
        return step.durable ? this.#open_(sequence, step, path) : this.#beginMap(sequence, step, path);
      default:
        return this.#open_(sequence, step, path);
    }
  }

  /** What another run did, or failed to do: this one does not do it again, and does not compensate it. */
  #passPinned(sequence: Sequence, step: CompiledStep, path: string, pin: Pin): boolean {
    if ("error" in pin) {
      this.#failed(this.#at(sequence, step, path), pin.error);
      return false;
    }
    this.#pass(sequence, step, pin.output, jsonSize(pin.output, OUTPUT_BYTES_MAX), false);
    return !sequence.over;
  }

  #beginMap(sequence: Sequence, step: CompiledStepOf<"map">, path: string): boolean {
    const value = this.#evaluated(sequence, step, path, step.map);
    if (value === undefined) {
      return false;
    }
    const size = jsonSize(value.value, OUTPUT_BYTES_MAX);
    if (size >= OUTPUT_BYTES_MAX) {
      this.#failed(this.#at(sequence, step, path), tooLarge(step.map.at));
      return false;
    }
    this.#pass(sequence, step, value.value, size, true);
    return !sequence.over;
  }

  /** The step wants something done, and an entry. */
  #open_(sequence: Sequence, step: Doing, path: string): false {
    const drafted = draftOf(step, sequence.scope, this.#compiled.hosts);
    if (!drafted.ok) {
      this.#failed(this.#at(sequence, step, path), drafted.error);
      return false;
    }
    const { command } = drafted.draft;
    if (command.kind === "record" && jsonSize(command.output, OUTPUT_BYTES_MAX) >= OUTPUT_BYTES_MAX) {
      this.#failed(this.#at(sequence, step, path), tooLarge(step.at));
      return false;
    }
    const activation = new Activation(step, path, sequence, commandKindOf(step), drafted.draft);
    sequence.current = activation;
    this.#open.set(path, activation);
    this.#wanting.push(activation);
    return false;
  }

  /** An activation for a step that is of structure, or that fails before it does anything. */
  #at(sequence: Sequence, step: CompiledStep, path: string): Activation {
    const activation = new Activation(step, path, sequence, undefined, undefined);
    sequence.current = activation;
    return activation;
  }

  /** Undefined: it has failed, and the step with it. */
  #evaluated(
    sequence: Sequence,
    step: CompiledStep,
    path: string,
    expression: CompiledExpression | CompiledTemplate,
  ): { readonly value: Json } | undefined {
    const evaluated = expression.evaluate(sequence.scope);
    if (evaluated.ok) {
      return evaluated;
    }
    this.#failed(this.#at(sequence, step, path), invalid(evaluated.error));
    return undefined;
  }

  #condition(
    sequence: Sequence,
    step: CompiledStep,
    path: string,
    expression: CompiledExpression,
  ): boolean | undefined {
    const value = this.#evaluated(sequence, step, path, expression)?.value;
    if (value !== undefined && typeof value !== "boolean") {
      this.#failed(
        this.#at(sequence, step, path),
        wrongType(expression.at, "A condition must be true or false", value),
      );
      return undefined;
    }
    return value;
  }

  #beginIf(sequence: Sequence, step: CompiledStepOf<"if">, path: string): void {
    const holds = this.#condition(sequence, step, path, step.if);
    if (holds !== undefined) {
      this.#enter(this.#at(sequence, step, path), holds ? step.then : step.else);
    }
  }

  #beginSwitch(sequence: Sequence, step: CompiledStepOf<"switch">, path: string): void {
    for (const { when, do: steps } of step.cases) {
      const holds = this.#condition(sequence, step, path, when);
      if (holds === undefined) {
        return;
      }
      if (holds) {
        this.#enter(this.#at(sequence, step, path), steps);
        return;
      }
    }
    this.#enter(this.#at(sequence, step, path), step.else);
  }

  #enter(activation: Activation, steps: readonly CompiledStep[]): void {
    const { sequence, path } = activation;
    const child = new Sequence(steps, `${path}.`, sequence.scope, { kind: "branch", of: activation }, sequence.part);
    activation.child = child;
    this.#agenda.push(child);
  }

  #beginForEach(sequence: Sequence, step: CompiledStepOf<"for_each">, path: string): void {
    const list = this.#evaluated(sequence, step, path, step.list)?.value;
    if (list === undefined) {
      return;
    }
    const activation = this.#at(sequence, step, path);
    if (!Array.isArray(list)) {
      this.#failed(activation, wrongType(step.list.at, "What for_each goes through must be a list", list));
      return;
    }
    const items: readonly Json[] = list;
    if (items.length > ITEMS_MAX) {
      this.#failed(activation, {
        class: "invalid",
        code: "too_many_items",
        message: `The list has ${items.length} items, and for_each takes at most ${ITEMS_MAX}.`,
        at: step.list.at,
      });
      return;
    }
    activation.fan = new Fan(items.length, step.parallel, items);
    this.#agenda.push(activation);
  }

  #beginParallel(sequence: Sequence, step: CompiledStepOf<"parallel">, path: string): void {
    const activation = this.#at(sequence, step, path);
    activation.fan = new Fan(step.branches.length, step.branches.length, undefined);
    this.#agenda.push(activation);
  }

  /** Begins the next lane if one more may be under way, and comes again when it got as far as it can; joins them after the last. */
  #beginLanes(activation: Activation): number {
    const { fan } = activation;
    if (fan === undefined || activation.givenUp || fan.over) {
      return 1;
    }
    if (fan.next === fan.results.length) {
      if (fan.live.size === 0) {
        fan.over = true;
        this.#joined(activation, fan);
      }
      return 1;
    }
    if (fan.live.size < fan.limit) {
      const lane = laneOf(activation, fan, fan.next);
      fan.next += 1;
      fan.live.add(lane);
      this.#agenda.push(activation, lane);
    }
    return 1;
  }

  #beginFail(sequence: Sequence, step: CompiledStepOf<"fail">, path: string): void {
    const message = this.#evaluated(sequence, step, path, step.message)?.value;
    if (message !== undefined) {
      this.#failed(this.#at(sequence, step, path), {
        class: "permanent",
        code: step.code,
        message: typeof message === "string" ? message : JSON.stringify(message),
      });
    }
  }

  #beginStop(sequence: Sequence, step: CompiledStepOf<"stop">, path: string): void {
    const output = this.#evaluated(sequence, step, path, step.output)?.value;
    if (output === undefined) {
      return;
    }
    if (sequence.part === "main") {
      this.#end({ state: "completed", output });
    } else {
      this.#afterwards();
    }
  }

  // ------------------------------------------------------------------------------------------ completing, failing

  /** A step that has an activation is done. `itself`: not by what its `on_failure` did instead. */
  #complete(activation: Activation, output: Json, bytes: number, itself: boolean): void {
    const { sequence, step } = activation;
    sequence.current = undefined;
    this.#pass(sequence, step, output, bytes, itself);
    if (!sequence.over) {
      this.#agenda.push(sequence);
    }
  }

  /** Adds what the step did to what the sequence knows. */
  #pass(sequence: Sequence, step: CompiledStep, output: Json, bytes: number, itself: boolean): void {
    sequence.scope = sequence.scope.withStep(step.id, output);
    sequence.last = output;
    sequence.lastBytes = bytes;
    sequence.keptBytes += bytes;
    sequence.position += 1;
    if (itself) {
      this.#owe(sequence, step, sequence.scope);
    }
    this.#keep(bytes);
  }

  #owe(sequence: Sequence, step: CompiledStep, scope: Scope): void {
    if (sequence.part === "main" && step.compensate !== undefined && step.compensate.length > 0) {
      this.#done.push({ steps: step.compensate, prefix: `${sequence.prefix}~${step.id}.`, scope });
    }
  }

  /** Nobody waits for it any more, but it happened: it is the first to be compensated. */
  #doneLate({ sequence, step }: Activation, output: Json): void {
    this.#owe(sequence, step, sequence.scope.withStep(step.id, output));
  }

  #keep(bytes: number): void {
    this.#keptBytes += bytes;
    if (this.#keptBytes > RUN_BYTES_MAX && this.part === "main") {
      this.#fail({
        class: "invalid",
        code: "result_too_large",
        message: `The run keeps more than ${RUN_BYTES_MAX} bytes of what its steps output.`,
      });
    }
  }

  #failed(activation: Activation, error: StepError): void {
    const { step, sequence, path } = activation;
    const told = error.path === undefined ? { ...error, path } : error;
    const handler = step.onFailure;
    if (handler === undefined || handler.length === 0) {
      this.#sequenceFailed(sequence, told);
      return;
    }
    const child = new Sequence(
      handler,
      `${sequence.prefix}!${step.id}.`,
      sequence.scope.withError(errorContext(told)),
      { kind: "on_failure", of: activation },
      sequence.part,
    );
    activation.phase = "within";
    activation.child = child;
    this.#agenda.push(child);
  }

  #finished(sequence: Sequence): void {
    const { owner } = sequence;
    switch (owner.kind) {
      case "run":
        this.#runFinished();
        return;
      case "run_on_failure":
      case "compensation":
        this.#afterwards();
        return;
      case "branch":
        this.#keptBytes -= sequence.keptBytes;
        this.#complete(owner.of, sequence.last, sequence.lastBytes, true);
        return;
      case "on_failure":
        this.#keptBytes -= sequence.keptBytes;
        this.#complete(owner.of, sequence.last, sequence.lastBytes, false);
        return;
      case "lane":
        this.#laneFinished(sequence, owner.of, owner.fan, owner.index);
        return;
      default:
        unreachable(owner);
    }
  }

  #sequenceFailed(sequence: Sequence, error: StepError): void {
    const { owner } = sequence;
    sequence.over = true;
    switch (owner.kind) {
      case "run":
        this.#fail(error);
        return;
      case "run_on_failure":
      case "compensation":
        // Recorded where it has entries; what follows is done all the same.
        this.#afterwards();
        return;
      case "branch":
        this.#keptBytes -= sequence.keptBytes;
        this.#failed(owner.of, error);
        return;
      case "on_failure":
        this.#keptBytes -= sequence.keptBytes;
        this.#sequenceFailed(owner.of.sequence, error);
        return;
      case "lane":
        this.#laneFailed(sequence, owner.of, owner.fan, owner.index, error);
        return;
      default:
        unreachable(owner);
    }
  }

  #laneFinished(lane: Sequence, of: Activation, fan: Fan, index: number): void {
    const { step } = of;
    this.#keptBytes -= lane.keptBytes;
    let { last: result, lastBytes: bytes } = lane;
    if (step.kind === "for_each" && step.output !== undefined) {
      const evaluated = step.output.evaluate(lane.scope);
      if (!evaluated.ok) {
        this.#laneFailed(lane, of, fan, index, invalid(evaluated.error));
        return;
      }
      result = evaluated.value;
      bytes = jsonSize(result, OUTPUT_BYTES_MAX);
    }
    fan.live.delete(lane);
    fan.results[index] = result;
    fan.keptBytes += bytes;
    if (fan.keptBytes >= OUTPUT_BYTES_MAX) {
      this.#abandonFan(fan);
      this.#failed(of, tooLarge(step.at));
      return;
    }
    this.#keep(bytes);
    this.#agenda.push(of);
  }

  #laneFailed(lane: Sequence, of: Activation, fan: Fan, index: number, error: StepError): void {
    const { step } = of;
    fan.live.delete(lane);
    fan.failures.push({ index, error });
    if (fan.failures.length > (step.kind === "for_each" ? step.tolerate : 0)) {
      this.#abandonFan(fan);
      this.#failed(of, error);
      return;
    }
    this.#agenda.push(of);
  }

  #abandonFan(fan: Fan): void {
    fan.over = true;
    this.#keptBytes -= fan.keptBytes;
    for (const lane of fan.live) {
      this.#giveUp(lane);
    }
    fan.live.clear();
  }

  #joined(activation: Activation, fan: Fan): void {
    const { step } = activation;
    this.#keptBytes -= fan.keptBytes;
    if (step.kind === "parallel") {
      const output = Object.fromEntries(step.branches.map(({ name }, index) => [name, fan.results[index] ?? null]));
      this.#complete(activation, output, fan.keptBytes, true);
      return;
    }
    if (step.kind === "for_each" && step.reportsFailures) {
      const failures = fan.failures
        .sort((a, b) => a.index - b.index)
        .map(({ index, error }) => ({ index, error: errorContext(error) as Json }));
      this.#complete(activation, { results: fan.results, failures }, fan.keptBytes, true);
      return;
    }
    this.#complete(activation, fan.results, fan.keptBytes, true);
  }

  // ------------------------------------------------------------------------------------------------- the run's end

  #runFinished(): void {
    const evaluated = this.#compiled.output.evaluate(this.#root.scope);
    if (!evaluated.ok) {
      this.#fail(invalid(evaluated.error));
      return;
    }
    if (jsonSize(evaluated.value, OUTPUT_BYTES_MAX) >= OUTPUT_BYTES_MAX) {
      this.#fail(tooLarge(this.#compiled.output.at));
      return;
    }
    this.#end({ state: "completed", output: evaluated.value });
  }

  #fail(error: StepError): void {
    const { onFailure } = this.#compiled;
    const scope = this.#root.scope.withError(errorContext(error));
    this.#leaveMain({ state: "failed", error });
    if (onFailure.length === 0) {
      this.#afterwards();
    } else {
      this.#follow(new Sequence(onFailure, "!.", scope, { kind: "run_on_failure" }, "after"));
    }
  }

  #cancel(reason: string): void {
    if (this.part === "main") {
      this.#leaveMain({ state: "cancelled", reason });
      this.#afterwards();
    } else if (this.#after?.owner.kind === "run_on_failure") {
      // What was done is compensated all the same, so a second request to cancel changes nothing.
      this.#afterwards();
    }
  }

  #leaveMain(verdict: Verdict): void {
    this.#giveUp(this.#root);
    this.#verdict = verdict;
    this.part = "after";
    // What follows has as long as the run had.
    this.#due.add(new Moment(this.#clockMs + this.#compiled.timeoutMs, undefined, this));
  }

  /** The next compensation, or the end. */
  #afterwards(): void {
    if (this.#after !== undefined) {
      this.#giveUp(this.#after);
      this.#after = undefined;
    }
    const done = this.#done.pop();
    if (done === undefined) {
      this.#endNow();
    } else {
      this.#follow(new Sequence(done.steps, done.prefix, done.scope, { kind: "compensation" }, "after"));
    }
  }

  #follow(sequence: Sequence): void {
    this.#after = sequence;
    this.#agenda.push(sequence);
  }

  #endNow(): void {
    if (this.#verdict === undefined) {
      throw new Error("A run that has no verdict cannot end before its steps do.");
    }
    this.#end(this.#verdict);
  }

  #end(ending: Ending): void {
    this.#ending = ending;
    this.#agenda.length = 0;
    this.#inbox.clear();
    this.#open.clear();
    this.#wanting = [];
    this.#unwanted = [];
  }

  /** Nothing of it goes on. What may still answer from outside stays open. */
  #giveUp(sequence: Sequence): void {
    sequence.over = true;
    const activation = sequence.current;
    if (activation === undefined || activation.givenUp) {
      return;
    }
    activation.givenUp = true;
    activation.stamp += 1;
    if (activation.child !== undefined) {
      this.#giveUp(activation.child);
    }
    if (activation.fan !== undefined) {
      this.#abandonFan(activation.fan);
    }
    const { kind, phase, given } = activation;
    const underWay = phase === "waiting" || (given && phase !== "settled" && phase !== "within");
    if (kind !== undefined && kind !== "record" && underWay) {
      this.#unwanted.push(activation);
    }
  }
}

function laneOf(of: Activation, fan: Fan, index: number): Sequence {
  const { step, path, sequence } = of;
  const owner = { kind: "lane", of, fan, index } as const;
  if (step.kind === "for_each") {
    const scope = sequence.scope.withItem(fan.items?.[index] ?? null, index);
    return new Sequence(step.do, `${path}[${index}].`, scope, owner, sequence.part);
  }
  const branch = step.kind === "parallel" ? step.branches[index] : undefined;
  if (branch === undefined) {
    throw new Error(`"${path}" has no lane ${index}.`);
  }
  return new Sequence(branch.steps, `${path}.${branch.name}.`, sequence.scope, owner, sequence.part);
}

function tooLong(message: string): StepError {
  return { class: "invalid", code: "run_too_long", message };
}

function tooLarge(at: string): StepError {
  return {
    class: "invalid",
    code: "result_too_large",
    message: `The output has more than ${OUTPUT_BYTES_MAX} bytes, which is the most that a step may output.`,
    at,
  };
}
