import { nearest, unreachable } from "#kernel/plain";
import { functionMeant } from "./foreign.ts";
import { mayTake } from "./functions/overload.ts";
import { FUNCTIONS, NAMESPACES } from "./functions.ts";
import { MACROS, type Macro, macroOf } from "./macros.ts";
import { parsePattern } from "./pattern/pattern.ts";
import type { BinaryOp, Node, NodeOf } from "./syntax.ts";
import { parseDuration, parseTimestamp } from "./time.ts";
import { functionKey, stepNamed } from "./tree.ts";
import {
  alternatives,
  BOOL,
  BYTES,
  DURATION,
  DYN,
  listOf,
  mapOf,
  NULL,
  NUMBER,
  optionalOf,
  STRING,
  TIMESTAMP,
  type Type,
  typeText,
  unionOf,
} from "./types.ts";

/** What an expression may name, and what is known of it. */
export interface Scope {
  /** By root: `event`, `input`, … ; those absent may not be named here. */
  readonly roots: ReadonlyMap<string, Type>;
  /** Steps that have certainly completed. Undefined: any may be named. */
  readonly steps: ReadonlyMap<string, Type> | undefined;
  /** Steps that may have completed, which `steps.?x` and `has(steps.x)` ask about. */
  readonly perhaps?: ReadonlyMap<string, Type>;
  /** Why something may not be named here, and what to do: asked about roots and steps that are not in scope. */
  explain?(name: string, isStep: boolean): { readonly message: string; readonly hint?: string } | undefined;
}

export interface ExpressionFault {
  readonly code:
    | "expression_syntax"
    | "expression_too_large"
    | "number_too_large"
    | "unknown_name"
    | "unknown_step"
    | "unknown_field"
    | "unknown_function"
    | "wrong_type"
    | "wrong_value"
    | "secret_not_allowed";
  readonly message: string;
  readonly hint?: string;
  /** In UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
}

type Locals = ReadonlyMap<string, Type>;

/** The type of what the tree gives, and everything that is wrong with it. */
export function checkTree(
  tree: Node,
  scope: Scope,
): { readonly type: Type; readonly faults: readonly ExpressionFault[] } {
  const checker = new Checker(scope);
  const type = checker.typeOf(tree, new Map());
  return { type, faults: checker.faults };
}

class Checker {
  readonly faults: ExpressionFault[] = [];
  private readonly scope: Scope;
  constructor(scope: Scope) {
    this.scope = scope;
  }

  private fault(node: Node, code: ExpressionFault["code"], message: string, hint?: string): Type {
    this.faults.push({ code, message, start: node.start, end: node.end, ...(hint === undefined ? {} : { hint }) });
    return DYN;
  }

  typeOf(node: Node, locals: Locals): Type {
    switch (node.kind) {
      case "literal":
        return literalType(node);
      case "name":
        return this.name(node, locals);
      case "select":
        return this.select(node, locals);
      case "index":
        return this.index(node, locals);
      case "call":
        return this.call(node, locals);
      case "not":
        this.expect(node.of, locals, "bool", "`!`");
        return BOOL;
      case "negate": {
        const type = this.typeOf(node.of, locals);
        if (!may(type, "number") && !may(type, "duration")) {
          return this.fault(node, "wrong_type", `\`-\` wants a number or a duration, not ${typeText(type)}.`);
        }
        return type;
      }
      case "and":
      case "or":
        this.expect(node.left, locals, "bool", node.kind === "and" ? "`&&`" : "`||`");
        this.expect(node.right, locals, "bool", node.kind === "and" ? "`&&`" : "`||`");
        return BOOL;
      case "choose":
        this.expect(node.if, locals, "bool", "`?`");
        return unionOf([this.typeOf(node.yes, locals), this.typeOf(node.no, locals)]);
      case "binary":
        return this.binary(node, this.typeOf(node.left, locals), this.typeOf(node.right, locals));
      case "list":
        return listOf(unionOf(node.items.map((item) => bare(this.typeOf(item, locals)))));
      case "map":
        return this.map(node, locals);
      default:
        return unreachable(node);
    }
  }

