import type { Node, NodeOf } from "./syntax.ts";

/** Forms that look like calls, but whose arguments are evaluated once per element, or not at all. */
export type Macro =
  | { readonly kind: "has"; readonly of: NodeOf<"select"> }
  | { readonly kind: "bind"; readonly name: string; readonly value: Node; readonly body: Node }
  | {
      readonly kind: "all" | "exists" | "exists_one" | "filter" | "sortBy";
      readonly over: Node;
      readonly names: readonly [string] | readonly [string, string];
      readonly body: Node;
    }
  | {
      readonly kind: "map" | "transformList" | "transformMap";
      readonly over: Node;
      readonly names: readonly [string] | readonly [string, string];
      readonly where: Node | undefined;
      readonly body: Node;
    };

export const MACROS: readonly { readonly name: string; readonly form: string; readonly does: string }[] = [
  { name: "has", form: "has(a.b)", does: "whether the member is there" },
  {
    name: "all",
    form: "list.all(x, p)",
    does: "whether `p` holds for each element; `all(i, x, p)` sees its place or key too",
  },
  { name: "exists", form: "list.exists(x, p)", does: "whether it holds for one at least" },
  { name: "exists_one", form: "list.exists_one(x, p)", does: "whether it holds for exactly one" },
  { name: "filter", form: "list.filter(x, p)", does: "those for which it holds" },
  { name: "map", form: "list.map(x, e)", does: "`e` for each element; `map(x, p, e)` for those for which `p` holds" },
  { name: "sortBy", form: "list.sortBy(x, e)", does: "sorted by `e` of each" },
  {
    name: "transformList",
    form: "map.transformList(k, v, e)",
    does: "a list of `e` for each member; with `p` before `e`, for some",
  },
  {
    name: "transformMap",
    form: "map.transformMap(k, v, e)",
    does: "an object with `e` for each member; with `p` before `e`, for some",
  },
  { name: "cel.bind", form: "cel.bind(x, v, e)", does: "`e`, in which `x` is `v`" },
];

export type FoundMacro =
  | { readonly ok: true; readonly macro: Macro }
  | { readonly ok: false; readonly message: string; readonly at: Node }
  | undefined;

/** The macro that a call is, if it is one. */
export function macroOf(call: NodeOf<"call">): FoundMacro {
  const { name, receiver, args } = call;
  if (receiver === undefined) {
    return name === "has" ? has(call) : undefined;
  }
  if (receiver.kind === "name" && receiver.name === "cel" && name === "bind") {
    const [variable, value, body] = args;
    return variable?.kind === "name" && value !== undefined && body !== undefined && args.length === 3
      ? { ok: true, macro: { kind: "bind", name: variable.name, value, body } }
      : { ok: false, message: "`cel.bind` takes a name, a value and an expression.", at: call };
  }
  switch (name) {
    case "all":
    case "exists":
    case "exists_one":
    case "existsOne":
    case "filter":
    case "sortBy": {
      const kind = name === "existsOne" ? "exists_one" : name;
      const pairs = kind !== "filter" && kind !== "sortBy";
      const names = namesOf(args.slice(0, -1));
      const body = args.at(-1);
      return body !== undefined && names !== undefined && (names.length === 1 || pairs)
        ? { ok: true, macro: { kind, over: receiver, names, body } }
        : {
            ok: false,
            message: `\`${name}\` takes a name and an expression: \`list.${name}(x, x.total > 10)\`.`,
            at: call,
          };
    }
    case "map": {
      const names = namesOf(args.slice(0, 1));
      const body = args.at(-1);
      return names !== undefined && body !== undefined && (args.length === 2 || args.length === 3)
        ? {
            ok: true,
            macro: { kind: "map", over: receiver, names, where: args.length === 3 ? args[1] : undefined, body },
          }
        : { ok: false, message: "`map` takes a name and an expression: `list.map(x, x.total)`.", at: call };
    }
    case "transformList":
    case "transformMap": {
      const names = namesOf(args.slice(0, 2));
      const body = args.at(-1);
      return names?.length === 2 && body !== undefined && (args.length === 3 || args.length === 4)
        ? {
            ok: true,
            macro: { kind: name, over: receiver, names, where: args.length === 4 ? args[2] : undefined, body },
          }
        : {
            ok: false,
            message: `\`${name}\` takes two names and an expression: \`object.${name}(k, v, v + 1)\`.`,
            at: call,
          };
    }
    default:
      return undefined;
  }
}

function has(call: NodeOf<"call">): FoundMacro {
  const [of] = call.args;
  return of?.kind === "select" && call.args.length === 1 && !of.optional
    ? { ok: true, macro: { kind: "has", of } }
    : { ok: false, message: "`has` takes one member: `has(event.data.customer)`.", at: call };
}

function namesOf(nodes: readonly Node[]): readonly [string] | readonly [string, string] | undefined {
  const [first, second] = nodes;
  if (first?.kind !== "name" || nodes.length > 2 || (second !== undefined && second.kind !== "name")) {
    return undefined;
  }
  return second === undefined ? [first.name] : second.name === first.name ? undefined : [first.name, second.name];
}
