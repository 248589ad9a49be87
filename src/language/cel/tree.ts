// What can be told of a tree by itself: which step and which function it names, and what one turn of it costs.
import { unreachable } from "#kernel/plain";
import { NAMESPACES } from "./functions.ts";
import type { Node, NodeOf } from "./syntax.ts";

/** What an expression may name at its root. */
export const ROOTS = ["event", "trigger", "input", "steps", "item", "index", "error", "run", "secrets"] as const;

export type Root = (typeof ROOTS)[number];

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