  private expect(node: Node, locals: Locals, kind: Type["kind"], what: string): void {
    const type = this.typeOf(node, locals);
    if (!may(type, kind)) {
      this.fault(
        node,
        "wrong_type",
        `${what} wants ${kind === "bool" ? "true or false" : `a ${kind}`}, not ${typeText(type)}.`,
      );
    }
  }

  private name(node: NodeOf<"name">, locals: Locals): Type {
    const local = locals.get(node.name);
    if (local !== undefined) {
      return local;
    }
    if (node.name === "steps") {
      return this.fault(node, "unknown_name", "`steps` is no value by itself.", "Name a step: `steps.quote`.");
    }
    if (node.name === "secrets") {
      return this.fault(
        node,
        "secret_not_allowed",
        "`secrets` may not be read here.",
        'Only a header of an `http` step takes one, by itself or behind text: "Bearer " + secrets.api_key.',
      );
    }
    const root = this.scope.roots.get(node.name);
    if (root !== undefined) {
      return root;
    }
    const explained = this.scope.explain?.(node.name, false);
    if (explained !== undefined) {
      return this.fault(node, "unknown_name", explained.message, explained.hint);
    }
    if (NAMESPACES.has(node.name)) {
      return this.fault(
        node,
        "unknown_name",
        `\`${node.name}\` is no value; it is the first part of names of functions.`,
      );
    }
    const near = nearest(node.name, [...this.scope.roots.keys(), "steps", ...locals.keys()]);
    return this.fault(
      node,
      "unknown_name",
      `There is no \`${node.name}\` here.`,
      near === undefined ? this.unknownNameHint(node.name, locals) : `Do you mean \`${near}\`?`,
    );
  }

  /** A word by itself is mostly a member of what came, or text that lacks its quotes. */
  private unknownNameHint(name: string, locals: Locals): string {
    const { roots, steps } = this.scope;
    const there = [...locals.keys(), ...roots.keys(), ...(steps?.size === 0 ? [] : ["steps"])].join(", ");
    const owner = ["input", "item"].find((root) =>
      alternatives(roots.get(root) ?? NULL).some((type) => type.kind === "object" && type.fields.has(name)),
    );
    if (owner !== undefined) return `Do you mean \`${owner}.${name}\`?`;
    const step = steps?.has(name) === true ? `, and the step \`steps.${name}\`` : "";
    return `${there} are there${step}. Text stands in quotes: "${name}".`;
  }

  private select(node: NodeOf<"select">, locals: Locals): Type {
    const id = stepNamed(node, locals);
    if (id !== undefined) {
      return this.stepOutput(id, node);
    }
    if (isSecret(node, locals)) {
      return this.fault(
        node,
        "secret_not_allowed",
        `The secret \`${node.field}\` may not be read here.`,
        'Only a header of an `http` step takes one, by itself or behind text: "Bearer " + secrets.api_key.',
      );
    }
    return this.memberOf(this.typeOf(node.of, locals), node.field, node, node.optional);
  }

  private stepOutput(id: string, node: NodeOf<"select"> | NodeOf<"index">): Type {
    const perhaps = node.optional ? this.scope.perhaps?.get(id) : undefined;
    const output = perhaps ?? this.step(id, node);
    return node.optional ? optionalOf(output) : output;
  }

  private step(id: string, node: Node): Type {
    const { steps } = this.scope;
    if (steps === undefined) {
      return DYN;
    }
    const output = steps.get(id);
    if (output !== undefined) {
      return output;
    }
    const explained = this.scope.explain?.(id, true);
    const near = nearest(id, steps.keys());
    return this.fault(
      node,
      "unknown_step",
      explained?.message ?? `There is no step \`${id}\` before this one.`,
      explained?.hint ?? (near === undefined ? undefined : `Do you mean \`steps.${near}\`?`),
    );
  }

