// From the tree to closures: each node becomes a function of what is read and what is left to spend. What a tree without loops costs is
// known beforehand and paid at once; loops pay for each turn, and functions for what they look at and make.

import { unreachable } from "#kernel/plain";
import { type Budget, type Context, Duration, Timestamp, type Value } from "../compiled.ts";
import { Fail, failed, quoted, spendBytes, spendSteps } from "./fail.ts";
import { sorted } from "./functions/lists.ts";
import { takes } from "./functions/overload.ts";
import { duration, timestamp } from "./functions/times.ts";
import { FUNCTIONS, NAMESPACES } from "./functions.ts";
import { type Macro, macroOf } from "./macros.ts";
import { Optional } from "./optional.ts";
import type { BinaryOp, Node, NodeOf } from "./syntax.ts";
import { compare, equal, type Fields, kindOf, type Met, member, put } from "./values.ts";

/** What an expression may name at its root. */
export const ROOTS = ["event", "trigger", "input", "steps", "item", "index", "error", "run", "secrets"] as const;
export type Root = (typeof ROOTS)[number];

export interface Frame {
  readonly context: Context;
  readonly budget: Budget;
  /** Variables of loops, by place. */
  readonly locals: Value[];
}
export type Program = (frame: Frame) => Met;

/** Variables of loops by name, each with a place of its own: one that hides another does not overwrite it. */
class Names {
  private readonly places: ReadonlyMap<string, number>;
  readonly next: number;
  constructor(places: ReadonlyMap<string, number> = new Map(), next = 0) {
    this.places = places;
    this.next = next;
  }
  has(name: string): boolean {
    return this.places.has(name);
  }
  get(name: string): number | undefined {
    return this.places.get(name);
  }
  with(name: string): Names {
    return new Names(new Map(this.places).set(name, this.next), this.next + 1);
  }
}

/** The tree must have been checked: what it names is there to be named. */
export function programOf(node: Node): Program {
  return build(node, new Names());
}

/** The innermost node that fails says where. */
function located(node: Node, program: Program): Program {
  return (frame) => {
    try {
      return program(frame);
    } catch (error) {
      if (error instanceof Fail && error.offset === undefined) {
        error.offset = node.start;
      }
      throw error;
    }
  };
}

function build(node: Node, names: Names): Program {
  switch (node.kind) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "name":
      return name(node, names);
    case "select":
      return select(node, names);
    case "index":
      return located(node, index(node, names));
    case "call":
      return located(node, call(node, names));
    case "not": {
      const of = build(node.of, names);
      return located(node, (frame) => !truth(of(frame), "!"));
    }
    case "negate": {
      const of = build(node.of, names);
      return located(node, (frame) => {
        const value = of(frame);
        if (value instanceof Duration) {
          return duration(-value.ms);
        }
        return 0 - number(value, "-");
      });
    }
    case "and":
      return located(node, shortcut(build(node.left, names), build(node.right, names), false, "&&"));
    case "or":
      return located(node, shortcut(build(node.left, names), build(node.right, names), true, "||"));
    case "choose": {
      const [condition, then, otherwise] = [build(node.if, names), build(node.yes, names), build(node.no, names)];
      return located(node, (frame) => (truth(condition(frame), "?") ? then(frame) : otherwise(frame)));
    }
    case "binary":
      return located(node, binary(node.op, build(node.left, names), build(node.right, names)));
    case "list": {
      const items = node.items.map((item) => build(item, names));
      return located(node, (frame) => {
        spendBytes(frame.budget, 16 + items.length * 8);
        return items.map((item) => plain(item(frame)));
      });
    }
    case "map": {
      const entries = node.entries.map(([key, value]) => [build(key, names), build(value, names)] as const);
      return located(node, (frame) => {
        spendBytes(frame.budget, 16 + entries.length * 16);
        const fields: Record<string, Value> = {};
        for (const [key, value] of entries) {
          const named = keyOf(key(frame));
          if (Object.hasOwn(fields, named)) {
            throw failed(`The object has two members ${quoted(named)}.`);
          }
          put(fields, named, plain(value(frame)));
        }
        return fields;
      });
    }
    default:
      return unreachable(node);
  }
}

