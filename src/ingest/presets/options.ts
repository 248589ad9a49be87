import { isObject } from "./body.ts";
import type { OptionFault } from "./preset.ts";

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/**
 * Reads the options of a source one by one and collects every fault, so that a client hears of all of them at once.
 * What was given (and not what was defaulted) is kept in `given` for storing.
 */
export class OptionReader {
  readonly faults: OptionFault[] = [];
  readonly given: Record<string, unknown> = {};
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  constructor(raw: unknown) {
    if (raw === undefined || raw === null) {
      this.#raw = {};
    } else if (isObject(raw)) {
      this.#raw = raw;
    } else {
      this.#raw = {};
      this.faults.push({ loc: ["options"], message: `options is ${JSON.stringify(raw)}; it should be an object.` });
    }
  }

  fault(name: string, message: string): void {
    this.faults.push({ loc: ["options", name], message });
  }

  text(name: string, charsMax: number): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === "string" && value.length <= charsMax) return this.#keep(name, value);
    this.fault(name, `${name} is ${quote(value)}; it should be a text of at most ${charsMax} characters.`);
    return undefined;
  }

  headerName(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === "string" && HEADER_NAME.test(value)) return this.#keep(name, value);
    this.fault(name, `${name} is ${quote(value)}; it should be the name of an HTTP header.`);
    return undefined;
  }

  /** A dotted path into a JSON body, e.g. `data.object.id`. */
  path(name: string): readonly string[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === "string" && value.length <= 256 && value.split(".").every((part) => part !== "")) {
      return this.#keep(name, value).split(".");
    }
    this.fault(name, `${name} is ${quote(value)}; it should be a path of field names, like "data.object.id".`);
    return undefined;
  }

  oneOf<const T extends string>(name: string, choices: readonly T[], otherwise: T): T {
    const value = this.#take(name);
    if (value === undefined) return otherwise;
    const choice = choices.find((each) => each === value);
    if (choice !== undefined) return this.#keep(name, choice);
    this.fault(name, `${name} is ${quote(value)}; it should be one of ${choices.map(quote).join(", ")}.`);
    return otherwise;
  }

  integer(name: string, min: number, max: number, otherwise: number): number {
    const value = this.#take(name);
    if (value === undefined) return otherwise;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
      return this.#keep(name, value);
    }
    this.fault(name, `${name} is ${quote(value)}; it should be a whole number from ${min} to ${max}.`);
    return otherwise;
  }

  /** Call last: what has not been read is unknown to the preset. */
  unknownNames(preset: string): void {
    for (const name of Object.keys(this.#raw)) {
      if (this.#known.has(name)) continue;
      const known = [...this.#known];
      this.fault(
        name,
        known.length === 0
          ? `${name} is not an option; the preset ${preset} has none.`
          : `${name} is not an option of the preset ${preset}; it has ${known.join(", ")}.`,
      );
    }
  }

  /** Null means absent, as in the rest of the API. */
  #take(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#raw, name) ? (this.#raw[name] ?? undefined) : undefined;
  }

  #keep<T>(name: string, value: T): T {
    this.given[name] = value;
    return value;
  }
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