  /** The member's type; for an optional access, or one of something optional, an optional of it. */
  private memberOf(type: Type, field: string, node: Node, optional: boolean): Type {
    const chained = alternatives(type).some(({ kind }) => kind === "optional");
    const of = bare(type);
    const found: Type[] = [];
    for (const each of alternatives(of)) {
      if (each.kind === "dyn") {
        found.push(DYN);
      } else if (each.kind === "object") {
        const member = each.fields.get(field) ?? each.rest;
        if (member !== undefined) {
          found.push(member);
        }
      }
    }
    if (found.length === 0) {
      this.noMember(of, field, node);
    }
    const member = unionOf(found);
    return optional || chained ? optionalOf(bare(member)) : member;
  }

  private noMember(type: Type, field: string, whole: Node): void {
    // Of a chain of members, the one that is not there.
    const node = whole.kind === "select" ? { ...whole, start: whole.end - field.length } : whole;
    const objects = alternatives(type).filter((each) => each.kind === "object");
    if (objects.length === 0) {
      const hint = alternatives(type).some(({ kind }) => kind === "list")
        ? "Of a list take one element, `list[0]`, or each: `list.map(x, x.name)`."
        : undefined;
      this.fault(node, "wrong_type", `${typeText(type)} has no member \`${field}\`.`, hint);
      return;
    }
    const names = objects.flatMap((each) => [...each.fields.keys()]);
    const near = nearest(field, names);
    const of = whole.kind === "select" || whole.kind === "index" ? chainText(whole.of) : undefined;
    this.fault(
      node,
      "unknown_field",
      `There is no member \`${field}\` in ${of === undefined ? typeText(type) : `\`${of}\``}.`,
      near === undefined ? membersHint(names, of ?? "value", field) : `Do you mean \`${near}\`?`,
    );
  }

  private index(node: NodeOf<"index">, locals: Locals): Type {
    const id = stepNamed(node, locals);
    if (id !== undefined) {
      return this.stepOutput(id, node);
    }
    const type = this.typeOf(node.of, locals);
    const at = this.typeOf(node.index, locals);
    if (node.index.kind === "literal" && typeof node.index.value === "string") {
      return this.memberOf(type, node.index.value, node, node.optional);
    }
    const chained = alternatives(type).some(({ kind }) => kind === "optional");
    const found: Type[] = [];
    for (const each of alternatives(bare(type))) {
      if (each.kind === "dyn") {
        found.push(DYN);
      } else if (each.kind === "list" && may(at, "number")) {
        found.push(each.of);
      } else if (each.kind === "object" && may(at, "string")) {
        found.push(unionOf([...each.fields.values(), ...(each.rest === undefined ? [] : [each.rest])]));
      }
    }
    if (found.length === 0) {
      return this.fault(node.index, "wrong_type", `${typeText(bare(type))} has no element by ${typeText(at)}.`);
    }
    return node.optional || chained ? optionalOf(unionOf(found)) : unionOf(found);
  }

  private map(node: NodeOf<"map">, locals: Locals): Type {
    const fields = new Map<string, Type>();
    let named = true;
    for (const [key, value] of node.entries) {
      const keyType = this.typeOf(key, locals);
      if (!may(keyType, "string") && !may(keyType, "number") && !may(keyType, "bool")) {
        this.fault(key, "wrong_type", `A member's name is a string, not ${typeText(keyType)}.`);
      }
      const type = bare(this.typeOf(value, locals));
      if (key.kind !== "literal") {
        named = false;
      } else if (fields.has(String(key.value))) {
        this.fault(key, "wrong_value", `The object has two members \`${String(key.value)}\`.`);
      } else {
        fields.set(String(key.value), type);
      }
    }
    return named ? { kind: "object", fields, rest: undefined } : mapOf(DYN);
  }

