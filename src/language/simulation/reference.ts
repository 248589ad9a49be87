import { type CompiledFlow, type CompiledStep, type Context, Timestamp } from "../compiled.ts";
import type { Json } from "../definition.ts";
import type { Ending, StepError } from "../journal.ts";
import { spanOf } from "../span.ts";
import type { Script } from "./script.ts";

/** What happened to a run that its script does not say: by the driver's dice, at times of the virtual clock. */
export interface Accidents {
  /** Writes whose process was lost, by `path#attempt`: when. */
  readonly lost: ReadonlyMap<string, number>;
  /** Answers that came to steps that had been given up, by `path#attempt`. */
  readonly late: ReadonlySet<string>;
  readonly cancelAtMs: number | undefined;
  /**
   * How much later a run goes on after what is recorded as soon as it is asked for (an event, a durable value). Steps that are asked for at
   * one instant may all be recorded before one of them leads to the end of the others. Absent: at once.
   */
  readonly lagMs?: (path: string) => number;
  /**
   * When each wish was granted, of a run that is over: the reference then follows these times instead of scripted spans, timers and retries.
   * What is not in it was given up before it was recorded. Absent: times are the script's.
   */
  readonly moments?: (path: string, attempt: number) => Moments;
}

/** When something was recorded of one attempt of a step, on the virtual clock; undefined: never. */
export interface Moments {
  /** It was asked of others (a task, a child, a person, a timer). */
  readonly askedMs: number | undefined;
  /** Its end. */
  readonly endedMs: number | undefined;
}

export interface Asked {
  readonly kind: string;
  readonly path: string;
  readonly attempt: number;
  readonly atMs: number;
  /** What is sent, as JSON. */
  readonly payload: Json;
}

export interface Outcome {
  readonly ending: Ending;
  /** Everything that was asked of the world, in order. */
  readonly asked: readonly Asked[];
  /** What was recorded as completed, by path. */
  readonly completed: ReadonlyMap<string, Json>;
}

/**
 * The meaning of a definition, told as simply as it can be told: a list of steps is a loop, a failure is an exception, what runs at
 * once are coroutines, and time is a list of what comes next. It keeps no journal and cannot be interrupted; it shares the compiled
 * expressions with the machine and nothing else.
 */
export function interpret(
  compiled: CompiledFlow,
  start: { readonly runId: string; readonly startedAtMs: number; readonly input: Json },
  script: Script,
  accidents: Accidents,
): Outcome {
  return new World(compiled, start, script, accidents).run();
}

class StepFailed {
  readonly error: StepError;
  constructor(error: StepError) {
    this.error = error;
  }
}

class Stopped {
  readonly output: Json;
  constructor(output: Json) {
    this.output = output;
  }
}

interface Seen {
  readonly steps: ReadonlyMap<string, Json>;
  readonly item?: Json;
  readonly index?: number;
  readonly error?: Json;
}

/** What a coroutine waits for. */
type Wish =
  | {
      readonly wish: "answer";
      readonly step: CompiledStep;
      readonly path: string;
      readonly attempt: number;
      /** Not before; undefined: at once. */
      readonly atMs: number | undefined;
      readonly payload: Json;
      /** For those that wait; undefined: none. */
      readonly timeoutMs?: number | undefined;
      readonly late: (output: Json) => void;
    }
  | {
      readonly wish: "lanes";
      readonly lanes: readonly (() => Steps)[];
      readonly limit: number;
      readonly tolerate: number;
    };
type Steps = Generator<Wish, Json, Json>;

interface Coroutine {
  readonly steps: Steps;
  readonly done: (output: Json) => void;
  readonly failed: (error: unknown) => void;
  lanes: Set<Coroutine>;
  over: boolean;
}

interface Coming {
  readonly atMs: number;
  readonly order: number;
  readonly come: () => void;
}

