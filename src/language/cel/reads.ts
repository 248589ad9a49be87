import type { Reads } from "../compiled.ts";
import { macroOf } from "./macros.ts";
import type { Node } from "./syntax.ts";

export const NO_READS: Reads = { paths: [], steps: [], secrets: [] };

/** What a tree reads of what it is given: each place once, as far down as the text says. */
export function readsOfTree(tree: Node): Reads {
  const paths = new Set<string>();
  visit(tree, new Map(), paths);
  return readsOfPaths(paths);
}

export function joinReads(all: readonly Reads[]): Reads {
  return all.length === 1 && all[0] !== undefined ? all[0] : readsOfPaths(new Set(all.flatMap(({ paths }) => paths)));
}

function readsOfPaths(paths: ReadonlySet<string>): Reads {
  if (paths.size === 0) {
    return NO_READS;
  }
  const sorted = [...paths].sort();
  const under = (root: string): readonly string[] => [
    ...new Set(
      sorted
        .filter((path) => path.startsWith(`${root}.`))
        .map((path) => path.slice(root.length + 1).split(/[.[]/, 1)[0] ?? ""),
    ),
  ];
  return { paths: sorted, steps: under("steps"), secrets: under("secrets") };
}

/** Names of loops, with what their elements are elements of; undefined: something that was computed. */
type Locals = ReadonlyMap<string, string | undefined>;

function visit(node: Node, locals: Locals, paths: Set<string>): void {
  const path = pathOf(node, locals, paths);
  if (path !== undefined) {
    paths.add(path);
    return;
  }
  switch (node.kind) {
    case "literal":
    case "name":
      return;
    case "select":
    case "not":
    case "negate":
      visit(node.of, locals, paths);
      return;
    case "index":
      visit(node.of, locals, paths);
      visit(node.index, locals, paths);
      return;
    case "and":
    case "or":
    case "binary":
      visit(node.left, locals, paths);
      visit(node.right, locals, paths);
      return;
    case "choose":
      visit(node.if, locals, paths);
      visit(node.yes, locals, paths);
      visit(node.no, locals, paths);
      return;
    case "list":
      for (const item of node.items) {
        visit(item, locals, paths);
      }
      return;
    case "map":
      for (const [key, value] of node.entries) {
        visit(key, locals, paths);
        visit(value, locals, paths);
      }
      return;
    case "call": {
      const found = macroOf(node);
      if (found?.ok !== true) {
        for (const each of [...(node.receiver === undefined ? [] : [node.receiver]), ...node.args]) {
          visit(each, locals, paths);
        }
        return;
      }
      const { macro } = found;
      switch (macro.kind) {
        case "has":
          visit(macro.of, locals, paths);
          return;
        case "bind": {
          visit(macro.value, locals, paths);
          visit(macro.body, new Map(locals).set(macro.name, pathOf(macro.value, locals, paths)), paths);
          return;
        }
        default: {
          const over = pathOf(macro.over, locals, paths);
          visit(macro.over, locals, paths);
          const [one, two] = macro.names;
          const element = over === undefined ? undefined : `${over}[]`;
          const inner = new Map(locals);
          if (two === undefined) {
            inner.set(one, element);
          } else {
            inner.set(one, undefined).set(two, element);
          }
          if ("where" in macro && macro.where !== undefined) {
            visit(macro.where, inner, paths);
          }
          visit(macro.body, inner, paths);
          return;
        }
      }
    }
  }
}

const NAMESPACED = new Set(["math", "base64", "lists", "optional", "cel"]);

/** A chain of members from a root; what stands in brackets and is computed is visited by itself. */
function pathOf(node: Node, locals: Locals, paths: Set<string>): string | undefined {
  switch (node.kind) {
    case "name":
      return locals.has(node.name) ? locals.get(node.name) : NAMESPACED.has(node.name) ? undefined : node.name;
    case "select": {
      const of = pathOf(node.of, locals, paths);
      return of === undefined ? undefined : `${of}.${node.field}`;
    }
    case "index": {
      const of = pathOf(node.of, locals, paths);
      if (of === undefined) {
        return undefined;
      }
      if (node.index.kind === "literal") {
        return typeof node.index.value === "string" ? `${of}.${node.index.value}` : `${of}[]`;
      }
      visit(node.index, locals, paths);
      return `${of}[]`;
    }
    default:
      return undefined;
  }
}