  private binary(node: NodeOf<"binary">, left: Type, right: Type): Type {
    const wrong = (hint?: string): Type =>
      this.fault(node, "wrong_type", `\`${node.op}\` does not go with ${typeText(left)} and ${typeText(right)}.`, hint);
    switch (node.op) {
      case "==":
      case "!=":
        return comparable(left, right) ? BOOL : wrong("They are never equal.");
      case "<":
      case "<=":
      case ">":
      case ">=":
        return (["number", "string", "bool", "bytes", "timestamp", "duration"] as const).some(
          (kind) => may(left, kind) && may(right, kind),
        )
          ? BOOL
          : wrong(
              timeHint(left, right) ??
                (may(left, "string") || may(right, "string") ? "`double(text)` makes a number of text." : undefined),
            );
      case "in":
        return may(right, "list") || (may(right, "object") && may(left, "string"))
          ? BOOL
          : wrong("`in` looks into a list, or for a name in an object.");
      case "+":
      case "-":
      case "*":
      case "/":
      case "%": {
        const results = RESULTS[node.op].filter(([one, other]) => may(left, one) && may(right, other));
        if (results.length === 0) {
          const text = node.op === "+" && (may(left, "string") || may(right, "string"));
          return wrong(timeHint(left, right) ?? (text ? "`string(value)` makes text of a value." : undefined));
        }
        return left.kind === "list" && right.kind === "list"
          ? listOf(unionOf([left.of, right.of]))
          : unionOf(results.map(([, , result]) => result));
      }
      default:
        return unreachable(node.op);
    }
  }

  private call(node: NodeOf<"call">, locals: Locals): Type {
    const found = macroOf(node);
    if (found?.ok === false) {
      return this.fault(found.at, "wrong_value", found.message);
    }
    if (found?.ok === true) {
      return this.macro(found.macro, locals);
    }
    const key = functionKey(node, locals);
    const fn = FUNCTIONS.get(key);
    if (fn === undefined) {
      if (node.receiver !== undefined && key.startsWith(".")) {
        this.typeOf(node.receiver, locals);
      }
      for (const arg of node.args) {
        this.typeOf(arg, locals);
      }
      return this.unknownFunction(node, key);
    }
    const nodes = [...(key.startsWith(".") && node.receiver !== undefined ? [node.receiver] : []), ...node.args];
    const types = nodes.map((each) => this.typeOf(each, locals));
    const fitting = fn.overloads.filter(
      ({ takes }) =>
        takes.length === types.length && takes.every((parameter, i) => mayTake(parameter, types[i] ?? DYN)),
    );
    if (fitting.length === 0) {
      const forms = fn.overloads.map(({ takes }) => formOf(fn.name, fn.member, takes));
      return this.fault(
        node,
        "wrong_type",
        `\`${fn.name}\` does not take ${types.map((type) => typeText(type)).join(", ") || "nothing"}.`,
        `It is called like this: ${[...new Set(forms)].join(", ")}.`,
      );
    }
    this.literalArguments(fn.name, nodes);
    return unionOf(fitting.map(({ gives }) => (typeof gives === "function" ? gives(types) : gives)));
  }

  /** What can be known to fail before it runs. */
  private literalArguments(name: string, nodes: readonly Node[]): void {
    const last = nodes.at(-1);
    if (last?.kind !== "literal" || typeof last.value !== "string") {
      return;
    }
    if (name === "matches") {
      const parsed = parsePattern(last.value);
      if (!parsed.ok) {
        this.fault(last, "wrong_value", parsed.message);
      }
    } else if (name === "duration" && parseDuration(last.value) === undefined) {
      this.fault(last, "wrong_value", `${JSON.stringify(last.value)} is no duration.`, '"90s", "1h30m" and "3d" are.');
    } else if (name === "timestamp" && parseTimestamp(last.value) === undefined) {
      this.fault(last, "wrong_value", `${JSON.stringify(last.value)} is no timestamp.`, '"2026-01-31T09:30:00Z" is.');
    }
  }