function name(node: NodeOf<"name">, names: Names): Program {
  const place = names.get(node.name);
  if (place !== undefined) {
    return ({ locals }) => locals[place] ?? null;
  }
  const root = node.name as Exclude<Root, "steps" | "secrets">;
  return ({ context }) => (context[root] ?? null) as Value;
}

function select(node: NodeOf<"select">, names: Names): Program {
  const { field } = node;
  const id = stepNamed(node, names);
  if (id !== undefined) {
    return (frame) => {
      const output = frame.context.steps?.get(id);
      if (node.optional) {
        return output === undefined ? Optional.none : Optional.of(output);
      }
      if (output === undefined) {
        throw failed(`The step ${quoted(id)} has not completed.`, node.start);
      }
      return output;
    };
  }
  const of = build(node.of, names);
  if (node.optional) {
    return (frame) => optionalMember(of(frame), field);
  }
  return (frame) => {
    const value = of(frame);
    // The common way: a member of an object that is there.
    if (typeof value === "object" && value !== null && kindOf(value) === "map") {
      const found = member(value as Fields, field);
      if (found !== undefined) {
        return found;
      }
    }
    return value instanceof Optional ? optionalMember(value, field) : missing(value, field, node);
  };
}

/** `steps.quote`, `steps["quote"]`: the step that is meant. */
export function stepNamed(
  node: NodeOf<"select"> | NodeOf<"index">,
  names?: { has(name: string): boolean },
): string | undefined {
  if (node.of.kind !== "name" || node.of.name !== "steps" || names?.has("steps") === true) {
    return undefined;
  }
  if (node.kind === "select") {
    return node.field;
  }
  return node.index.kind === "literal" && typeof node.index.value === "string" ? node.index.value : undefined;
}

function missing(value: Met, field: string, node: NodeOf<"select">): never {
  throw failed(
    kindOf(value) === "map"
      ? `There is no ${quoted(field)} in ${quoted(value)}; \`.?${field}\` or \`has()\` asks first.`
      : `${quoted(value)} has no member ${quoted(field)}.`,
    node.start,
  );
}

function optionalMember(value: Met, field: string): Optional {
  const of = value instanceof Optional ? (value.present ? value.value : null) : value;
  const found = kindOf(of) === "map" ? member(of as Fields, field) : undefined;
  return found === undefined ? Optional.none : Optional.of(found);
}

function index(node: NodeOf<"index">, names: Names): Program {
  const id = stepNamed(node, names);
  if (id !== undefined) {
    return select(
      { kind: "select", of: node.of, field: id, optional: node.optional, start: node.start, end: node.end },
      names,
    );
  }
  const [of, at] = [build(node.of, names), build(node.index, names)];
  return (frame) => {
    const container = of(frame);
    const value = container instanceof Optional ? container.value : container;
    const found = element(value, at(frame));
    if (node.optional || container instanceof Optional) {
      return found === undefined ? Optional.none : Optional.of(found);
    }
    if (found === undefined) {
      throw failed(`There is no element ${quoted(at(frame))} in ${quoted(value)}.`);
    }
    return found;
  };
}

function element(of: Met, at: Met): Value | undefined {
  if (kindOf(of) === "list" && typeof at === "number") {
    const list = of as readonly Value[];
    return Number.isInteger(at) && at >= 0 && at < list.length ? (list[at] ?? null) : undefined;
  }
  if (kindOf(of) === "map" && (typeof at === "string" || typeof at === "number" || typeof at === "boolean")) {
    return member(of as Fields, String(at));
  }
  if (of === null) {
    return undefined;
  }
  throw failed(`${quoted(of)} has no element ${quoted(at)}.`);
}

function keyOf(value: Met): string {
  if (typeof value === "string") {
    return value;
  }
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  throw failed(`${quoted(value)} is no name of a member.`);
}

