import { nearest, unreachable } from "#kernel/plain";
import type { Json } from "../definition.ts";
import { kindOfStep, STEP_KINDS } from "../kinds.ts";
import { parseSpan } from "../span.ts";
import { type Found, type Keys, quoted } from "./fault.ts";

/**
 * What may stand at a place of a definition, as data: the check reads it, and the published JSON Schema is made of it, so that they cannot
 * say different things. `what` completes the sentence "It should be …".
 */
export type Shape =
  | {
      readonly kind: "text";
      readonly what: string;
      readonly pattern?: RegExp;
      readonly min?: number;
      readonly max: number;
    }
  | { readonly kind: "choice"; readonly of: readonly (string | number)[] }
  | {
      readonly kind: "number";
      readonly what: string;
      readonly min: number;
      readonly max: number;
      readonly whole: boolean;
    }
  | { readonly kind: "flag" }
  | { readonly kind: "span"; readonly minMs: number; readonly maxMs: number; readonly limits: string }
  /** The text of an expression. */
  | { readonly kind: "cel" }
  /** `{ "$": … }` and nothing else. */
  | { readonly kind: "expression" }
  /** JSON with expressions in it. */
  | { readonly kind: "template" }
  | { readonly kind: "json" }
  | {
      readonly kind: "list";
      readonly of: Shape;
      readonly min: number;
      readonly max: number;
      readonly distinct?: boolean;
    }
  | { readonly kind: "object"; readonly members: Members }
  | {
      readonly kind: "record";
      readonly what: string;
      readonly name: RegExp;
      readonly of: Shape;
      readonly min: number;
      readonly max: number;
    }
  /** The first whose kind of JSON fits; objects are told apart by the member that each must have. */
  | { readonly kind: "either"; readonly of: readonly Shape[] }
  | { readonly kind: "steps"; readonly min: number };

export interface Member {
  readonly shape: Shape;
  readonly required?: boolean;
  /** A sentence for editors. */
  readonly doc: string;
}
export type Members = Readonly<Record<string, Member>>;

/** What a step of each kind has beside what all have. */
export interface StepShapes {
  readonly common: Members;
  readonly kinds: Readonly<Record<(typeof STEP_KINDS)[number], Members>>;
}

const STEPS_MAX = 500;
export const NESTING_MAX = 16;

/** Everything that is wrong with the structure of a value. */
export function checkShape(value: unknown, shape: Shape, steps: StepShapes): readonly Found[] {
  const walk = new Walk(steps);
  walk.value(value, shape, [], 0);
  return walk.found;
}

class Walk {
  readonly found: Found[] = [];
  private readonly shapes: StepShapes;
  private steps = 0;

  constructor(shapes: StepShapes) {
    this.shapes = shapes;
  }

  private fault(keys: Keys, code: Found["code"], message: string, more: Partial<Found> = {}): void {
    this.found.push({ keys, code, message, ...more });
  }

  private wrongKind(keys: Keys, value: unknown, wanted: string, hint?: string): void {
    // In YAML a member without a value is null: nobody means that.
    const message =
      value === null ? `Nothing stands here: it should be ${wanted}.` : `${quoted(value)} is not ${wanted}.`;
    this.fault(keys, "wrong_kind", message, { ...(hint !== undefined && { hint }) });
  }

