// The text of a definition and its values: where each stands, and how one is changed so that comments and the rest stay as they were.
import { type Document, isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml";
import { type Way, wayOf } from "../../flow-parts/tree.ts";
import type { Mark } from "./code-editor.tsx";
import { linesOf } from "./diff.ts";

export interface Parsed {
  /** What the text says; undefined while it is no YAML. */
  readonly definition: unknown;
  readonly marks: readonly Mark[];
  /** Where a value begins, by its way; of one that is not there the nearest that holds it. */
  readonly placeOf: (way: Way) => { readonly line: number; readonly column: number };
  /** The step on whose lines this is: the way of the innermost. */
  readonly stepAt: (line: number) => Way | undefined;
}

/** Aliases may not be used to make a small text large. */
const OPTIONS = { prettyErrors: false, uniqueKeys: true } as const;
const ALIASES_MAX = 100;

export function parse(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const marks = document.errors.map(({ message, pos }): Mark => {
    const { line, col } = lines.linePos(pos[0]);
    return { line, column: col, severity: "error", message };
  });
  const definition = marks.length > 0 ? undefined : jsOf(document);
  return {
    definition,
    marks,
    placeOf(way) {
      const { line, col } = lines.linePos(startOf(document, way));
      return { line, column: col };
    },
    stepAt: (line) => {
      const from = lines.lineStarts[line - 1] ?? 0;
      return marks.length > 0 ? undefined : stepAround(document, from, (lines.lineStarts[line] ?? text.length + 1) - 1);
    },
  };
}

function jsOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    // Too many aliases: the engine's check says so, with words.
    return undefined;
  }
}

function startOf(document: Document, way: Way): number {
  for (let length = way.length; length > 0; length--) {
    const parent = document.getIn(way.slice(0, length - 1), true);
    const last = way[length - 1];
    // A member is found at its name, not at what stands behind it.
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => String(key) === String(last));
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    } else if (isSeq(parent) && typeof last === "number") {
      const item = parent.items[last];
      if (isNode(item) && item.range) return item.range[0];
    }
  }
  return 0;
}

const LISTS = ["steps", "then", "else", "do", "on_failure", "compensate"];

function stepAround(document: Document, from: number, to: number): Way | undefined {
  let best: Way | undefined;
  const look = (node: unknown, way: Way): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) look(value, [...way, String(key)]);
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => {
        if (!isNode(item) || !item.range || item.range[0] > to || item.range[2] <= from) return;
        const list = way.at(-1);
        const isSteps = typeof list === "string" && (LISTS.includes(list) || way.at(-2) === "parallel");
        if (isSteps) best = [...way, index];
        look(item, [...way, index]);
      });
    }
  };
  look(document.contents, []);
  return best;
}

/** A fault of the engine as a mark of the text: at the line it names, or where its path stands. */
export function markOf(
  parsed: Parsed,
  fault: {
    readonly path: string;
    readonly line?: number | null;
    readonly column?: number | null;
    readonly message: string;
  },
  severity: Mark["severity"],
): Mark {
  const place =
    typeof fault.line === "number"
      ? { line: fault.line, column: fault.column ?? undefined }
      : parsed.placeOf(wayOf(fault.path));
  return { ...place, severity, message: fault.message };
}

export type Edit =
  | { readonly kind: "set"; readonly way: Way; readonly value: unknown }
  | { readonly kind: "remove"; readonly way: Way }
  | { readonly kind: "insert"; readonly list: Way; readonly at: number; readonly value: unknown }
  | { readonly kind: "move"; readonly list: Way; readonly from: number; readonly to: number };

/** The text with one thing changed; undefined when it is no YAML, or the place is not there. */
export function edit(text: string, change: Edit): string | undefined {
  const document = parseDocument(text, OPTIONS);
  if (document.errors.length > 0) return undefined;
  switch (change.kind) {
    case "set":
      document.setIn(change.way, document.createNode(change.value));
      break;
    case "remove":
      if (!document.deleteIn(change.way)) return undefined;
      break;
    case "insert": {
      if (document.getIn(change.list) === undefined || document.getIn(change.list) === null)
        document.setIn(change.list, document.createNode([]));
      const list = document.getIn(change.list, true);
      if (!isSeq(list)) return undefined;
      list.flow = false;
      list.items.splice(change.at, 0, document.createNode(change.value));
      break;
    }
    case "move": {
      const list = document.getIn(change.list, true);
      if (!isSeq(list)) return undefined;
      const [item] = list.items.splice(change.from, 1);
      if (item === undefined) return undefined;
      list.items.splice(change.to, 0, item);
      break;
    }
  }
  return asWritten(text, parseDocument(text, OPTIONS).toString(FORM), document.toString(FORM));
}

const FORM = { lineWidth: 0 } as const;

/**
 * The writer has a form of its own: `[a]` becomes `[ a ]`. What did not change keeps the form it had, line by line, wherever writing the
 * old document anew gives as many lines as it had.
 */
function asWritten(old: string, oldAnew: string, now: string): string {
  const kept = old.split("\n");
  if (kept.length !== oldAnew.split("\n").length) return now;
  return linesOf(oldAnew, now)
    .flatMap(({ kind, text, before }) =>
      kind === "removed" ? [] : kind === "same" && before !== undefined ? (kept[before - 1] ?? text) : text,
    )
    .join("\n");
}