/** Within lists and objects there is nothing optional: what has no value is null. */
function plain(value: Met): Value {
  return value instanceof Optional ? value.value : value;
}

function truth(value: Met, operator: string): boolean {
  if (typeof value !== "boolean") {
    throw failed(`\`${operator}\` wants true or false, not ${quoted(value)}.`);
  }
  return value;
}

function number(value: Met, operator: string): number {
  if (typeof value !== "number") {
    throw failed(`\`${operator}\` wants a number, not ${quoted(value)}.`);
  }
  return value;
}

/** `&&` and `||` are decided by either side: a failure of one does not matter when the other one decides. */
function shortcut(left: Program, right: Program, decides: boolean, operator: string): Program {
  return (frame) => {
    let first: boolean;
    try {
      first = truth(left(frame), operator);
    } catch (error) {
      if (!(error instanceof Fail) || error.code === "expression_too_expensive" || right(frame) !== decides) {
        throw error;
      }
      return decides;
    }
    return first === decides ? decides : truth(right(frame), operator);
  };
}

function binary(op: BinaryOp, left: Program, right: Program): Program {
  switch (op) {
    case "==":
      return (frame) => equal(left(frame), right(frame), frame.budget);
    case "!=":
      return (frame) => !equal(left(frame), right(frame), frame.budget);
    case "<":
      return (frame) => compare(left(frame), right(frame)) < 0;
    case "<=":
      return (frame) => compare(left(frame), right(frame)) <= 0;
    case ">":
      return (frame) => compare(left(frame), right(frame)) > 0;
    case ">=":
      return (frame) => compare(left(frame), right(frame)) >= 0;
    case "in":
      return (frame) => within(left(frame), right(frame), frame.budget);
    case "+":
      return (frame) => {
        const [a, b] = [left(frame), right(frame)];
        return typeof a === "number" && typeof b === "number" ? finite(a + b) : added(a, b, frame.budget);
      };
    case "-":
      return (frame) => {
        const [a, b] = [left(frame), right(frame)];
        return typeof a === "number" && typeof b === "number" ? finite(a - b) : subtracted(a, b);
      };
    case "*":
      return (frame) => finite(number(left(frame), op) * number(right(frame), op)) + 0;
    case "/":
      return (frame) => {
        const [a, b] = [number(left(frame), op), number(right(frame), op)];
        if (b === 0) {
          throw failed(`${a} is divided by zero.`);
        }
        return finite(a / b) + 0;
      };
    case "%":
      return (frame) => {
        const [a, b] = [number(left(frame), op), number(right(frame), op)];
        if (b === 0) {
          throw failed(`${a} is divided by zero.`);
        }
        return (a % b) + 0;
      };
    default:
      return unreachable(op);
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) {
    throw failed("The result is larger than any number that JSON can carry.");
  }
  return value;
}

function within(item: Met, container: Met, budget: Budget): boolean {
  switch (kindOf(container)) {
    case "list": {
      const list = container as readonly Value[];
      spendSteps(budget, list.length >>> 2);
      return list.some((each) => equal(item, each, budget));
    }
    case "map":
      return typeof item === "string" && Object.hasOwn(container as Fields, item);
    default:
      throw failed(`\`in\` looks into a list or an object, not ${quoted(container)}.`);
  }
}

function added(a: Met, b: Met, budget: Budget): Met {
  const [kind, other] = [kindOf(a), kindOf(b)];
  if (kind === "string" && other === "string") {
    spendBytes(budget, (a as string).length + (b as string).length);
    return (a as string) + (b as string);
  }
  if (kind === "list" && other === "list") {
    const [one, two] = [a as readonly Value[], b as readonly Value[]];
    spendBytes(budget, (one.length + two.length) * 8);
    return one.concat(two);
  }
  if (kind === "bytes" && other === "bytes") {
    const [one, two] = [a as Uint8Array, b as Uint8Array];
    spendBytes(budget, one.length + two.length);
    const sum = new Uint8Array(one.length + two.length);
    sum.set(one);
    sum.set(two, one.length);
    return sum;
  }
  if (a instanceof Timestamp && b instanceof Duration) {
    return timestamp(a.ms + b.ms);
  }
  if (a instanceof Duration && b instanceof Timestamp) {
    return timestamp(a.ms + b.ms);
  }
  if (a instanceof Duration && b instanceof Duration) {
    return duration(a.ms + b.ms);
  }
  const hint = kind === "string" || other === "string" ? "; `string()` makes text of a value" : "";
  throw failed(`${quoted(a)} and ${quoted(b)} cannot be added${hint}.`);
}

