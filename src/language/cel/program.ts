// From the tree to closures: each node becomes a function of what is read and what is left to spend. What a tree without loops costs is
// known beforehand and paid at once; loops pay for each turn, and functions for what they look at and make.
import { unreachable } from "#kernel/plain";
import { Duration, type Value } from "../compiled.ts";
import { Fail, failed, quoted, spendBytes } from "./fail.ts";
import { Names, type Program } from "./frame.ts";
import { takes } from "./functions/overload.ts";
import { duration } from "./functions/times.ts";
import { FUNCTIONS } from "./functions.ts";
import { loop } from "./loops.ts";
import { type Macro, macroOf } from "./macros.ts";
import { binary, keyOf, number, plain, shortcut, truth } from "./operators.ts";
import { Optional } from "./optional.ts";
import type { Node, NodeOf } from "./syntax.ts";
import { functionKey, type Root, stepNamed } from "./tree.ts";
import { type Fields, kindOf, type Met, member, put } from "./values.ts";

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
      return loop(form, names, build);
  }
}