class World {
  readonly #compiled: CompiledFlow;
  readonly #start: { readonly runId: string; readonly startedAtMs: number; readonly input: Json };
  readonly #script: Script;
  readonly #accidents: Accidents;
  #nowMs: number;
  #order = 0;
  #coming: Coming[] = [];
  /** Asked at this instant; sent when nothing else can be done at it. */
  #toAsk: (() => void)[] = [];
  /** What a journal has yet to say of what was asked. */
  readonly #recordings = new Set<() => void>();
  readonly #asked: Asked[] = [];
  readonly #completed = new Map<string, Json>();
  readonly #compensations: (() => Steps)[] = [];
  #main: Coroutine | undefined;
  #after: Coroutine | undefined;
  #verdict: Ending | undefined;
  #ending: Ending | undefined;
  #inMain = true;

  constructor(
    compiled: CompiledFlow,
    start: { readonly runId: string; readonly startedAtMs: number; readonly input: Json },
    script: Script,
    accidents: Accidents,
  ) {
    this.#compiled = compiled;
    this.#start = start;
    this.#script = script;
    this.#accidents = accidents;
    this.#nowMs = start.startedAtMs;
  }

  run(): Outcome {
    if (this.#accidents.cancelAtMs !== undefined) {
      this.#at(this.#accidents.cancelAtMs, () => this.#cancel());
    }
    this.#at(this.#start.startedAtMs + this.#compiled.timeoutMs, () => {
      if (this.#inMain) {
        this.#leave({ state: "failed", error: this.#runTimeout() });
      }
    });
    this.#main = this.#begin(
      this.#all(),
      (output) => this.#end({ state: "completed", output }),
      (error) => this.#leave({ state: "failed", error: (error as StepFailed).error }),
    );
    while (this.#ending === undefined) {
      const asking = this.#toAsk.splice(0);
      for (const ask of asking) {
        this.#at(this.#nowMs, ask);
      }
      this.#coming.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      const next = this.#coming.shift();
      if (next === undefined) {
        throw new Error("The reference waits for nothing and has not ended.");
      }
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.come();
    }
    // Recorded at the moment of the end, after it: it changes nothing any more.
    for (const record of this.#recordings) {
      record();
    }
    return { ending: this.#ending, asked: this.#asked, completed: this.#completed };
  }

  #at(atMs: number, come: () => void): void {
    this.#order += 1;
    this.#coming.push({ atMs, order: this.#order, come });
  }

  // ------------------------------------------------------------------------------------------------- coroutines

  #begin(steps: Steps, done: (output: Json) => void, failed: (error: unknown) => void): Coroutine {
    const coroutine: Coroutine = { steps, done, failed, lanes: new Set(), over: false };
    this.#go(coroutine, () => steps.next());
    return coroutine;
  }

  #go(coroutine: Coroutine, resume: () => IteratorResult<Wish, Json>): void {
    if (coroutine.over || this.#ending !== undefined) {
      return;
    }
    let result: IteratorResult<Wish, Json>;
    try {
      result = resume();
    } catch (error) {
      coroutine.over = true;
      if (error instanceof Stopped && this.#inMain) {
        this.#end({ state: "completed", output: error.output });
        return;
      }
      if (!(error instanceof StepFailed || error instanceof Stopped)) {
        throw error;
      }
      coroutine.failed(error);
      return;
    }
    if (result.done === true) {
      coroutine.over = true;
      coroutine.done(result.value);
      return;
    }
    const wish = result.value;
    switch (wish.wish) {
      case "answer":
        if (this.#accidents.moments !== undefined) {
          this.#toAsk.push(() =>
            this.#askRecorded(coroutine, wish, this.#accidents.moments?.(wish.path, wish.attempt)),
          );
        } else if (wish.atMs === undefined) {
          this.#toAsk.push(() => this.#ask(coroutine, wish));
        } else {
          this.#at(wish.atMs, () => this.#ask(coroutine, wish));
        }
        return;
      case "lanes":
        this.#lanes(coroutine, wish);
    }
  }

  #kill(coroutine: Coroutine | undefined): void {
    if (coroutine !== undefined) {
      coroutine.over = true;
      for (const lane of coroutine.lanes) {
        this.#kill(lane);
      }
    }
  }

  #lanes(parent: Coroutine, { lanes, limit, tolerate }: Extract<Wish, { readonly wish: "lanes" }>): void {
    const results: Json[] = lanes.map(() => null);
    const failures: { index: number; error: StepError }[] = [];
    let next = 0;
    let beginning = false;
    const beginMore = () => {
      if (beginning) {
        return;
      }
      beginning = true;
      while (!parent.over && next < lanes.length && parent.lanes.size < limit && failures.length <= tolerate) {
        const index = next;
        next += 1;
        const placeholder = { over: false } as Coroutine;
        let lane: Coroutine = placeholder;
        parent.lanes.add(placeholder);
        const leave = () => {
          parent.lanes.delete(placeholder);
          parent.lanes.delete(lane);
        };
        const steps = lanes[index]?.();
        if (steps === undefined) {
          throw new Error("A lane without steps.");
        }
        lane = this.#begin(
          steps,
          (output) => {
            leave();
            results[index] = output;
            beginMore();
          },
          (error) => {
            leave();
            if (error instanceof Stopped) {
              this.#kill(parent);
              parent.failed(error);
              return;
            }
            const { error: why } = error as StepFailed;
            failures.push({ index, error: why });
            if (failures.length > tolerate) {
              for (const other of parent.lanes) {
                this.#kill(other);
              }
              parent.lanes.clear();
              next = lanes.length;
              this.#go(parent, () => parent.steps.throw(error));
            } else {
              beginMore();
            }
          },
        );
        if (parent.lanes.delete(placeholder)) {
          parent.lanes.add(lane);
        }
      }
      beginning = false;
      if (next === lanes.length && parent.lanes.size === 0 && failures.length <= tolerate) {
        next += 1;
        failures.sort((a, b) => a.index - b.index);
        const report = failures.map(({ index, error }) => ({ index, error: told(error) }));
        this.#go(parent, () => parent.steps.next({ results, failures: report }));
      }
    };
    beginMore();
  }

  #ask(coroutine: Coroutine, wish: Extract<Wish, { readonly wish: "answer" }>): void {
    if (coroutine.over) {
      return;
    }
    const { step, path, attempt, payload, timeoutMs } = wish;
    const answer = this.#script(path, attempt);
    const succeed = (output: Json) => {
      this.#completed.set(path, output);
      this.#go(coroutine, () => coroutine.steps.next(output));
    };
    const succeedAtOnce = (output: Json) => {
      const lagMs = this.#accidents.lagMs?.(path);
      if (lagMs === undefined) {
        succeed(output);
        return;
      }
      this.#completed.set(path, output);
      this.#at(this.#nowMs + lagMs, () => {
        if (coroutine.over) {
          wish.late(output);
        } else {
          this.#go(coroutine, () => coroutine.steps.next(output));
        }
      });
    };
    const fail = (error: StepError) => this.#go(coroutine, () => coroutine.steps.throw(new StepFailed(error)));
    const asked = { kind: step.kind, path, attempt, atMs: this.#nowMs, payload };
    const deadline = () => (timeoutMs === undefined ? undefined : this.#nowMs + timeoutMs);
    switch (step.kind) {
      case "map":
      case "respond":
        succeedAtOnce(payload);
        return;
      case "emit":
        this.#asked.push(asked);
        succeedAtOnce({ id: `${this.#start.runId}/${path}` });
        return;
      case "wait": {
        const untilMs = Number(payload);
        if (untilMs <= this.#nowMs) {
          succeed(null);
          return;
        }
        this.#asked.push({ ...asked, payload: null });
        this.#at(untilMs, () => coroutine.over || succeed(null));
        return;
      }
      case "http":
      case "code": {
        this.#asked.push(asked);
        const lostAtMs = this.#accidents.lost.get(`${path}#${attempt}`);
        if (lostAtMs !== undefined) {
          this.#at(lostAtMs, () =>
            fail({
              class: "ambiguous",
              code: "lost",
              message: "The process that did this was lost: whether it happened is not known.",
              path,
            }),
          );
          return;
        }
        this.#at(this.#nowMs + answer.afterMs, () => {
          if (!coroutine.over) {
            answer.result.ok ? succeed(answer.result.output) : fail(answer.result.error);
          } else if (answer.result.ok && this.#accidents.late.has(`${path}#${attempt}`)) {
            this.#completed.set(path, answer.result.output);
            wish.late(answer.result.output);
          }
        });
        return;
      }
      case "task":
      case "call": {
        this.#asked.push(asked);
        if (step.kind === "call" && !step.wait) {
          succeedAtOnce({ run: `${this.#start.runId}/${path}` });
          return;
        }
        this.#first(
          coroutine,
          answer.silent ? undefined : this.#nowMs + answer.afterMs,
          () => (answer.result.ok ? succeed(answer.result.output) : fail(answer.result.error)),
          deadline(),
          () =>
            fail({
              class: "timeout",
              code: "step_timeout",
              message: "It was waited for until its timeout, and no answer came.",
              path,
            }),
        );
        return;
      }
      case "wait_for_event":
      case "approve": {
        this.#asked.push(asked);
        const nothing =
          step.kind === "approve" ? { approved: null, by: null, at: null, reason: null } : { event: null };
        this.#first(
          coroutine,
          answer.silent ? undefined : this.#nowMs + answer.afterMs,
          () => succeed({ n: 1, from: path }),
          deadline(),
          () => succeed(nothing),
        );
        return;
      }
      default:
        throw new Error(`A step of kind ${step.kind} asks for nothing.`);
    }
  }

  /** The same wishes at the times of a journal. Recorded is recorded, though another branch gave it up at the same moment. */
  #askRecorded(
    coroutine: Coroutine,
    wish: Extract<Wish, { readonly wish: "answer" }>,
    moments: Moments | undefined,
  ): void {
    if (coroutine.over) {
      return;
    }
    const { step, path, attempt, payload } = wish;
    const { result, silent } = this.#script(path, attempt);
    const isLeftAlone = step.kind === "call" && !step.wait;
    const { askedMs, endedMs } = moments ?? { askedMs: undefined, endedMs: undefined };
    const note = (told: Json) => {
      this.#asked.push({ kind: step.kind, path, attempt, atMs: this.#nowMs, payload: told });
    };
    if (askedMs !== undefined) {
      this.#recordAt(askedMs, () => note(step.kind === "wait" ? null : payload));
    }
    if (endedMs === undefined) {
      return;
    }
    this.#recordAt(endedMs, () => {
      // Of what is waited for, asking is an entry of its own; of an effect of ours, only its end is.
      if (step.kind === "http" || step.kind === "code" || (result.ok && (step.kind === "emit" || isLeftAlone))) {
        note(payload);
      }
      if (!result.ok) {
        this.#go(coroutine, () => coroutine.steps.throw(new StepFailed(result.error)));
        return;
      }
      const output = this.#recordedOutput(wish, silent, result.output);
      this.#completed.set(path, output);
      if (coroutine.over) {
        wish.late(output);
      } else {
        this.#go(coroutine, () => coroutine.steps.next(output));
      }
    });
  }

  #recordAt(atMs: number, record: () => void): void {
    this.#recordings.add(record);
    this.#at(atMs, () => {
      this.#recordings.delete(record);
      record();
    });
  }

  /** What the definition alone decides is computed here; what the world said is the script's. */
  #recordedOutput(
    { step, path, payload }: Extract<Wish, { readonly wish: "answer" }>,
    silent: boolean,
    told: Json,
  ): Json {
    switch (step.kind) {
      case "map":
      case "respond":
        return payload;
      case "emit":
        return { id: `${this.#start.runId}/${path}` };
      case "wait":
        return null;
      case "wait_for_event":
        return silent ? { event: null } : told;
      case "approve":
        return silent ? { approved: null, by: null, at: null, reason: null } : told;
      case "call":
        return step.wait ? told : { run: `${this.#start.runId}/${path}` };
      default:
        return told;
    }
  }

  /** Whichever comes first. */
  #first(coroutine: Coroutine, aMs: number | undefined, a: () => void, bMs: number | undefined, b: () => void): void {
    let came = false;
    const once = (act: () => void) => () => {
      if (!came && !coroutine.over) {
        came = true;
        act();
      }
    };
    if (aMs !== undefined) {
      this.#at(aMs, once(a));
    }
    if (bMs !== undefined) {
      this.#at(bMs, once(b));
    }
  }

  // ------------------------------------------------------------------------------------------------------ the run

  #runTimeout(): StepError {
    return {
      class: "timeout",
      code: "run_timeout",
      message: `The run took longer than its timeout of ${this.#compiled.timeoutMs} ms.`,
    };
  }

  #seen: Seen = { steps: new Map() };

  *#all(): Steps {
    let last: Json = null;
    for (const step of this.#compiled.steps) {
      last = yield* this.#step(step, this.#seen, "", true);
      this.#seen = { steps: new Map(this.#seen.steps).set(step.id, last) };
    }
    return this.#value(this.#compiled.output, this.#seen, undefined);
  }

  #leave(verdict: Ending & { readonly state: "failed" | "cancelled" }): void {
    this.#kill(this.#main);
    this.#inMain = false;
    this.#verdict = verdict;
    this.#at(this.#nowMs + this.#compiled.timeoutMs, () => this.#end(verdict));
    const { onFailure } = this.#compiled;
    if (verdict.state === "failed" && onFailure.length > 0) {
      const seen = { ...this.#seen, error: told(verdict.error) };
      this.#follow(this.#list(onFailure, seen, "!.", false), "on_failure");
    } else {
      this.#compensate();
    }
  }

  #cancel(): void {
    if (this.#inMain) {
      this.#leave({ state: "cancelled", reason: "scripted" });
    } else if (this.#following === "on_failure") {
      this.#kill(this.#after);
      this.#compensate();
    }
  }

  #following: "on_failure" | "compensation" | undefined;

  #follow(steps: Steps, what: "on_failure" | "compensation"): void {
    this.#following = what;
    const on = () => this.#compensate();
    this.#after = this.#begin(steps, on, on);
  }

  #compensate(): void {
    const compensation = this.#compensations.pop();
    if (compensation !== undefined) {
      this.#follow(compensation(), "compensation");
    } else if (this.#verdict !== undefined) {
      this.#end(this.#verdict);
    }
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
  }

  // -------------------------------------------------------------------------------------------------------- steps

  *#list(steps: readonly CompiledStep[], outer: Seen, prefix: string, main: boolean): Steps {
    let seen = outer;
    let last: Json = null;
    for (const step of steps) {
      last = yield* this.#step(step, seen, prefix, main);
      seen = { ...seen, steps: new Map(seen.steps).set(step.id, last) };
    }
    return last;
  }

  *#step(step: CompiledStep, seen: Seen, prefix: string, main: boolean): Steps {
    const owe = (output: Json) => {
      const compensate = step.compensate;
      if (main && compensate !== undefined && compensate.length > 0) {
        const then = { ...seen, steps: new Map(seen.steps).set(step.id, output) };
        this.#compensations.push(() => this.#list(compensate, then, `${prefix}~${step.id}.`, false));
      }
    };
    try {
      const output = yield* this.#act(step, seen, prefix + step.id, main, owe);
      owe(output);
      return output;
    } catch (error) {
      if (!(error instanceof StepFailed) || step.onFailure === undefined || step.onFailure.length === 0) {
        throw error;
      }
      return yield* this.#list(step.onFailure, { ...seen, error: told(error.error) }, `${prefix}!${step.id}.`, main);
    }
  }

  *#act(step: CompiledStep, seen: Seen, path: string, main: boolean, late: (output: Json) => void): Steps {
    const value = (part: Evaluable) => this.#value(part, seen, path);
    switch (step.kind) {
      case "map":
        if (!step.durable) {
          return value(step.map);
        }
        return yield { wish: "answer", step, path, attempt: 1, atMs: undefined, payload: value(step.map), late };
      case "if":
        return yield* this.#list(value(step.if) === true ? step.then : step.else, seen, `${path}.`, main);
      case "switch":
        for (const { when, do: steps } of step.cases) {
          if (value(when) === true) {
            return yield* this.#list(steps, seen, `${path}.`, main);
          }
        }
        return yield* this.#list(step.else, seen, `${path}.`, main);
      case "for_each": {
        const items = value(step.list) as Json[];
        const self = this;
        const joined = (yield {
          wish: "lanes",
          limit: step.parallel,
          tolerate: step.tolerate,
          lanes: items.map(
            (item, index) =>
              function* (): Steps {
                let last: Json = null;
                let within: Seen = { ...seen, item, index };
                for (const inner of step.do) {
                  last = yield* self.#step(inner, within, `${path}[${index}].`, main);
                  within = { ...within, steps: new Map(within.steps).set(inner.id, last) };
                }
                return step.output === undefined ? last : self.#value(step.output, within, path);
              },
          ),
        }) as { readonly results: Json; readonly failures: Json };
        return step.reportsFailures ? { results: joined.results, failures: joined.failures } : joined.results;
      }
      case "parallel": {
        const joined = (yield {
          wish: "lanes",
          limit: step.branches.length,
          tolerate: 0,
          lanes: step.branches.map(
            ({ name, steps }) =>
              () =>
                this.#list(steps, seen, `${path}.${name}.`, main),
          ),
        }) as { readonly results: readonly Json[] };
        return Object.fromEntries(step.branches.map(({ name }, at) => [name, joined.results[at] ?? null]));
      }
      case "fail":
        throw new StepFailed({ class: "permanent", code: step.code, message: String(value(step.message)), path });
      case "stop":
        throw new Stopped(value(step.output));
      default:
        return yield* this.#attempts(step, seen, path, late);
    }
  }

  *#attempts(step: CompiledStep, seen: Seen, path: string, late: (output: Json) => void): Steps {
    const payload = this.#payload(step, seen, path);
    const timeoutMs =
      "timeout" in step && step.timeout !== undefined ? spanOf(this.#value(step.timeout, seen, path)) : step.timeoutMs;
    let atMs: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return yield { wish: "answer", step, path, attempt, atMs, payload: payload(), timeoutMs, late };
      } catch (failed) {
        if (!(failed instanceof StepFailed)) {
          throw failed;
        }
        const { retry } = step;
        if (!retry.on.has(failed.error.class) || attempt >= retry.attempts) {
          throw failed;
        }
        const wait = Math.min(retry.maxMs, retry.waitMs * retry.factor ** (attempt - 1));
        atMs = Math.round(this.#nowMs + wait);
      }
    }
  }

  #payload(step: CompiledStep, seen: Seen, path: string): () => Json {
    const value = (part: Evaluable) => this.#value(part, seen, path);
    switch (step.kind) {
      case "http": {
        const sent = { url: value(step.url), body: step.body === undefined ? null : value(step.body) };
        return () => sent;
      }
      case "emit": {
        const sent = { type: value(step.type), data: value(step.data) };
        return () => sent;
      }
      case "task":
      case "code":
      case "call": {
        const input = value(step.input);
        return () => input;
      }
      case "approve": {
        const details = value(step.details);
        return () => details;
      }
      case "respond": {
        const body = value(step.body);
        return () => body;
      }
      case "wait": {
        const { wait } = step;
        if (wait.kind !== "span") {
          throw new Error("The simulation waits for fixed spans only.");
        }
        return () => this.#nowMs + wait.ms;
      }
      default:
        return () => null;
    }
  }

  #value(part: Evaluable, seen: Seen, path: string | undefined): Json {
    const context: Context = {
      event: null,
      trigger: { kind: "api" },
      input: this.#start.input,
      steps: seen.steps,
      run: {
        id: this.#start.runId,
        flow: this.#compiled.definition.flow,
        version: 1,
        approve_url: {},
        started_at: new Timestamp(this.#start.startedAtMs),
      },
      ...(seen.item !== undefined && { item: seen.item }),
      ...(seen.index !== undefined && { index: seen.index }),
      ...(seen.error !== undefined && { error: seen.error }),
    };
    const evaluated = part.evaluate(context);
    if (evaluated.ok) {
      return evaluated.value;
    }
    const { code, message, at } = evaluated.error;
    throw new StepFailed({ class: "invalid", code, message, at, ...(path !== undefined && { path }) });
  }
}

interface Evaluable {
  evaluate(
    context: Context,
  ):
    | { readonly ok: true; readonly value: Json }
    | { readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly at: string } };
}

function told(error: StepError): Json {
  return {
    class: error.class,
    code: error.code,
    message: error.message,
    step: error.path ?? null,
    detail: error.detail ?? null,
  };
}
