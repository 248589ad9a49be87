import { nearest, unreachable } from "#kernel/plain";
import { kindOfStep, STEP_KINDS } from "../kinds.ts";
import { parseSpan } from "../span.ts";
import { type Found, type Keys, quoted } from "./fault.ts";
import { asMember, celHint, SYNONYMS, textHint } from "./meant.ts";
import {
  type Fields,
  fits,
  isObject,
  type Members,
  membersOf,
  NESTING_MAX,
  oneOf,
  requiredNames,
  requiredOf,
  type Shape,
  type StepShapes,
  whatOf,
} from "./shape.ts";

const STEPS_MAX = 500;

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
