import { unreachable } from "#kernel/plain";
import type { CompiledFlow, CompiledStep } from "../compiled.ts";
import type { Json, StepKind } from "../definition.ts";
import { inputError, isBatchInput } from "../input.ts";
import type {
  Command,
  CommandOf,
  Ending,
  Entry,
  EventFactsOfRun,
  HttpRequest,
  Machine,
  Start,
  StepError,
  StepLogs,
  TriggerFacts,
} from "../journal.ts";
import { createMachine } from "../machine/machine.ts";
import { idAt, ofAllItems, type PinnedResult, type Pins, pinFor, resultOf, stepErrorOf } from "./pins.ts";

/** What is played, and in which world. */
export interface Rehearsal {
  readonly input?: Json;
  /**
   * Default: by hand; a batch, where the flow gathers and the input is a list. An event's data is the input unless `input` says otherwise.
   */
  readonly trigger?: TriggerFacts;
  /** ms since 1970 at which the run starts. Default 2030-01-01T00:00:00Z. */
  readonly startMs?: number;
  /** What steps that reach outside lead to. */
  readonly results?: Pins;
  /** Events of the application that come while the run goes on, by time. */
  readonly events?: readonly RehearsedEvent[];
  /** What people decide, by path or id of the `approve` step. */
  readonly approvals?: Readonly<Record<string, RehearsedApproval>>;
  /** Cancels the run so long after its start. */
  readonly cancelAfterMs?: number;
  /** Runs the programs of `code` steps that are not pinned. */
  readonly codeRunner?: (code: string, input: Json, timeoutMs: number) => PinnedResult;
  readonly runId?: string;
}

export interface RehearsedEvent {
  /** So long after the start of the run. */
  readonly afterMs: number;
  readonly type: string;
  readonly data: Json;
  readonly channels?: readonly string[];
}

export interface RehearsedApproval {
  readonly approved: boolean;
  readonly by?: string;
  readonly reason?: string;
  /** After it was asked for. Default 0. */
  readonly afterMs?: number;
}

/** What a step did. Pure steps leave no trace: what they gave is seen in the steps after them. */
export interface RehearsedStep {
  readonly path: string;
  readonly id: string;
  readonly kind: StepKind;
  readonly state: "completed" | "failed" | "given_up" | "waiting";
  readonly attempts: number;
  /** By the virtual clock. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly output: Json | undefined;
  readonly error: StepError | undefined;
}

export interface Rehearsed {
  /** Undefined: it did not end, `problem` says why. */
  readonly ending: Ending | undefined;
  readonly problem: RehearsalProblem | undefined;
  /** By the virtual clock. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly steps: readonly RehearsedStep[];
  readonly emitted: readonly {
    readonly path: string;
    readonly type: string;
    readonly data: Json;
    readonly channels: readonly string[];
  }[];
  readonly tasks: readonly {
    readonly path: string;
    readonly attempt: number;
    readonly name: string;
    readonly queue: string;
    readonly input: Json;
  }[];
  readonly requests: readonly {
    readonly path: string;
    readonly attempt: number;
    readonly key: string;
    readonly request: HttpRequest;
  }[];
  readonly calls: readonly { readonly path: string; readonly flow: string; readonly input: Json }[];
  /** What was answered to whoever waits. */
  readonly response: { readonly status: number; readonly body: Json } | undefined;
  /** What programs wrote, line by line, in order. */
  readonly logs: readonly { readonly path: string; readonly attempt: number; readonly text: string }[];
  /** All entries, as the journal of a real run would have them. */
  readonly timeline: readonly Entry[];
}

export interface RehearsalProblem {
  readonly code: "result_missing" | "never_ends";
  /** A sentence that says what to do. */
  readonly message: string;
  readonly path: string;
}

export const REHEARSAL_START_MS = Date.UTC(2030, 0, 1);
const ROUNDS_MAX = 200_000;

/**
 * Plays a run from start to end by a virtual clock: days of waiting take no time. An input that does not fit the flow's schema fails the run
 * before its first step (`input_invalid`), as it does in the engine. Nothing leaves: what a step outside would have done
 * is pinned, and a step without a pin stops the rehearsal with a sentence that says how to give it one.
 */
export function rehearse(compiled: CompiledFlow, rehearsal: Rehearsal): Rehearsed {
  return new Stage(compiled, rehearsal).play();
}