  value(value: unknown, shape: Shape, keys: Keys, depth: number): void {
    switch (shape.kind) {
      case "text":
        this.text(value, shape, keys);
        return;
      case "choice":
        if (!shape.of.includes(value as string)) {
          const near = typeof value === "string" ? nearest(value, shape.of.map(String)) : undefined;
          this.fault(
            keys,
            "wrong_value",
            `${quoted(value)} is not possible here; ${oneOf(shape.of)} ${shape.of.length === 1 ? "is" : "are"}.`,
            {
              ...(near === undefined ? {} : { hint: `Do you mean ${near}?` }),
            },
          );
        }
        return;
      case "number":
        if (typeof value !== "number") {
          this.wrongKind(keys, value, shape.what);
        } else if (
          value < shape.min ||
          value > shape.max ||
          (shape.whole && !Number.isInteger(value)) ||
          Number.isNaN(value)
        ) {
          this.fault(keys, "wrong_value", `${value} is not ${shape.what}.`);
        }
        return;
      case "flag":
        if (typeof value !== "boolean") {
          this.wrongKind(keys, value, "true or false");
        }
        return;
      case "span":
        this.span(value, shape, keys);
        return;
      case "cel":
        if (typeof value !== "string") {
          this.fault(keys, "wrong_kind", `${quoted(value)} is not the text of an expression.`, celHint(value));
        }
        return;
      case "expression":
        if (!isObject(value) || typeof value["$"] !== "string" || Object.keys(value).length !== 1) {
          this.wrongKind(keys, value, 'an expression, { "$": "…" }');
        }
        return;
      case "template":
        this.template(value, keys);
        return;
      case "json":
        return;
      case "list":
        this.list(value, shape, keys, depth);
        return;
      case "object":
        this.object(value, shape.members, keys, depth);
        return;
      case "record":
        this.record(value, shape, keys, depth);
        return;
      case "either":
        this.either(value, shape.of, keys, depth);
        return;
      case "steps":
        this.stepList(value, shape.min, keys, depth);
        return;
      default:
        unreachable(shape);
    }
  }

  private text(value: unknown, shape: Extract<Shape, { kind: "text" }>, keys: Keys): void {
    if (typeof value !== "string") {
      this.wrongKind(keys, value, shape.what, textHint(value, keys));
    } else if (value.length < (shape.min ?? 0) || value.length > shape.max || shape.pattern?.test(value) === false) {
      this.fault(keys, "wrong_value", `${quoted(value)} is not ${shape.what}.`);
    }
  }

  private span(value: unknown, shape: Extract<Shape, { kind: "span" }>, keys: Keys): void {
    const ms = typeof value === "string" ? parseSpan(value) : undefined;
    if (typeof value !== "string") {
      this.fault(keys, "wrong_kind", `${quoted(value)} is not a span of time.`, {
        hint: '"30s", "15m", "2h" and "3d" are.',
      });
    } else if (ms === undefined) {
      this.fault(keys, "wrong_value", `${quoted(value)} is not a span of time of at most 366d.`, {
        hint: 'A whole number and ms, s, m, h, d or w: "30s", "15m", "2h", "3d".',
      });
    } else if (ms < shape.minMs || ms > shape.maxMs) {
      this.fault(keys, "wrong_value", `${quoted(value)} is not within ${shape.limits}.`);
    }
  }

  /** An object with the member `$` and others would be read as data, which nobody means. */
  private template(value: unknown, keys: Keys): void {
    if (Array.isArray(value)) {
      value.forEach((item, i) => {
        this.template(item, [...keys, i]);
      });
    } else if (isObject(value)) {
      if (Object.hasOwn(value, "$")) {
        if (Object.keys(value).length > 1) {
          this.fault(keys, "wrong_value", "An object with the member `$` is an expression, and has no other members.", {
            hint: "In YAML an expression with a comma or a colon stands in quotes.",
          });
        } else if (typeof value["$"] !== "string") {
          this.fault([...keys, "$"], "wrong_kind", `${quoted(value["$"])} is not the text of an expression.`);
        }
        return;
      }
      for (const [name, item] of Object.entries(value)) {
        this.template(item, [...keys, name]);
      }
    }
  }

  private list(value: unknown, shape: Extract<Shape, { kind: "list" }>, keys: Keys, depth: number): void {
    if (!Array.isArray(value)) {
      this.wrongKind(keys, value, "a list");
      return;
    }
    if (value.length < shape.min || value.length > shape.max) {
      this.fault(
        keys,
        "wrong_value",
        `The list has ${value.length} elements; ${shape.min} to ${shape.max} are possible.`,
      );
    }
    const before = new Set<unknown>();
    value.slice(0, shape.max).forEach((item, i) => {
      this.value(item, shape.of, [...keys, i], depth);
      if (shape.distinct === true && before.has(item)) {
        this.fault([...keys, i], "repeated_value", `${quoted(item)} stands in the list twice.`);
      }
      before.add(item);
    });
  }

