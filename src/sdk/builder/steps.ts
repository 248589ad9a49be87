import type { Effect, HttpStep, Json, Retry, Span, Step, StepId } from "#language";
import {
  cel,
  celText,
  type Expr,
  type Given,
  type Part,
  type Ref,
  ref,
  type Some,
  template,
  textOf,
  type Value,
} from "./expression.ts";

/** A step that was written down; `output` is what it will have given. */
export interface Written<T> {
  readonly id: StepId;
  readonly output: Ref<T>;
}
export type Last<T> = T extends Written<infer O> ? O : null;

export interface FailureFacts {
  readonly class: string;
  readonly code: string;
  readonly message: string;
  readonly step: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came with it.
  readonly detail: any;
}

/** What steps may have that wait for somebody outside: `timeout` may be an expression that gives a duration, text like `90s`, or seconds. */
export interface AwaitingOptions<C, O> extends Omit<StepOptions<C, O>, "timeout"> {
  readonly timeout?: Span | Some;
}

/** What every step may have. */
export interface StepOptions<C, O> {
  readonly title?: string;
  readonly effect?: Effect;
  readonly retry?: Retry;
  readonly timeout?: Span;
  /** Done instead of failing the run. */
  readonly onFailure?: (context: C, error: Ref<FailureFacts>) => unknown;
  /** Done in reverse order when the run fails later. */
  readonly compensate?: (context: C, output: Ref<O>) => unknown;
}

export interface HttpRequestOf {
  readonly method?: NonNullable<HttpStep["http"]["method"]>;
  readonly url: Value<string>;
  readonly headers?: { readonly [name: string]: Value<string> };
  readonly body?: Part;
  readonly expect?: readonly number[];
  readonly responseBytesMax?: number;
}
export interface HttpAnswer<B> {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: B;
}
export interface EventFacts<D> {
  readonly id: string;
  readonly type: string;
  readonly channels: readonly string[];
  readonly data: D;
  readonly received_at: Date;
}
export interface RunFacts {
  readonly id: string;
  readonly flow: string;
  readonly version: number;
  readonly started_at: Date;
}
export interface Decision {
  readonly approved: boolean | null;
  readonly by: string | null;
  readonly at: string | null;
  readonly reason: string | null;
}
type Condition = Expr<boolean> | Expr<unknown> | Ref<boolean> | boolean;
// biome-ignore lint/suspicious/noExplicitAny: what nobody said the type of.
type Unsaid = any;

/**
 * Where steps are written down, one method for each kind, in the order in which they are to be done. `D`: the data of the event that starts
 * the flow; `I`: its input; `S`: names of its secrets.
 */
export class Steps<D = Unsaid, I = Unsaid, S extends string = string> {
  /** The event that started the run. */
  readonly event: Ref<EventFacts<D>> = ref("event");
  readonly input: Ref<I> = ref("input");
  readonly run: Ref<RunFacts> = ref("run");
  readonly trigger: Ref<Unsaid> = ref("trigger");
  /** For headers of `http` steps only: expr`"Bearer " + ${f.secrets.api_key}`. */
  readonly secrets: { readonly [K in S]: Expr<string> } = new Proxy({} as { readonly [K in S]: Expr<string> }, {
    get: (_, name) => (typeof name === "string" ? celText<string>(`secrets.${name}`) : undefined),
  });
  readonly #steps: Step[] = [];

  /** What was written down so far. */
  get written(): readonly Step[] {
    return this.#steps;
  }