function subtracted(a: Met, b: Met): Met {
  if (a instanceof Timestamp && b instanceof Timestamp) {
    return duration(a.ms - b.ms);
  }
  if (a instanceof Timestamp && b instanceof Duration) {
    return timestamp(a.ms - b.ms);
  }
  if (a instanceof Duration && b instanceof Duration) {
    return duration(a.ms - b.ms);
  }
  throw failed(`${quoted(b)} cannot be taken from ${quoted(a)}.`);
}

function call(node: NodeOf<"call">, names: Names): Program {
  const found = macroOf(node);
  if (found?.ok === true) {
    return macro(found.macro, names);
  }
  const key = functionKey(node, names);
  const fn = FUNCTIONS.get(key);
  const receiver = key.startsWith(".") && node.receiver !== undefined ? [node.receiver] : [];
  const args = [...receiver, ...node.args].map((arg) => build(arg, names));
  const overloads = fn?.overloads.filter((each) => each.takes.length === args.length) ?? [];
  const [only] = overloads;
  if (only === undefined) {
    throw new Error(`No function ${key} takes ${args.length} arguments; the expression was not checked.`);
  }
  return (frame) => {
    const values = args.map((arg) => arg(frame));
    for (const overload of overloads) {
      if (overload.takes.every((parameter, i) => takes(parameter, values[i] ?? null))) {
        return overload.run(frame.budget, values);
      }
    }
    throw failed(`\`${node.name}\` does not take ${values.map(quoted).join(", ") || "nothing"}.`);
  };
}

/** As the table of functions has it: `.trim`, `math.round`, `size`. */
export function functionKey(node: NodeOf<"call">, names: { has(name: string): boolean }): string {
  const { receiver } = node;
  if (receiver === undefined) {
    return node.name;
  }
  return receiver.kind === "name" && NAMESPACES.has(receiver.name) && !names.has(receiver.name)
    ? `${receiver.name}.${node.name}`
    : `.${node.name}`;
}

/** Nodes of a tree: what one turn of it costs, at most, without its loops. */
export function weight(node: Node): number {
  switch (node.kind) {
    case "literal":
    case "name":
      return 1;
    case "select":
    case "not":
    case "negate":
      return 1 + weight(node.of);
    case "index":
      return 1 + weight(node.of) + weight(node.index);
    case "and":
    case "or":
    case "binary":
      return 1 + weight(node.left) + weight(node.right);
    case "choose":
      return 1 + weight(node.if) + weight(node.yes) + weight(node.no);
    case "list":
      return node.items.reduce((sum, item) => sum + weight(item), 1);
    case "map":
      return node.entries.reduce((sum, [key, value]) => sum + weight(key) + weight(value), 1);
    case "call":
      return [...(node.receiver === undefined ? [] : [node.receiver]), ...node.args].reduce(
        (sum, arg) => sum + weight(arg),
        1,
      );
    default:
      return unreachable(node);
  }
}

function macro(form: Macro, names: Names): Program {
  switch (form.kind) {
    case "has": {
      const id = stepNamed(form.of, names);
      if (id !== undefined) {
        return ({ context }) => context.steps?.get(id) !== undefined;
      }
      const of = build(form.of.of, names);
      return (frame) => optionalMember(of(frame), form.of.field).present;
    }
    case "bind": {
      const place = names.next;
      const value = build(form.value, names);
      const body = build(form.body, names.with(form.name));
      return (frame) => {
        frame.locals[place] = plain(value(frame));
        return body(frame);
      };
    }
    default:
      return loop(form, names);
  }
}