  private object(value: unknown, members: Members, keys: Keys, depth: number): void {
    if (!isObject(value)) {
      this.wrongKind(
        keys,
        value,
        `an object with ${oneOf(requiredNames(members).length > 0 ? requiredNames(members) : Object.keys(members), "and")}`,
        asMember(value, [members]),
      );
      return;
    }
    this.members(value, members, keys, depth);
  }

  private members(value: Fields, members: Members, keys: Keys, depth: number): void {
    const missing = Object.entries(members).filter(
      ([name, member]) => member.required === true && !Object.hasOwn(value, name),
    );
    const meant = new Set<string | undefined>();
    for (const name of Object.keys(value)) {
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      if (member === undefined) {
        const known = Object.keys(members).filter((each) => !Object.hasOwn(value, each));
        const near = nearest(name, known) ?? SYNONYMS.get(name)?.find((each) => known.includes(each));
        meant.add(near);
        this.unknown(name, near, Object.keys(members), keys);
      } else {
        this.value(value[name], member.shape, [...keys, name], depth);
      }
    }
    for (const [name, member] of missing) {
      // It is there under a name that was told already.
      if (!meant.has(name)) this.fault(keys, "missing_member", `\`${name}\` is missing.`, { hint: member.doc });
    }
  }

  private unknown(name: string, near: string | undefined, known: readonly string[], keys: Keys): void {
    const meant = near === undefined ? this.elsewhere(name, known, keys) : `Do you mean \`${near}\`?`;
    this.fault([...keys, name], "unknown_member", `There is no member \`${name}\` here.`, {
      hint: meant ?? `${oneOf(known)} are there.`,
      atKey: true,
    });
  }

  /** A member that is indented too little belongs within what the step does; one that is indented too far, beside it. */
  private elsewhere(name: string, known: readonly string[], keys: Keys): string | undefined {
    const { common, kinds } = this.shapes;
    const above = STEP_KINDS.find((kind) => kind === keys.at(-1));
    if (above !== undefined && (Object.hasOwn(common, name) || Object.hasOwn(kinds[above], name))) {
      return `\`${name}\` stands beside \`${above}\`, and not within it.`;
    }
    const within = STEP_KINDS.find(
      (kind) => known.includes(kind) && membersOf(kinds[kind][kind]?.shape).includes(name),
    );
    return within === undefined ? undefined : `\`${name}\` stands within \`${within}\`: indent it further.`;
  }

  private record(value: unknown, shape: Extract<Shape, { kind: "record" }>, keys: Keys, depth: number): void {
    if (!isObject(value)) {
      this.wrongKind(keys, value, `an object of ${shape.what}`);
      return;
    }
    const names = Object.keys(value);
    if (names.length < shape.min || names.length > shape.max) {
      this.fault(
        keys,
        "wrong_value",
        `There are ${names.length} ${shape.what}; ${shape.min} to ${shape.max} are possible.`,
      );
    }
    for (const name of names.slice(0, shape.max)) {
      if (!shape.name.test(name)) {
        this.fault([...keys, name], "wrong_value", `${quoted(name)} is not possible among ${shape.what}.`, {
          atKey: true,
        });
      }
      this.value(value[name], shape.of, [...keys, name], depth);
    }
  }

  private either(value: unknown, shapes: readonly Shape[], keys: Keys, depth: number): void {
    const fitting = shapes.filter((shape) => fits(value, shape));
    const [only] = fitting;
    if (only === undefined) {
      const objects = shapes.flatMap((shape) => (shape.kind === "object" ? [shape.members] : []));
      this.wrongKind(keys, value, shapes.map(whatOf).join(", or "), asMember(value, objects));
      return;
    }
    if (fitting.length > 1 && isObject(value)) {
      const told = fitting.find(
        (shape) => shape.kind === "object" && requiredOf(shape).every((name) => Object.hasOwn(value, name)),
      );
      if (told === undefined) {
        const names = fitting.flatMap((shape) => (shape.kind === "object" ? [oneOf(requiredOf(shape), "and")] : []));
        const near = Object.keys(value).flatMap(
          (name) => nearest(name, names) ?? SYNONYMS.get(name)?.find((each) => names.includes(each)) ?? [],
        );
        this.fault(keys, "missing_member", `It has none of ${oneOf(names)}.`, {
          ...(near[0] === undefined ? {} : { hint: `Do you mean \`${near[0]}\`?` }),
        });
        return;
      }
      this.value(value, told, keys, depth);
      return;
    }
    this.value(value, only, keys, depth);
  }

