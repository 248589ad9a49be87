import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { type DefinitionFault, type Found, type Keys, pathOf } from "./fault.ts";
import { isKept } from "./json-value.ts";
import { unreadable } from "./unreadable.ts";

export interface Source {
  readonly source: string;
  readonly format: "yaml" | "json";
}

/** Of the source and of the canonical JSON, in bytes of UTF-8. */
export const DEFINITION_BYTES_MAX = 256 * 1024;
/** Uses of anchors: a handful saves writing, more of them make a bomb. */
const ALIASES_MAX = 100;

export type Read =
  | { readonly ok: true; readonly value: unknown; readonly locate: (found: Found) => DefinitionFault }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

/** Reads text: YAML 1.2 with its core schema, of which JSON is a part. One document, no tags, no key twice. */
export function readSource({ source, format }: Source): Read {
  const bytes = new TextEncoder().encode(source).length;
  if (bytes > DEFINITION_BYTES_MAX) {
    return refused({
      code: "too_large",
      message: `The source has ${bytes} bytes; ${DEFINITION_BYTES_MAX} are the most.`,
    });
  }
  if (!isKept(source)) {
    return refused({ code: "unreadable", message: "The source holds U+0000 or half a character." });
  }
  if (opensDeeper(source)) {
    return refused({ code: "too_deep", message: "The source is nested too deep." });
  }
  try {
    if (format === "json") {
      JSON.parse(source);
    }
    return readYaml(source);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return refused({ code: "unreadable", message: `This is no JSON: ${error.message}.` });
    }
    if (error instanceof RangeError) {
      return refused({ code: "too_deep", message: "The source is nested too deep." });
    }
    if (error instanceof ReferenceError) {
      return refused({
        code: "unreadable",
        message: `More than ${ALIASES_MAX} aliases, or one that leads to itself or to nothing.`,
      });
    }
    throw error;
  }
}

/** More brackets open than any text means to, strings included: the parser would spend a second on finding that out. */
const BRACKETS_MAX = 1_000;

function opensDeeper(source: string): boolean {
  let open = 0;
  for (let i = 0; i < source.length && open <= BRACKETS_MAX; i++) {
    const char = source[i];
    if (char === "[" || char === "{") {
      open += 1;
    } else if (char === "]" || char === "}") {
      open = Math.max(0, open - 1);
    }
  }
  return open > BRACKETS_MAX;
}

function readYaml(source: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    version: "1.2",
    schema: "core",
    uniqueKeys: true,
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return {
      ok: false,
      faults: unreadable(source, faults, (offset) => positionOf(lines, offset)),
    };
  }
  let aliases = 0;
  visit(document, {
    Alias: () => {
      aliases += 1;
    },
  });
  if (aliases > ALIASES_MAX) {
    return refused({ code: "unreadable", message: `There are ${aliases} aliases; ${ALIASES_MAX} are the most.` });
  }
  const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
  return {
    ok: true,
    value,
    locate: (found) => ({ ...plain(found), ...placeIn(source, document.contents, lines, found) }),
  };
}

function refused(fault: Omit<DefinitionFault, "path">): Read {
  return { ok: false, faults: [{ path: "", ...fault }] };
}

/** Without a source there are no lines. */
export function plain({ keys, offset: _, atKey: __, ...fault }: Found): DefinitionFault {
  // The `$` of an expression is how it is written, not where it is.
  const shown = keys.at(-1) === "$" ? keys.slice(0, -1) : keys;
  return { path: pathOf(shown), ...fault };
}

function positionOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

interface Spot {
  readonly node: unknown;
  readonly key: unknown;
}

function placeIn(
  source: string,
  contents: unknown,
  lines: LineCounter,
  found: Found,
): { readonly line?: number; readonly column?: number } {
  const spot = nodeAt(contents, found.keys);
  const node = found.atKey === true ? spot.key : spot.node;
  const start = rangeOf(node) ?? rangeOf(spot.key);
  if (start === undefined) {
    return {};
  }
  return found.offset === undefined || !isScalar(node)
    ? positionOf(lines, start)
    : positionOf(lines, offsetWithin(source, node, start, found.offset));
}

/** As near as there is a node: a member that is missing is missing in what is there. */
function nodeAt(contents: unknown, keys: Keys): Spot {
  let spot: Spot = { node: contents, key: undefined };
  for (const key of keys) {
    const { node } = spot;
    let next: Spot | undefined;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      next = pair === undefined ? undefined : { node: pair.value ?? pair.key, key: pair.key };
    } else if (isSeq(node) && typeof key === "number") {
      const item = node.items[key];
      next = item === undefined ? undefined : { node: item, key: item };
    }
    if (next === undefined) {
      return spot;
    }
    spot = next;
  }
  return spot;
}

function rangeOf(node: unknown): number | undefined {
  return (node as Node | undefined)?.range?.[0];
}

/** Where in the source a place of a scalar's value is: behind its quote, or in a line of its block. */
function offsetWithin(
  source: string,
  scalar: { readonly value: unknown; readonly type?: string | undefined },
  start: number,
  offset: number,
): number {
  const value = String(scalar.value);
  switch (scalar.type) {
    case "QUOTE_DOUBLE":
    case "QUOTE_SINGLE": {
      // An escape makes the source longer than the value; what can be found is found.
      const word = value.slice(offset).split(/[\s"'\\]/, 1)[0] ?? "";
      const at = word === "" ? -1 : source.indexOf(word, start + 1 + offset);
      return at === -1 || at > start + 1 + offset + 2 * value.length ? start + 1 + offset : at;
    }
    case "BLOCK_LITERAL":
    case "BLOCK_FOLDED": {
      const body = source.indexOf("\n", start) + 1;
      const line = value.slice(0, offset).split("\n");
      let at = body;
      for (let i = 1; i < line.length; i++) {
        at = source.indexOf("\n", at) + 1;
      }
      const indent = /^[ ]*/.exec(source.slice(at, at + 200))?.[0].length ?? 0;
      return at + indent + (line.at(-1)?.length ?? 0);
    }
    default:
      return start + offset;
  }
}
