import { Environment, ParseError } from "@marcbachmann/cel-js";
import { signMeant } from "./foreign.ts";

/** Of one expression, in UTF-16 units. */
export const TEXT_MAX = 16_384;
/** Each operator, name, literal and call is a node. */
export const NODES_MAX = 2_000;
const DEPTH_MAX = 200;

export type BinaryOp = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-" | "*" | "/" | "%";

interface At {
  /** In UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
}

/** An expression as a tree: what the library's parser found, in our own closed union, so that nothing else knows the library. */
export type Node = At &
  (
    | { readonly kind: "literal"; readonly value: null | boolean | number | string | Uint8Array }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "select"; readonly of: Node; readonly field: string; readonly optional: boolean }
    | { readonly kind: "index"; readonly of: Node; readonly index: Node; readonly optional: boolean }
    | {
        readonly kind: "call";
        readonly name: string;
        readonly receiver: Node | undefined;
        readonly args: readonly Node[];
      }
    | { readonly kind: "not" | "negate"; readonly of: Node }
    | { readonly kind: "and" | "or"; readonly left: Node; readonly right: Node }
    | { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Node; readonly right: Node }
    | { readonly kind: "choose"; readonly if: Node; readonly yes: Node; readonly no: Node }
    | { readonly kind: "list"; readonly items: readonly Node[] }
    | { readonly kind: "map"; readonly entries: readonly (readonly [key: Node, value: Node])[] }
  );
export type NodeOf<K extends Node["kind"]> = Extract<Node, { readonly kind: K }>;

export interface SyntaxFault extends At {
  readonly code: "expression_syntax" | "expression_too_large" | "number_too_large";
  readonly message: string;
  readonly hint?: string;
}

export type Parsed =
  | { readonly ok: true; readonly node: Node; readonly nodes: number }
  | { readonly ok: false; readonly fault: SyntaxFault };

/** What the library makes of text; `args` differ by `op`. */
interface Raw {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

const parser = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  limits: { maxAstNodes: NODES_MAX, maxDepth: 64, maxListElements: 1_000, maxMapEntries: 1_000, maxCallArguments: 16 },
});

/** Reads the text of an expression: its syntax alone. */
export function parseText(text: string): Parsed {
  if (text.length > TEXT_MAX) {
    return fault(
      "expression_too_large",
      `The expression has ${text.length} characters; ${TEXT_MAX} are the most.`,
      text,
    );
  }
  if (text.trim() === "") {
    return fault("expression_syntax", "The expression is empty.", text);
  }
  try {
    const count = { nodes: 0 };
    const node = converted(parser.parse(text).ast as unknown as Raw, count, 0);
    return { ok: true, node, nodes: count.nodes };
  } catch (error) {
    if (error instanceof Refused) {
      return { ok: false, fault: error.fault };
    }
    if (error instanceof ParseError) {
      const { start = 0, end = text.length } = error.range ?? {};
      const code = error.code === "limit_exceeded" ? "expression_too_large" : "expression_syntax";
      const message = summaryOf(error.summary, text, start);
      const hint = code === "expression_syntax" ? signMeant(text) : undefined;
      return { ok: false, fault: { code, message, start, end, ...(hint !== undefined && { hint }) } };
    }
    if (error instanceof RangeError) {
      // The parser recurses over prefix operators without a limit of its own.
      return fault("expression_too_large", "The expression is nested too deep.", text);
    }
    throw error;
  }
}

/** The library names the sign it stood at, and not the word that it belongs to. */
function summaryOf(summary: string, text: string, start: number): string {
  if (!summary.startsWith("Unexpected")) return sentence(summary);
  const [word] = /^(?:[\p{L}\d_$]+|[^\s\p{L}\d_]{1,3})/u.exec(text.slice(start)) ?? [];
  return word === undefined ? "The expression ends too early." : `\`${word}\` is not expected here.`;
}