type Loop = Exclude<Macro, { readonly kind: "has" | "bind" }>;

function loop(form: Loop, names: Names): Program {
  const over = build(form.over, names);
  const [one, two] = form.names;
  const [first, second] = [names.next, names.next + 1];
  const inner = two === undefined ? names.with(one) : names.with(one).with(two);
  const pairs = two !== undefined;
  const body = build(form.body, inner);
  const where = "where" in form && form.where !== undefined ? build(form.where, inner) : undefined;
  const turn = 1 + weight(form.body) + ("where" in form && form.where !== undefined ? weight(form.where) : 0);

  /** Calls `each` for the elements of a list or the keys of an object, until it says that it has seen enough. */
  const walk = (frame: Frame, each: (value: Value, key: string | number) => boolean): void => {
    const collection = over(frame);
    const kind = kindOf(collection);
    if (kind !== "list" && kind !== "map") {
      throw failed(`\`${form.kind}\` goes through a list or an object, not ${quoted(collection)}.`);
    }
    const { budget, locals } = frame;
    const step = (value: Value, key: string | number): boolean => {
      spendSteps(budget, turn);
      locals[first] = pairs || kind === "map" ? key : value;
      if (pairs) {
        locals[second] = value;
      }
      return each(kind === "list" ? value : key, key);
    };
    if (kind === "list") {
      const list = collection as readonly Value[];
      for (let i = 0; i < list.length && step(list[i] ?? null, i); i++) {
        // `step` does it.
      }
    } else {
      const fields = collection as Fields;
      for (const key of Object.keys(fields)) {
        if (!step(fields[key] ?? null, key)) {
          return;
        }
      }
    }
  };
  const wanted = (frame: Frame): boolean => where === undefined || truth(where(frame), form.kind);

  switch (form.kind) {
    case "all":
    case "exists": {
      // Like && and ||: an element that decides makes failures of others irrelevant.
      const decides = form.kind === "exists";
      return (frame) => {
        let failure: Fail | undefined;
        let decided = false;
        walk(frame, () => {
          try {
            decided = truth(body(frame), form.kind) === decides;
          } catch (error) {
            if (!(error instanceof Fail) || error.code === "expression_too_expensive") {
              throw error;
            }
            failure ??= error;
          }
          return !decided;
        });
        if (!decided && failure !== undefined) {
          throw failure;
        }
        return decided === decides;
      };
    }
    case "exists_one":
      return (frame) => {
        let count = 0;
        walk(frame, () => {
          count += truth(body(frame), form.kind) ? 1 : 0;
          return true;
        });
        return count === 1;
      };
    case "filter":
      return (frame) => {
        const kept: Value[] = [];
        walk(frame, (value) => {
          if (truth(body(frame), form.kind)) {
            spendBytes(frame.budget, 8);
            kept.push(value);
          }
          return true;
        });
        return kept;
      };
    case "map":
    case "transformList":
      return (frame) => {
        const made: Value[] = [];
        walk(frame, () => {
          if (wanted(frame)) {
            spendBytes(frame.budget, 8);
            made.push(plain(body(frame)));
          }
          return true;
        });
        return made;
      };
    case "transformMap":
      return (frame) => {
        const made: Record<string, Value> = {};
        walk(frame, (_, key) => {
          if (wanted(frame)) {
            spendBytes(frame.budget, 16);
            put(made, String(key), plain(body(frame)));
          }
          return true;
        });
        return made;
      };
    case "sortBy":
      return (frame) => {
        const values: Value[] = [];
        const keys: Met[] = [];
        walk(frame, (value) => {
          spendBytes(frame.budget, 16);
          values.push(value);
          keys.push(body(frame));
          return true;
        });
        return sorted(frame.budget, values, keys);
      };
    default:
      return unreachable(form);
  }
}
