import { stringify } from "yaml";
import { type Fields, isFields, kindOf } from "../flow-parts/tree.ts";

/** A definition as YAML: as it was written, or made from what is stored, in the order in which people write it. */
export function textOfDefinition(written: { readonly definition: unknown; readonly source: string | null }): string {
  return written.source ?? stringify(inOrder(written.definition), { lineWidth: 0 });
}

const TOP = [
  "posthorn",
  "flow",
  "title",
  "description",
  "on",
  "input",
  "control",
  "timeout",
  "hosts",
  "secrets",
  "steps",
  "on_failure",
  "output",
];

/** The database keeps no order of members: a definition begins with its name, a step with its id and what it does. */
export function inOrder(definition: unknown): unknown {
  return isFields(definition) ? sorted(withSteps(definition), TOP) : definition;
}

function step(value: unknown): unknown {
  if (!isFields(value)) return value;
  const kind = kindOf(value);
  const inner = withSteps(value);
  const own =
    kind === "switch" && Array.isArray(value["switch"])
      ? {
          ...inner,
          switch: value["switch"].map((one: unknown) => (isFields(one) ? sorted(withSteps(one), ["when"]) : one)),
        }
      : kind === "parallel" && isFields(value["parallel"])
        ? {
            ...inner,
            parallel: Object.fromEntries(Object.entries(value["parallel"]).map(([name, list]) => [name, steps(list)])),
          }
        : inner;
  return sorted(own, [
    "id",
    "title",
    ...(kind === undefined ? [] : [kind]),
    "input",
    "then",
    "else",
    "do",
    "parallel",
    "timeout",
    "retry",
  ]);
}

const steps = (list: unknown): unknown => (Array.isArray(list) ? list.map(step) : list);

function withSteps(value: Fields): Fields {
  const lists = ["steps", "then", "else", "do", "on_failure", "compensate"].filter((name) => name in value);
  return { ...value, ...Object.fromEntries(lists.map((name) => [name, steps(value[name])])) };
}

/** Those of the list first, in its order; the others as they come. */
function sorted(value: Fields, first: readonly string[]): Fields {
  const known = first.filter((name) => name in value);
  const rest = Object.keys(value).filter((name) => !first.includes(name));
  return Object.fromEntries([...known, ...rest].map((name) => [name, value[name]]));
}
