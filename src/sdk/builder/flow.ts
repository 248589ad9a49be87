import type { Control, Definition, DeliveryOutcome, EndState, Json, ScheduleTrigger, Span, Trigger } from "#language";
import { cel, type Expr, type Part, type Ref, ref, type Some, template } from "./expression.ts";
import { type EventFacts, type FailureFacts, present, Steps } from "./steps.ts";

// biome-ignore lint/suspicious/noExplicitAny: what nobody said the type of.
type Unsaid = any;

/** What triggers and flow control see: there is no run yet. */
export interface BeforeRun<D, I> {
  readonly event: Ref<EventFacts<D>>;
  readonly input: Ref<I>;
}
type Test<D> = (before: { readonly event: Ref<EventFacts<D>> }) => Expr<unknown> | Ref<boolean>;
type Key<D, I> = (before: BeforeRun<D, I>) => Some;

type Keyed<T, D, I> = T extends object ? { readonly [K in keyof T]: K extends "key" ? Key<D, I> : T[K] } : T;
/** As in a definition, with functions that give expressions. */
export type ControlOf<D, I> = {
  readonly [K in keyof Control]: K extends "priority" ? Key<D, I> : Keyed<NonNullable<Control[K]>, D, I>;
};

/** What starts a flow. Each says of which type the event's data is; with several it is one of them. */
export interface Triggers<D, I, S extends string> {
  event<E = Unsaid>(type: string | readonly string[], test?: Test<E>): Flow<Or<D, E>, I, S>;
  source<E = Unsaid>(source: string, test?: Test<E>): Flow<Or<D, E>, I, S>;
  schedule(schedule: string, options?: Omit<ScheduleTrigger, "schedule">): Flow<D, I, S>;
  delivery(
    outcomes: readonly DeliveryOutcome[],
    options?: { readonly endpoint?: string; readonly if?: Test<Unsaid> },
  ): Flow<D, I, S>;
  run(flow: string, states: readonly EndState[]): Flow<D, I, S>;
}
type Or<A, B> = [A] extends [never] ? B : A | B;

/** A flow that is being written down; `steps` finishes it. Each method gives a new one. */
export class Flow<D, I, S extends string> {
  readonly #members: Partial<Definition> & { readonly flow: string };

  constructor(members: Partial<Definition> & { readonly flow: string }) {
    this.#members = members;
  }

  #with<D2 = D, I2 = I, S2 extends string = S>(members: Partial<Definition>): Flow<D2, I2, S2> {
    return new Flow<D2, I2, S2>({ ...this.#members, ...members });
  }

  #trigger<D2 = D>(trigger: Trigger): Flow<D2, I, S> {
    return this.#with<D2>({ on: [...(this.#members.on ?? []), trigger] });
  }

  /** What starts it; may be said several times. */
  get on(): Triggers<D, I, S> {
    const tested = <E>(test: Test<E> | undefined): { readonly if?: string } =>
      test === undefined ? {} : { if: cel(test({ event: ref("event") }) as Some) };
    return {
      event: (type, test) => this.#trigger({ event: type, ...tested(test) }),
      source: (source, test) => this.#trigger({ source, ...tested(test) }),
      schedule: (schedule, options = {}) => this.#trigger({ schedule, ...present(options) }),
      delivery: (delivery, { endpoint, if: test } = {}) =>
        this.#trigger({ delivery, ...present({ endpoint }), ...tested(test) } as Trigger),
      run: (run, state) => this.#trigger({ run, state }),
    };
  }

  title(title: string, description?: string): Flow<D, I, S> {
    return this.#with(description === undefined ? { title } : { title, description });
  }
  /** JSON Schema of the input, and its type. */
  input<T>(schema: Json): Flow<D, T, S> {
    return this.#with<D, T>({ input: schema });
  }
  control(control: ControlOf<D, I>): Flow<D, I, S> {
    const before: BeforeRun<D, I> = { event: ref("event"), input: ref("input") };
    const said = Object.entries(control).map(([name, limits]) => [
      name,
      typeof limits === "function" ? cel(limits(before)) : keyed(limits as { readonly key?: Key<D, I> }, before),
    ]);
    return this.#with({ control: Object.fromEntries(said) as Control });
  }
  /** Of the whole run, waits included. */
  timeout(timeout: Span): Flow<D, I, S> {
    return this.#with({ timeout });
  }
  /** Hosts that `http` steps may reach. */
  hosts(...hosts: readonly string[]): Flow<D, I, S> {
    return this.#with({ hosts });
  }
  /** Secrets that it may use; `f.secrets` has them. */
  secrets<const N extends string>(...secrets: readonly N[]): Flow<D, I, N> {
    return this.#with<D, I, N>({ secrets });
  }
  /** Done when the run fails. */
  onFailure(write: (f: Steps<Data<D>, I, S>, error: Ref<FailureFacts>) => unknown): Flow<D, I, S> {
    const steps = new Steps<Data<D>, I, S>();
    write(steps, ref("error"));
    return this.#with({ on_failure: steps.written });
  }

  /** What it does. What the function returns, if anything, is what the run returns. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing gives void.
  steps(write: (f: Steps<Data<D>, I, S>) => Part | void): Definition {
    const steps = new Steps<Data<D>, I, S>();
    const output = write(steps);
    return {
      posthorn: 1,
      ...this.#members,
      steps: steps.written,
      ...(output === undefined ? {} : { output: template(output) }),
    };
  }
}

/** A flow that nothing said to bring an event has data of no known type. */
type Data<D> = [D] extends [never] ? Unsaid : D;

function keyed<D, I>(limits: { readonly key?: Key<D, I> }, before: BeforeRun<D, I>): object {
  return limits.key === undefined ? limits : { ...limits, key: cel(limits.key(before)) };
}
