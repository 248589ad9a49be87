import { nearest } from "#kernel/plain";
import { checkTree, type Scope } from "../cel/check.ts";
import { parseText } from "../cel/syntax.ts";
import { DYN, listOf, type Type, typeOfJson, typeText, unionOf } from "../cel/types.ts";
import type { Json } from "../definition.ts";
import { expressionIn, headerParts } from "../template.ts";
import { type Found, type Keys, quoted } from "./fault.ts";
import { isObject } from "./shape.ts";
import { jsonOf, mayBe } from "./types.ts";

/** Finds everything that is wrong with the expressions of a definition. */
export class Expressions {
  readonly found: Found[];
  private readonly secrets: readonly string[];

  constructor(found: Found[], secrets: readonly string[]) {
    this.found = found;
    this.secrets = secrets;
  }

  /** `wants`: of which kinds its value may be; none: any. What is no text was refused by its shape. */
  cel(text: unknown, keys: Keys, scope: Scope, ...wants: readonly Type["kind"][]): Type {
    if (typeof text !== "string") {
      return DYN;
    }
    const parsed = parseText(text);
    if (!parsed.ok) {
      const { start, end: _, ...fault } = parsed.fault;
      this.found.push({ ...fault, keys, offset: start });
      return DYN;
    }
    const { type, faults } = checkTree(parsed.node, scope);
    for (const { start, end: _, ...fault } of faults) {
      this.found.push({ ...fault, keys, offset: start });
    }
    if (faults.length === 0 && wants.length > 0 && !mayBe(type, ...wants)) {
      this.found.push({
        keys,
        code: "wrong_type",
        message: `${shortly(text)} is ${typeText(type)}, and should be ${wants.map(wordOf).join(" or ")}.`,
        offset: 0,
        ...conditionHint(type, wants),
      });
    }
    return type;
  }

  /** The type of what a template gives. */
  template(value: unknown, keys: Keys, scope: Scope, ...wants: readonly Type["kind"][]): Type {
    const text = expressionIn(value as Json);
    if (text !== undefined) {
      return jsonOf(this.cel(text, [...keys, "$"], scope, ...wants));
    }
    const type = this.parts(value, keys, scope, 0);
    if (wants.length > 0 && !mayBe(type, ...wants)) {
      this.found.push({
        keys,
        code: "wrong_type",
        message: `${value === null || typeof value !== "object" ? quoted(value) : "This"} is ${typeText(type)}, and should be ${wants.map(wordOf).join(" or ")}.`,
      });
    }
    return type;
  }

  private parts(value: unknown, keys: Keys, scope: Scope, depth: number): Type {
    if (Array.isArray(value)) {
      return listOf(unionOf(value.map((item, i) => this.inner(item, [...keys, i], scope, depth))));
    }
    if (isObject(value)) {
      return {
        kind: "object",
        fields: new Map(
          Object.entries(value).map(([name, item]) => [name, this.inner(item, [...keys, name], scope, depth)]),
        ),
        rest: undefined,
      };
    }
    if (typeof value === "string") {
      this.literal(value, keys, scope);
    }
    return value === undefined ? DYN : typeOfJson(value as Json);
  }

  /** Text that could be read as an expression of this place, or has braces around one, was mostly meant as one. */
  private literal(text: string, keys: Keys, scope: Scope): void {
    // Of an address it is told as a fault; a type of events has dots.
    const place = keys.slice(-2).join(".");
    if (place === "http.url" || place === "emit.type") return;
    const isChain = CHAIN.test(text) && this.isRead(text, scope);
    const inBraces = BRACES.exec(text)?.[1];
    if (!isChain && (inBraces === undefined || !this.isKnown(inBraces, scope))) return;
    this.found.push({
      keys,
      code: "text_like_expression",
      message: `${quoted(text)} is text here, and no expression.`,
      hint: isChain
        ? `As an expression: { $: ${quoted(text)} }.`
        : "Text with values in it is one expression: { $: \"'Hello ' + input.name\" }.",
    });
  }

  private isKnown(root: string, scope: Scope): boolean {
    return root === "steps" || scope.roots.has(root);
  }

  private isRead(text: string, scope: Scope): boolean {
    const parsed = parseText(text);
    return parsed.ok && checkTree(parsed.node, scope).faults.length === 0;
  }

  private inner(value: unknown, keys: Keys, scope: Scope, depth: number): Type {
    const text = expressionIn(value as Json);
    return text === undefined
      ? this.parts(value, keys, scope, depth + 1)
      : jsonOf(this.cel(text, [...keys, "$"], scope));
  }

  /** Where secrets may stand: by themselves, or joined to text. */
  header(value: unknown, keys: Keys, scope: Scope): void {
    const text = expressionIn(value as Json);
    const parsed = typeof text === "string" ? parseText(text) : undefined;
    if (typeof text !== "string" || parsed?.ok !== true) {
      this.template(value, keys, scope, "string", "number", "bool", "null");
      return;
    }
    const parts = headerParts(parsed.node);
    if (parts.every((part) => part.kind === "expression")) {
      this.template(value, keys, scope, "string", "number", "bool", "null");
      return;
    }
    for (const part of parts) {
      if (part.kind === "secret") {
        this.secret(part.name, [...keys, "$"], part.end - part.name.length);
        continue;
      }
      const { type, faults } = checkTree(part.node, scope);
      for (const { start, end: _, ...fault } of faults) {
        this.found.push({ ...fault, keys: [...keys, "$"], offset: start });
      }
      if (faults.length === 0 && !mayBe(type, "string")) {
        this.found.push({
          keys: [...keys, "$"],
          code: "wrong_type",
          message: `Text is joined to a secret, and this is ${typeText(type)}.`,
          hint: "`string(value)` makes text of a value.",
          offset: part.node.start,
        });
      }
    }
  }

  private secret(name: string, keys: Keys, offset: number): void {
    if (this.secrets.includes(name)) {
      return;
    }
    const near = nearest(name, this.secrets);
    this.found.push({
      keys,
      offset,
      code: "secret_not_declared",
      message: `The secret \`${name}\` is not among \`secrets\` of this flow.`,
      hint:
        near === undefined
          ? `Add it there: secrets: [${[...this.secrets, name].join(", ")}].`
          : `Do you mean \`${near}\`?`,
    });
  }
}

/** Members of members, and nothing else. */
const CHAIN = /^[a-z]\w*(?:\.\w+|\[(?:\d+|"[^"]*"|'[^']*')\])+$/;
/** `{{ input.name }}` and `${input.name}`; the first part of it is the root. */
const BRACES = /(?:\{\{|\$\{)\s*([a-z]\w*)\s*[.[]/;

function shortly(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ");
  return `\`${line.length > 60 ? `${line.slice(0, 60)}…` : line}\``;
}

/** What makes a condition of a value. */
function conditionHint(type: Type, wants: readonly Type["kind"][]): { readonly hint?: string } {
  if (wants.length !== 1 || wants[0] !== "bool") return {};
  switch (type.kind) {
    case "number":
      return { hint: "Compare it: `… > 0`." };
    case "string":
      return { hint: 'Compare it: `… != ""`.' };
    case "list":
      return { hint: "Ask how many there are: `size(…) > 0`." };
    default:
      return {};
  }
}

function wordOf(kind: Type["kind"]): string {
  switch (kind) {
    case "bool":
      return "true or false";
    case "object":
    case "duration":
    case "timestamp":
    case "list":
    case "number":
    case "string":
      return `a ${kind}`.replace("a object", "an object");
    default:
      return kind;
  }
}