  private unknownFunction(node: NodeOf<"call">, key: string): Type {
    const member = key.startsWith(".");
    const other = FUNCTIONS.get(member ? node.name : `.${node.name}`);
    if (other !== undefined) {
      return this.fault(
        node,
        "unknown_function",
        `\`${node.name}\` is not called like this.`,
        other.member
          ? `Call it on the value: \`value.${node.name}(…)\`.`
          : `Call it with the value: \`${node.name}(value)\`.`,
      );
    }
    if (key === "now" || key === "random" || key === "uuid") {
      return this.fault(
        node,
        "unknown_function",
        `There is no function \`${key}\`: an expression gives the same each time it is asked.`,
        key === "now"
          ? "`run.started_at` and `event.received_at` are instants."
          : "`run.id` is different for each run.",
      );
    }
    const names = [
      ...[...FUNCTIONS.keys()].filter((each) => each.startsWith(".") === member),
      ...MACROS.map((each) => (each.name.includes(".") || each.name === "has" ? each.name : `.${each.name}`)),
    ];
    const near = nearest(key, names)?.replace(/^\./, "");
    const foreign = functionMeant(node.name, nearest);
    const meant = foreign ?? near;
    return this.fault(
      // Of a call on a value, the name.
      member && node.receiver !== undefined ? { ...node, start: node.receiver.end + 1 } : node,
      "unknown_function",
      `There is no function \`${key.replace(/^\./, "")}\`.`,
      meant === undefined ? undefined : `Do you mean \`${meant}\`?`,
    );
  }

  private macro(form: Macro, locals: Locals): Type {
    switch (form.kind) {
      case "has": {
        const id = stepNamed(form.of, locals);
        if (id !== undefined) {
          if (this.scope.perhaps?.has(id) !== true) {
            this.step(id, form.of);
          }
          return BOOL;
        }
        this.select(form.of, locals);
        return BOOL;
      }
      case "bind":
        return this.typeOf(form.body, new Map(locals).set(form.name, bare(this.typeOf(form.value, locals))));
      default:
        break;
    }
    const over = bare(this.typeOf(form.over, locals));
    if (!may(over, "list") && !may(over, "object")) {
      this.fault(form.over, "wrong_type", `\`${form.kind}\` goes through a list or an object, not ${typeText(over)}.`);
    }
    const [element, key] = elementsOf(over);
    const [one, two] = form.names;
    const inner = new Map(locals);
    if (two === undefined) {
      inner.set(one, alternatives(over).every(({ kind }) => kind === "object") ? STRING : element);
    } else {
      inner.set(one, key).set(two, element);
    }
    if ("where" in form && form.where !== undefined) {
      this.expect(form.where, inner, "bool", `The condition of \`${form.kind}\``);
    }
    switch (form.kind) {
      case "all":
      case "exists":
      case "exists_one":
        this.expect(form.body, inner, "bool", `\`${form.kind}\``);
        return BOOL;
      case "filter":
        this.expect(form.body, inner, "bool", "`filter`");
        return listOf(inner.get(one) ?? DYN);
      case "sortBy":
        this.typeOf(form.body, inner);
        return listOf(inner.get(one) ?? DYN);
      case "map":
      case "transformList":
        return listOf(bare(this.typeOf(form.body, inner)));
      case "transformMap":
        return mapOf(bare(this.typeOf(form.body, inner)));
      default:
        return unreachable(form);
    }
  }
}

const MEMBERS_TOLD_MAX = 12;

function membersHint(names: readonly string[], of: string, field: string): string {
  const told = [...new Set(names)];
  const more = told.length > MEMBERS_TOLD_MAX ? ", …" : "";
  const known =
    told.length === 0 ? "Its schema names none" : `It has ${told.slice(0, MEMBERS_TOLD_MAX).join(", ")}${more}`;
  return `${known}; \`dyn(${of}).${field}\` reads a member that no schema names.`;
}