function sentence(text: string): string {
  const plain = text
    .replaceAll("RPAREN", "`)`")
    .replaceAll("LPAREN", "`(`")
    .replaceAll("RBRACKET", "`]`")
    .replaceAll("LBRACKET", "`[`")
    .replaceAll("RBRACE", "`}`")
    .replaceAll("LBRACE", "`{`")
    .replaceAll("EOF", "the end")
    .replaceAll("COLON", "`:`")
    .replaceAll("COMMA", "`,`")
    .replaceAll("QUESTION", "`?`");
  return plain.endsWith(".") ? plain : `${plain}.`;
}

class Refused {
  readonly fault: SyntaxFault;
  constructor(fault: SyntaxFault) {
    this.fault = fault;
  }
}

function fault(code: SyntaxFault["code"], message: string, text: string): Parsed {
  return { ok: false, fault: { code, message, start: 0, end: text.length } };
}

function converted(raw: Raw, count: { nodes: number }, depth: number): Node {
  count.nodes += 1;
  const { start, end } = raw;
  if (depth > DEPTH_MAX) {
    throw new Refused({
      code: "expression_too_large",
      message: `The expression is nested deeper than ${DEPTH_MAX}.`,
      start,
      end,
    });
  }
  const below = (child: unknown): Node => converted(child as Raw, count, depth + 1);
  const args = raw.args as readonly unknown[];
  switch (raw.op) {
    case "value":
      return { kind: "literal", value: literal(raw), start, end };
    case "id":
      return { kind: "name", name: raw.args as string, start, end };
    case ".":
    case ".?":
      return { kind: "select", of: below(args[0]), field: args[1] as string, optional: raw.op === ".?", start, end };
    case "[]":
    case "[?]":
      return { kind: "index", of: below(args[0]), index: below(args[1]), optional: raw.op === "[?]", start, end };
    case "call":
      return {
        kind: "call",
        name: args[0] as string,
        receiver: undefined,
        args: (args[1] as readonly unknown[]).map(below),
        start,
        end,
      };
    case "rcall":
      return {
        kind: "call",
        name: args[0] as string,
        receiver: below(args[1]),
        args: (args[2] as readonly unknown[]).map(below),
        start,
        end,
      };
    case "!_":
      return { kind: "not", of: below(raw.args), start, end };
    case "-_":
      return { kind: "negate", of: below(raw.args), start, end };
    case "&&":
      return { kind: "and", left: below(args[0]), right: below(args[1]), start, end };
    case "||":
      return { kind: "or", left: below(args[0]), right: below(args[1]), start, end };
    case "?:":
      return { kind: "choose", if: below(args[0]), yes: below(args[1]), no: below(args[2]), start, end };
    case "list":
      return { kind: "list", items: args.map(below), start, end };
    case "map":
      return {
        kind: "map",
        entries: (args as readonly (readonly [unknown, unknown])[]).map(([key, value]) => [below(key), below(value)]),
        start,
        end,
      };
    default:
      return { kind: "binary", op: raw.op as BinaryOp, left: below(args[0]), right: below(args[1]), start, end };
  }
}

function literal(raw: Raw): null | boolean | number | string | Uint8Array {
  const value = raw.args as null | boolean | number | bigint | string | Uint8Array | { readonly value: bigint };
  if (typeof value === "bigint") {
    return exact(value, raw);
  }
  if (value !== null && typeof value === "object" && !(value instanceof Uint8Array)) {
    return exact(value.value, raw);
  }
  return value;
}

/** JSON's numbers are doubles: a literal that is not exactly one would silently be another number. */
function exact(value: bigint, raw: Raw): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new Refused({
      code: "number_too_large",
      message: `${value} is beyond ±9007199254740991, where JSON numbers stop being exact.`,
      hint: "Long ids are text: put it in quotes.",
      start: raw.start,
      end: raw.end,
    });
  }
  return number;
}