interface Coming {
  readonly atMs: number;
  readonly come: () => void;
}

interface Trace {
  readonly step: CompiledStep;
  readonly startedAtMs: number;
  state: RehearsedStep["state"];
  attempts: number;
  endedAtMs: number | undefined;
  output: Json | undefined;
  error: StepError | undefined;
}

class Stage {
  readonly #compiled: CompiledFlow;
  readonly #rehearsal: Rehearsal;
  readonly #start: Start;
  readonly #machine: Machine;
  #nowMs: number;
  readonly #coming: Coming[] = [];
  #problem: RehearsalProblem | undefined;
  readonly #traces = new Map<string, Trace>();
  readonly #timeline: Entry[] = [];
  readonly #emitted: Rehearsed["emitted"][number][] = [];
  readonly #tasks: Rehearsed["tasks"][number][] = [];
  readonly #requests: Rehearsed["requests"][number][] = [];
  readonly #calls: Rehearsed["calls"][number][] = [];
  #response: Rehearsed["response"];

  constructor(compiled: CompiledFlow, rehearsal: Rehearsal) {
    this.#compiled = compiled;
    this.#rehearsal = rehearsal;
    this.#start = startOf(compiled, rehearsal);
    this.#nowMs = this.#start.startedAtMs;
    this.#machine = createMachine(compiled, this.#start);
    for (const event of rehearsal.events ?? []) {
      this.#later(event.afterMs, () => this.#event(event));
    }
    if (rehearsal.cancelAfterMs !== undefined) {
      this.#later(rehearsal.cancelAfterMs, () =>
        this.#record({ kind: "cancelled", path: "", atMs: this.#nowMs, reason: "rehearsed" }),
      );
    }
  }

  play(): Rehearsed {
    const { trigger, input } = this.#start;
    const misfit = inputError(this.#compiled, input, isBatchInput(this.#compiled, trigger.kind, input));
    if (misfit !== undefined) {
      return this.#rehearsed({ state: "failed", error: misfit });
    }
    for (let round = 0; round < ROUNDS_MAX && this.#problem === undefined; round += 1) {
      const commands = this.#machine.next(this.#nowMs);
      if (this.#machine.ending !== undefined) {
        return this.#rehearsed(this.#machine.ending);
      }
      for (const command of commands) {
        if (this.#problem === undefined) {
          this.#do(command);
        }
      }
      if (commands.length === 0 && !this.#machine.busy) {
        this.#pass();
      }
    }
    this.#problem ??= { code: "never_ends", path: "", message: `The run did not end within ${ROUNDS_MAX} rounds.` };
    return this.#rehearsed(undefined);
  }

  // -------------------------------------------------------------------------------------------------------- time

  #later(afterMs: number, come: () => void): void {
    const atMs = this.#nowMs + afterMs;
    // Sorted as they are added, behind those of the same time: few are under way at once.
    let at = this.#coming.length;
    while (at > 0 && (this.#coming[at - 1]?.atMs ?? 0) > atMs) {
      at -= 1;
    }
    this.#coming.splice(at, 0, { atMs, come });
  }

  #pass(): void {
    const comingMs = this.#coming[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const dueMs = this.#machine.dueAtMs ?? Number.POSITIVE_INFINITY;
    this.#nowMs = Math.max(this.#nowMs, Math.min(comingMs, dueMs));
    // What arrives at the moment of a timeout is in time.
    if (comingMs <= dueMs) {
      this.#coming.shift()?.come();
    }
  }

  #event({ type, data, channels }: RehearsedEvent): void {
    const event: EventFactsOfRun = {
      id: `msg_rehearsed_${this.#timeline.length}`,
      type,
      channels: channels ?? [],
      data,
      receivedAtMs: this.#nowMs,
    };
    const waiting = this.#timeline.filter(({ kind }) => kind === "waiting").map(({ path }) => path);
    for (const path of new Set(waiting)) {
      if (this.#machine.wants(path, event)) {
        const attempt = this.#machine.awaits(path)?.attempt ?? 1;
        const { id, receivedAtMs } = event;
        const received_at = new Date(receivedAtMs).toISOString();
        this.#complete(path, attempt, { event: { id, type, channels: event.channels, data, received_at } });
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------ commands

  #do(command: Command): void {
    const { path, attempt, kind } = command;
    if (kind === "give_up") {
      this.#trace(path, (trace) => {
        trace.state = "given_up";
        trace.endedAtMs = this.#nowMs;
      });
      return;
    }
    if (path !== "" && this.#machine.awaits(path)?.attempt !== attempt) {
      return;
    }
    if (path !== "") {
      this.#begin(path, attempt);
    }
    switch (command.kind) {
      case "record":
        if (command.respond !== undefined) {
          this.#response ??= { status: command.respond.status, body: command.output };
        }
        this.#complete(path, attempt, command.output);
        return;
      case "record_failure":
        this.#fail(path, attempt, command.error, undefined);
        return;
      case "http":
        this.#requests.push({ path, attempt, key: command.key, request: command.request });
        this.#pinned(command, `output: { status: 200, headers: {}, body: { … } }`);
        return;
      case "code":
        this.#code(command);
        return;
      case "task":
        this.#tasks.push({ path, attempt, name: command.name, queue: command.queue, input: command.input });
        this.#waiting(path, attempt, command.timeoutMs === undefined ? undefined : this.#nowMs + command.timeoutMs);
        this.#pinned(command, "output: …");
        return;
      case "emit":
        this.#emitted.push({ path, type: command.type, data: command.data, channels: command.channels });
        this.#outcome(command, this.#resultOf(command) ?? { output: { id: `msg_rehearsed_${this.#emitted.length}` } });
        return;
      case "call":
        this.#call(command);
        return;
      case "wait":
      case "wait_for_event":
        this.#waiting(path, attempt, command.untilMs);
        this.#ifPinned(command);
        return;
      case "approve":
        this.#waiting(path, attempt, command.untilMs);
        this.#approve(command);
        return;
      default:
        unreachable(command);
    }
  }

  #resultOf(command: Command): PinnedResult | undefined {
    const pin = pinFor(this.#rehearsal.results ?? {}, command.path);
    return pin === undefined ? undefined : resultOf(pin, command);
  }

  #ifPinned(command: Command): void {
    const result = this.#resultOf(command);
    if (result !== undefined) {
      this.#outcome(command, result);
    }
  }

  #pinned(command: Command, example: string): void {
    const result = this.#resultOf(command);
    if (result !== undefined) {
      this.#outcome(command, result);
      return;
    }
    const { path, kind, attempt } = command;
    const name = ofAllItems(path);
    this.#problem = {
      code: "result_missing",
      path,
      message: `The step "${path}" (${kind}, attempt ${attempt}) reaches outside and has no result in this rehearsal. Pin one, for instance under results: { ${/[^\w]/.test(name) ? JSON.stringify(name) : name}: { ${example} } }.`,
    };
  }

  #code(command: CommandOf<"code">): void {
    const { codeRunner } = this.#rehearsal;
    const result = this.#resultOf(command) ?? codeRunner?.(command.code, command.input, command.timeoutMs);
    if (result === undefined) {
      this.#pinned(command, "output: …");
    } else {
      this.#outcome(command, result);
    }
  }

  #call(command: CommandOf<"call">): void {
    const { path, attempt, flow, input, wait } = command;
    this.#calls.push({ path, flow, input });
    if (wait) {
      this.#waiting(path, attempt, command.untilMs);
      this.#pinned(command, "output: …");
    } else {
      this.#outcome(command, this.#resultOf(command) ?? { output: { run: `run_rehearsed_${this.#calls.length}` } });
    }
  }

  #approve(command: CommandOf<"approve">): void {
    const { path } = command;
    const approvals = this.#rehearsal.approvals ?? {};
    const decision = approvals[path] ?? approvals[ofAllItems(path)] ?? approvals[idAt(path)];
    if (decision === undefined) {
      this.#ifPinned(command);
      return;
    }
    const { approved, by = "somebody", reason = "", afterMs = 0 } = decision;
    const at = new Date(this.#nowMs + afterMs).toISOString();
    this.#outcome(command, { output: { approved, by, at, reason }, afterMs });
  }

  #outcome(command: Command, result: PinnedResult): void {
    const { path, attempt } = command;
    const come = () => {
      if (this.#machine.awaits(path)?.attempt !== attempt) {
        return;
      }
      if ("output" in result) {
        this.#complete(path, attempt, result.output, result.logs);
      } else {
        this.#fail(path, attempt, stepErrorOf(result.error), result.error.retryAfterMs, result.logs);
      }
    };
    if (result.afterMs === undefined || result.afterMs <= 0) {
      come();
    } else {
      this.#later(result.afterMs, come);
    }
  }

  // ------------------------------------------------------------------------------------------------------- entries

  #record(entry: Entry): void {
    this.#timeline.push(entry);
    this.#machine.apply(entry);
  }

  #begin(path: string, attempt: number): void {
    const known = this.#traces.get(path);
    if (known !== undefined) {
      known.attempts = attempt;
      return;
    }
    const step = this.#compiled.byId.get(idAt(path));
    if (step !== undefined) {
      const begun = { startedAtMs: this.#nowMs, state: "waiting", endedAtMs: undefined } as const;
      this.#traces.set(path, { step, ...begun, attempts: attempt, output: undefined, error: undefined });
    }
  }

  #trace(path: string, change: (trace: Trace) => void): void {
    const trace = this.#traces.get(path);
    if (trace !== undefined) {
      change(trace);
    }
  }

  #waiting(path: string, attempt: number, untilMs: number | undefined): void {
    this.#record({ kind: "waiting", path, attempt, atMs: this.#nowMs, ...(untilMs !== undefined && { untilMs }) });
  }

  #complete(path: string, attempt: number, output: Json, logs?: StepLogs): void {
    this.#trace(path, (trace) => {
      Object.assign(trace, { state: "completed", endedAtMs: this.#nowMs, output, error: undefined });
    });
    this.#record({ kind: "completed", path, attempt, atMs: this.#nowMs, output, ...(logs !== undefined && { logs }) });
  }

  #fail(path: string, attempt: number, error: StepError, retryAfterMs: number | undefined, logs?: StepLogs): void {
    const notBeforeMs = retryAfterMs === undefined ? undefined : this.#nowMs + retryAfterMs;
    // Without spread: a rehearsal is the same each time.
    const entry = this.#machine.failure(path, attempt, error, this.#nowMs, 0.5, notBeforeMs);
    const final = entry.kind === "failed" && entry.retryAtMs === undefined;
    this.#trace(path, (trace) => {
      trace.error = error;
      if (final) {
        trace.state = "failed";
        trace.endedAtMs = this.#nowMs;
      }
    });
    this.#record(logs === undefined || entry.kind !== "failed" ? entry : { ...entry, logs });
  }

  #rehearsed(ending: Ending | undefined): Rehearsed {
    return {
      ending,
      problem: this.#problem,
      startedAtMs: this.#start.startedAtMs,
      endedAtMs: this.#nowMs,
      steps: Array.from(this.#traces, ([path, { step, ...trace }]) => ({
        path,
        id: step.id,
        kind: step.kind,
        ...trace,
      })),
      emitted: this.#emitted,
      tasks: this.#tasks,
      requests: this.#requests,
      calls: this.#calls,
      response: this.#response,
      logs: this.#timeline.flatMap((entry) =>
        entry.kind === "completed" || entry.kind === "failed"
          ? (entry.logs ?? []).map((text) => ({ path: entry.path, attempt: entry.attempt, text }))
          : [],
      ),
      timeline: this.#timeline,
    };
  }
}

/** What the run begins with. */
export function inputOf({ input, trigger }: Rehearsal): Json {
  return input ?? (trigger !== undefined && "event" in trigger ? (trigger.event?.data ?? null) : null);
}

function startOf(compiled: CompiledFlow, rehearsal: Rehearsal): Start {
  const { trigger, startMs, runId } = rehearsal;
  const approvals = [...compiled.byId.values()].filter(({ kind }) => kind === "approve");
  const begunWith = inputOf(rehearsal);
  return {
    runId: runId ?? "run_rehearsed",
    version: 1,
    startedAtMs: startMs ?? REHEARSAL_START_MS,
    trigger: trigger ?? triggerOf(compiled, begunWith),
    input: begunWith,
    approveUrls: Object.fromEntries(approvals.map(({ id }) => [id, `https://posthorn.invalid/approve/${id}`])),
  };
}

function triggerOf({ control }: CompiledFlow, input: Json): TriggerFacts {
  return control.batch !== undefined && Array.isArray(input)
    ? { kind: "batch", count: input.length }
    : { kind: "manual" };
}