  private stepList(value: unknown, min: number, keys: Keys, depth: number): void {
    if (!Array.isArray(value)) {
      this.wrongKind(keys, value, "a list of steps");
      return;
    }
    if (depth >= NESTING_MAX) {
      this.fault(keys, "too_deep", `Steps are nested deeper than ${NESTING_MAX}.`);
      return;
    }
    if (value.length < min) {
      this.fault(keys, "wrong_value", "There is no step.");
    }
    value.forEach((step, i) => {
      this.steps += 1;
      if (this.steps === STEPS_MAX + 1) {
        this.fault([...keys, i], "too_many_steps", `A definition has at most ${STEPS_MAX} steps.`);
      }
      if (this.steps <= STEPS_MAX) {
        this.step(step, [...keys, i], depth + 1);
      }
    });
  }

  private step(value: unknown, keys: Keys, depth: number): void {
    if (!isObject(value)) {
      this.wrongKind(keys, value, "a step: an object with `id` and what it does");
      return;
    }
    const { common, kinds } = this.shapes;
    const kind = kindOfStep(value);
    if (kind === undefined) {
      const known = Object.keys(value).filter((name) => !Object.hasOwn(common, name));
      const near = known.flatMap((name) => nearest(name, STEP_KINDS) ?? []);
      this.fault(
        keys,
        "step_without_kind",
        `Nothing says what this step does${known.length === 0 ? "" : `; ${oneOf(known, "and")} is no kind of step`}.`,
        {
          hint: near[0] === undefined ? `It has one of ${oneOf(STEP_KINDS)}.` : `Do you mean \`${near[0]}\`?`,
        },
      );
      return;
    }
    const members = { ...common, ...kinds[kind] };
    const others = STEP_KINDS.filter(
      (other) => other !== kind && Object.hasOwn(value, other) && !Object.hasOwn(members, other),
    );
    if (others.length > 0) {
      this.fault(
        keys,
        "step_of_two_kinds",
        `This step is of ${others.length + 1} kinds: ${oneOf([kind, ...others], "and")}.`,
        {
          hint: "A step does one thing; write one step after the other.",
        },
      );
    }
    this.members(
      Object.fromEntries(Object.entries(value).filter(([name]) => !(others as readonly string[]).includes(name))),
      members,
      keys,
      depth,
    );
  }
}

type Fields = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function requiredNames(members: Members): readonly string[] {
  return Object.entries(members).flatMap(([name, member]) => (member.required === true ? [name] : []));
}
function requiredOf(shape: Extract<Shape, { kind: "object" }>): readonly string[] {
  return requiredNames(shape.members);
}

function membersOf(shape: Shape | undefined): readonly string[] {
  switch (shape?.kind) {
    case "object":
      return Object.keys(shape.members);
    case "either":
      return shape.of.flatMap(membersOf);
    default:
      return [];
  }
}

/** Names from other languages and other tools. */
const SYNONYMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["triggers", ["on"]],
  ["trigger", ["on"]],
  ["name", ["id", "flow", "title"]],
  ["cron", ["schedule"]],
  ["timezone", ["zone"]],
  ["tz", ["zone"]],
  ["condition", ["if", "when"]],
  ["retries", ["retry"]],
  ["catch", ["on_failure"]],
  ["rescue", ["on_failure"]],
  ["on_error", ["on_failure"]],
  ["foreach", ["for_each"]],
  ["loop", ["for_each"]],
  ["steps", ["do", "then"]],
  ["payload", ["data", "body"]],
  ["json", ["body"]],
  ["delay", ["wait"]],
  ["sleep", ["wait"]],
  ["value", ["map", "output"]],
]);

