import type { Context, Value } from "../compiled.ts";
import type { Json, StepId } from "../definition.ts";

/** What is the same for every step of a run. */
export interface Facts {
  readonly event: Value;
  readonly trigger: Value;
  readonly input: Json;
  readonly run: Value;
}

/** What a `for_each` and an `on_failure` add. */
interface Locals {
  readonly item: Json;
  readonly index: number | undefined;
  readonly error: Value;
}

const NO_LOCALS: Locals = { item: null, index: undefined, error: null };

/**
 * What expressions see, as a chain: each completed step adds a link in front and changes nothing behind it. So a step sees the outputs of
 * those before it in its list and, outward, of those before each step around it; and a compensation, however much later, what was there
 * when its step completed. Adding costs one small object, finding as many steps as there are in between.
 */
export class Scope implements Context {
  readonly #facts: Facts;
  readonly #locals: Locals;
  readonly #outer: Scope | undefined;
  readonly #id: StepId;
  readonly #output: Json;

  private constructor(facts: Facts, locals: Locals, outer: Scope | undefined, id: StepId, output: Json) {
    this.#facts = facts;
    this.#locals = locals;
    this.#outer = outer;
    this.#id = id;
    this.#output = output;
  }

  static of(facts: Facts): Scope {
    return new Scope(facts, NO_LOCALS, undefined, "", null);
  }

  withStep(id: StepId, output: Json): Scope {
    return new Scope(this.#facts, this.#locals, this, id, output);
  }

  withItem(item: Json, index: number): Scope {
    return new Scope(this.#facts, { ...this.#locals, item, index }, this, "", null);
  }

  withError(error: Value): Scope {
    return new Scope(this.#facts, { ...this.#locals, error }, this, "", null);
  }

  /** For `wait_for_event`: the event that came stands for the one that started the run. */
  withEvent(event: Value): Scope {
    return new Scope({ ...this.#facts, event }, this.#locals, this, "", null);
  }

  get event(): Value {
    return this.#facts.event;
  }
  get trigger(): Value {
    return this.#facts.trigger;
  }
  get input(): Json {
    return this.#facts.input;
  }
  get run(): Value {
    return this.#facts.run;
  }
  get item(): Json {
    return this.#locals.item;
  }
  get index(): number {
    // Absent reads as null, and a field that may not be undefined cannot say so in any other way.
    return this.#locals.index as number;
  }
  get error(): Value {
    return this.#locals.error;
  }
  get steps(): this {
    return this;
  }

  get(id: StepId): Json | undefined {
    let scope: Scope | undefined = this;
    while (scope !== undefined) {
      if (scope.#id === id) {
        return scope.#output;
      }
      scope = scope.#outer;
    }
    return undefined;
  }
}