  #add<O>(id: StepId, kind: object, options: AwaitingOptions<Steps<D, I, S>, O> = {}): Written<O> {
    const output = ref<O>(`steps.${id}`);
    const { title, effect, retry, timeout, onFailure, compensate } = options;
    const step = {
      id,
      ...present({ title, effect, retry, timeout: timeout === undefined ? undefined : spanOrExpression(timeout) }),
      ...kind,
      ...(onFailure && { on_failure: this.#within((inner) => onFailure(inner, ref("error"))) }),
      ...(compensate && { compensate: this.#within((inner) => compensate(inner, output)) }),
    };
    this.#steps.push(step as unknown as Step);
    return { id, output };
  }

  #within(write: (inner: Steps<D, I, S>) => unknown): readonly Step[] {
    const inner = new Steps<D, I, S>();
    write(inner);
    return inner.written;
  }

  /** Outputs the value. */
  map<const T extends Part>(
    id: StepId,
    value: T,
    options: StepOptions<Steps<D, I, S>, Given<T>> & { readonly durable?: boolean } = {},
  ): Written<Given<T>> {
    return this.#add(id, { map: template(value), ...present({ durable: options.durable }) }, options);
  }

  /** Outputs what the branch's last step did, which the callback returns; null without a branch. */
  if<A, B = null>(
    id: StepId,
    condition: Condition,
    then: (inner: Steps<D, I, S>) => A,
    otherwise?: (inner: Steps<D, I, S>) => B,
    options?: StepOptions<Steps<D, I, S>, Last<A> | Last<B>>,
  ): Written<Last<A> | Last<B>> {
    return this.#add(
      id,
      {
        if: cel(condition),
        // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
        then: this.#within(then),
        ...(otherwise && { else: this.#within(otherwise) }),
      },
      options,
    );
  }

  /** The first case that holds. */
  switch<A>(
    id: StepId,
    cases: readonly { readonly when: Condition; readonly do: (inner: Steps<D, I, S>) => A }[],
    otherwise?: (inner: Steps<D, I, S>) => A,
    options?: StepOptions<Steps<D, I, S>, Last<A> | null>,
  ): Written<Last<A> | null> {
    return this.#add(
      id,
      {
        switch: cases.map((each) => ({ when: cel(each.when), do: this.#within(each.do) })),
        ...(otherwise && { else: this.#within(otherwise) }),
      },
      options,
    );
  }

  /** `each` for every item; outputs the list of what its last step did. */
  forEach<E, A>(
    id: StepId,
    list: Ref<readonly E[]> | Ref<E[]> | Expr<readonly E[]>,
    each: (inner: Steps<D, I, S>, item: Ref<E>, index: Ref<number>) => A,
    options: StepOptions<Steps<D, I, S>, Last<A>[]> & { readonly parallel?: number } = {},
  ): Written<Last<A>[]> {
    return this.#add(
      id,
      {
        for_each: cel(list as Some),
        do: this.#within((inner) => each(inner, ref("item"), ref("index"))),
        ...present({ parallel: options.parallel }),
      },
      options,
    );
  }

  /** As `forEach`, but failed items (up to `tolerate`; default all) output null and are told apart. */
  forEachTolerant<E, A>(
    id: StepId,
    list: Ref<readonly E[]> | Ref<E[]> | Expr<readonly E[]>,
    each: (inner: Steps<D, I, S>, item: Ref<E>, index: Ref<number>) => A,
    options: StepOptions<Steps<D, I, S>, Tolerated<Last<A>>> & {
      readonly parallel?: number;
      readonly tolerate?: number;
    } = {},
  ): Written<Tolerated<Last<A>>> {
    return this.#add(
      id,
      {
        for_each: cel(list as Some),
        do: this.#within((inner) => each(inner, ref("item"), ref("index"))),
        ...present({ parallel: options.parallel }),
        on_item_failure: options.tolerate === undefined ? "continue" : { tolerate: options.tolerate },
      },
      options,
    );
  }

  /** Branches at once; outputs what each did. */
  parallel<B extends Record<string, (inner: Steps<D, I, S>) => unknown>>(
    id: StepId,
    branches: B,
    options?: StepOptions<Steps<D, I, S>, { [K in keyof B]: Last<ReturnType<B[K]>> }>,
  ): Written<{ [K in keyof B]: Last<ReturnType<B[K]>> }> {
    return this.#add(
      id,
      { parallel: Object.fromEntries(Object.entries(branches).map(([name, write]) => [name, this.#within(write)])) },
      options,
    );
  }

  /** A request. `B`: the body of the answer. */
  http<B = Unsaid>(
    id: StepId,
    request: HttpRequestOf,
    options?: StepOptions<Steps<D, I, S>, HttpAnswer<B>>,
  ): Written<HttpAnswer<B>> {
    const { method, url, headers, body, expect, responseBytesMax } = request;
    return this.#add(
      id,
      {
        http: {
          ...present({ method }),
          url: template(url),
          ...(headers && { headers: template(headers) }),
          ...(body !== undefined && { body: template(body) }),
          ...present({ expect, response_bytes_max: responseBytesMax }),
        },
      },
      options,
    );
  }

  /** Appends an event; its deliveries follow. */
  emit(
    id: StepId,
    event: { readonly type: Value<string>; readonly data: Part; readonly channels?: Value<readonly string[]> },
    options?: StepOptions<Steps<D, I, S>, { id: string }>,
  ): Written<{ id: string }> {
    const { type, data, channels } = event;
    return this.#add(
      id,
      {
        emit: {
          type: template(type),
          data: template(data),
          ...(channels !== undefined && { channels: template(channels) }),
        },
      },
      options,
    );
  }

  /** Has a worker do it. `O`: what it returns. */
  task<O = Unsaid>(
    id: StepId,
    task: { readonly name: string; readonly input?: Part; readonly queue?: string; readonly priority?: Value<number> },
    options?: AwaitingOptions<Steps<D, I, S>, O>,
  ): Written<O> {
    const { name, input, queue, priority } = task;
    return this.#add(
      id,
      {
        task: {
          name,
          ...(input !== undefined && { input: template(input) }),
          ...present({ queue }),
          ...(priority !== undefined && { priority: template(priority) }),
        },
      },
      options,
    );
  }

  /** JavaScript in a sandbox: the body of `function (input)`. */
  code<O = Unsaid>(id: StepId, code: string, input?: Part, options?: StepOptions<Steps<D, I, S>, O>): Written<O> {
    return this.#add(id, { code, ...(input !== undefined && { input: template(input) }) }, options);
  }

  /** Waits so long: `"3d"`, or an expression that gives a duration. */
  wait(id: StepId, span: Span | Some, options?: StepOptions<Steps<D, I, S>, null>): Written<null> {
    return this.#add(id, { wait: { for: spanOrExpression(span) } }, options);
  }

  /** Waits until then: RFC 3339, or an expression that gives an instant. */
  waitUntil(id: StepId, until: string | Some, options?: StepOptions<Steps<D, I, S>, null>): Written<null> {
    return this.#add(id, { wait: { until: template(until) } }, options);
  }

  /** Waits for an event. `E`: its data. `event` in what `if` and `key` return is the one that comes. */
  waitForEvent<E = Unsaid>(
    id: StepId,
    wanted: {
      readonly type: string | readonly string[];
      readonly match?: { readonly key: (event: Ref<EventFacts<E>>) => Some; readonly equals: Part };
      readonly if?: (event: Ref<EventFacts<E>>) => Condition;
    },
    options?: AwaitingOptions<Steps<D, I, S>, { event: EventFacts<E> | null }>,
  ): Written<{ event: EventFacts<E> | null }> {
    const { type, match, if: condition } = wanted;
    const event = ref<EventFacts<E>>("event");
    return this.#add(
      id,
      {
        wait_for_event: {
          type,
          ...(match && { match: { key: cel(match.key(event)), equals: cel(match.equals) } }),
          ...(condition && { if: cel(condition(event)) }),
        },
      },
      options,
    );
  }

  /** Waits for a person. */
  approve(
    id: StepId,
    what: { readonly title: Value<string>; readonly details?: Part },
    options?: AwaitingOptions<Steps<D, I, S>, Decision>,
  ): Written<Decision> {
    const { title, details } = what;
    return this.#add(
      id,
      { approve: { title: template(title), ...(details !== undefined && { details: template(details) }) } },
      options,
    );
  }

  /** Runs another flow and waits for what it returns (`O`). */
  call<O = Unsaid>(id: StepId, flow: string, input?: Part, options?: AwaitingOptions<Steps<D, I, S>, O>): Written<O> {
    return this.#add(id, { call: { flow, ...(input !== undefined && { input: template(input) }) } }, options);
  }

  /** Starts another flow and goes on. */
  start(
    id: StepId,
    flow: string,
    input?: Part,
    options?: StepOptions<Steps<D, I, S>, { run: string }>,
  ): Written<{ run: string }> {
    return this.#add(
      id,
      { call: { flow, ...(input !== undefined && { input: template(input) }), wait: false } },
      options,
    );
  }

  /** Answers whoever started the run and waits. */
  respond(
    id: StepId,
    answer: { readonly status?: number; readonly body?: Part },
    options?: StepOptions<Steps<D, I, S>, Json>,
  ): Written<Json> {
    const { status, body } = answer;
    return this.#add(
      id,
      { respond: { ...present({ status }), ...(body !== undefined && { body: template(body) }) } },
      options,
    );
  }

  /** Fails the run. */
  fail(id: StepId, message: Value<string>, code?: string): Written<never> {
    return this.#add(id, { fail: { message: template(message), ...present({ code }) } });
  }

  /** Ends the run as completed. */
  stop(id: StepId, output?: Part): Written<never> {
    return this.#add(id, { stop: output === undefined ? {} : { output: template(output) } });
  }
}

function spanOrExpression(span: Span | Some): Span | { readonly $: string } {
  const text = textOf(span);
  return text === undefined ? (span as Span) : { $: text };
}

export interface Tolerated<O> {
  readonly results: readonly (O | null)[];
  readonly failures: readonly { readonly index: number; readonly error: FailureFacts }[];
}

/** Without members that were not said: a definition says nothing rather than undefined. */
export function present<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
