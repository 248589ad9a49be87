import { inspect } from "node:util";

const MASK = "[secret]";

/**
 * A value that must never be printed. However it is turned into text (template, JSON, console, a debugger's inspect) it reads
 * `[secret]`; the one way to the text is `reveal()`, so that every place which touches a secret can be found by its name.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
