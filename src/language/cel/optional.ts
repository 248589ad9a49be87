import type { Value } from "../compiled.ts";

/** What `.?` gives: a value or none. Only within an expression; JSON: the value, or null. */
export class Optional {
  readonly present: boolean;
  readonly value: Value;
  private constructor(present: boolean, value: Value) {
    this.present = present;
    this.value = value;
  }
  static readonly none = new Optional(false, null);
  static of(value: Value): Optional {
    return new Optional(true, value);
  }
}