/** What stands by itself belongs into a member: `{ title: "…" }`. Undefined: nobody can say into which. */
function asMember(value: unknown, objects: readonly Members[]): string | undefined {
  if (value === null || typeof value === "object") return undefined;
  for (const members of objects) {
    const [name, ...others] = requiredNames(members);
    const shape = name === undefined ? undefined : members[name]?.shape;
    if (
      name === undefined ||
      shape === undefined ||
      !(shape.kind === "either" ? shape.of.some((each) => fits(value, each)) : fits(value, shape))
    )
      continue;
    if (others.length > 0) return `Each has its name: { ${[name, ...others].map((each) => `${each}: …`).join(", ")} }.`;
    const isSpan = [shape, ...(shape.kind === "either" ? shape.of : [])].some(({ kind }) => kind === "span");
    const shown = isSpan && (typeof value !== "string" || parseSpan(value) === undefined) ? '"5m"' : quoted(value);
    return `Do you mean { ${name}: ${shown} }?`;
  }
  return undefined;
}

/** An object where its first text would do: what else it has stands beside it. */
function textHint(value: unknown, keys: Keys): string | undefined {
  if (!isObject(value)) return undefined;
  const [text, ...others] = Object.entries(value);
  const member = keys.at(-1);
  if (text === undefined || typeof text[1] !== "string" || typeof member !== "string") return undefined;
  const beside =
    others.length === 0
      ? ""
      : `; ${oneOf(
          others.map(([name]) => `\`${name}\``),
          "and",
        )} stands beside it`;
  return `The text stands by itself: ${member}: ${quoted(text[1])}${beside}.`;
}

function fits(value: unknown, shape: Shape): boolean {
  switch (shape.kind) {
    case "text":
    case "span":
    case "cel":
      return typeof value === "string";
    case "choice":
      return shape.of.some((each) => typeof each === typeof value);
    case "number":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "list":
    case "steps":
      return Array.isArray(value);
    case "object":
    case "record":
    case "expression":
      return isObject(value);
    default:
      return true;
  }
}

function whatOf(shape: Shape): string {
  switch (shape.kind) {
    case "text":
    case "number":
      return shape.what;
    case "choice":
      return `one of ${oneOf(shape.of)}`;
    case "span":
      return 'a span of time like "30s"';
    case "expression":
      return 'an expression, { "$": "…" }';
    case "list":
      return "a list";
    case "object":
      return `an object with ${oneOf(requiredOf(shape), "and")}`;
    default:
      return `a ${shape.kind}`;
  }
}

export function oneOf(words: readonly (string | number)[], join = "or"): string {
  return words.length < 2 ? String(words[0] ?? "") : `${words.slice(0, -1).join(", ")} ${join} ${words.at(-1)}`;
}

function celHint(value: unknown): Partial<Found> {
  return isObject(value) && typeof value["$"] === "string"
    ? { hint: `Here its text stands by itself: ${quoted(value["$"])}.` }
    : typeof value === "boolean" || typeof value === "number"
      ? { hint: `In quotes it is one: "${value}".` }
      : {};
}

/** Whether a value is JSON and not nested deeper than anything reads. Looks without recursion. */
export function jsonFault(value: unknown, deepest: number): Found | undefined {
  let level: readonly { readonly value: unknown; readonly keys: Keys }[] = [{ value, keys: [] }];
  for (let depth = 0; level.length > 0; depth++) {
    const next: { readonly value: unknown; readonly keys: Keys }[] = [];
    for (const { value: each, keys } of level) {
      if (typeof each === "number" ? !Number.isFinite(each) : !isJson(each)) {
        return { keys, code: "wrong_kind", message: `${String(each)} is no JSON.` };
      }
      const odd = [each, keys.at(-1)].find((text) => typeof text === "string" && !isKept(text));
      if (odd !== undefined) {
        return { keys, code: "wrong_value", message: `${quoted(odd)} holds U+0000 or half a character.` };
      }
      if (each !== null && typeof each === "object") {
        if (depth >= deepest) {
          return {
            keys: keys.slice(0, NESTING_MAX),
            code: "too_deep",
            message: `Values are nested deeper than ${deepest}.`,
          };
        }
        for (const [name, inner] of Array.isArray(each) ? each.entries() : Object.entries(each)) {
          next.push({ value: inner, keys: [...keys, name] });
        }
      }
    }
    level = next;
  }
  return undefined;
}

/** Whether it can be stored as it is: neither the database's text nor its JSON takes U+0000 or a surrogate without its other half. */
export function isKept(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

function isJson(value: unknown): value is Json {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return true;
    case "object":
      return value === null || Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
    default:
      return false;
  }
}