/** A chain of names as it is written, `input.orders[0].id`; undefined: it is something else. */
function chainText(node: Node): string | undefined {
  if (node.kind === "name") return node.name;
  if (node.kind !== "select" && node.kind !== "index") return undefined;
  const of = chainText(node.of);
  if (of === undefined) return undefined;
  if (node.kind === "select") return `${of}.${node.optional ? "?" : ""}${node.field}`;
  return node.index.kind === "literal" ? `${of}[${JSON.stringify(node.index.value)}]` : undefined;
}

export function isSecret(node: Node, locals: { has(name: string): boolean }): boolean {
  return node.kind === "select" && node.of.kind === "name" && node.of.name === "secrets" && !locals.has("secrets");
}

function elementsOf(type: Type): readonly [element: Type, key: Type] {
  const elements: Type[] = [];
  const keys: Type[] = [];
  for (const each of alternatives(type)) {
    if (each.kind === "list") {
      elements.push(each.of);
      keys.push(NUMBER);
    } else if (each.kind === "object") {
      elements.push(...each.fields.values(), ...(each.rest === undefined ? [] : [each.rest]));
      keys.push(STRING);
    } else {
      elements.push(DYN);
      keys.push(DYN);
    }
  }
  return [unionOf(elements), unionOf(keys)];
}

/** The value within an optional. */
function bare(type: Type): Type {
  return alternatives(type).some(({ kind }) => kind === "optional")
    ? unionOf(alternatives(type).map((each) => (each.kind === "optional" ? each.of : each)))
    : type;
}

function may(type: Type, kind: Type["kind"]): boolean {
  return alternatives(type).some((each) => each.kind === "dyn" || each.kind === kind);
}

/** Whether they can be equal at all. Everything may be null: that is asked of members that need not be there. */
function comparable(left: Type, right: Type): boolean {
  return alternatives(left).some((one) =>
    alternatives(right).some(
      (other) =>
        one.kind === "dyn" ||
        other.kind === "dyn" ||
        one.kind === "null" ||
        other.kind === "null" ||
        one.kind === other.kind,
    ),
  );
}

function literalType(node: NodeOf<"literal">): Type {
  switch (typeof node.value) {
    case "string":
      return STRING;
    case "number":
      return NUMBER;
    case "boolean":
      return BOOL;
    default:
      return node.value === null ? NULL : BYTES;
  }
}

function timeHint(left: Type, right: Type): string | undefined {
  const time = (type: Type): boolean => type.kind === "timestamp" || type.kind === "duration";
  if ((time(left) && may(right, "string")) || (time(right) && may(left, "string"))) {
    return '`timestamp(text)` and `duration("3d")` make times of text.';
  }
  return undefined;
}

function formOf(name: string, member: boolean, takes: readonly string[]): string {
  const [first, ...rest] = takes.map((each) => (each === "strings" ? "list of strings" : each));
  return member ? `${first}.${name}(${rest.join(", ")})` : `${name}(${takes.join(", ")})`;
}

type Arithmetic = Extract<BinaryOp, "+" | "-" | "*" | "/" | "%">;
const RESULTS: Readonly<Record<Arithmetic, readonly (readonly [Type["kind"], Type["kind"], Type])[]>> = {
  "+": [
    ["number", "number", NUMBER],
    ["string", "string", STRING],
    ["bytes", "bytes", BYTES],
    ["list", "list", listOf(DYN)],
    ["timestamp", "duration", TIMESTAMP],
    ["duration", "timestamp", TIMESTAMP],
    ["duration", "duration", DURATION],
  ],
  "-": [
    ["number", "number", NUMBER],
    ["timestamp", "timestamp", DURATION],
    ["timestamp", "duration", TIMESTAMP],
    ["duration", "duration", DURATION],
  ],
  "*": [["number", "number", NUMBER]],
  "/": [["number", "number", NUMBER]],
  "%": [["number", "number", NUMBER]],
};
