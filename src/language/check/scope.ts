// What is in scope where a step stands, and why something is not.
import type { Scope } from "../cel/check.ts";
import type { Type } from "../cel/types.ts";
import type { Json } from "../definition.ts";
import type { Expressions } from "./expressions.ts";
import { type Keys, pathOf } from "./fault.ts";
import type { RunTimeout } from "./unheeded.ts";

/** What is around a definition, as far as whoever checks it knows. */
export interface Surroundings {
  /** JSON Schemas of the application's event types, by name; undefined where a type has none. */
  readonly eventTypes?: ReadonlyMap<string, Json | undefined>;
  /** Names of the application's flows. */
  readonly flows?: readonly string[];
  /** Names of its secrets that this flow may have. */
  readonly secrets?: readonly string[];
}

/** What is in scope where a step stands. */
export interface Place {
  /** Of the step that is checked; absent: none, as in the output of the flow. */
  readonly at?: Keys;
  readonly roots: ReadonlyMap<string, Type>;
  readonly steps: ReadonlyMap<string, Type>;
  /** Steps that may or may not have completed: `steps.?x` asks. */
  readonly perhaps: ReadonlyMap<string, Type>;
}

export interface StepCheck {
  readonly expressions: Expressions;
  readonly surroundings: Surroundings;
  readonly hosts: readonly string[] | undefined;
  /** Where each id stands. */
  readonly ids: Map<string, Keys>;
  /** Why an id that exists is not in scope at a place. */
  readonly reasons: Map<string, string>;
  readonly run: RunTimeout;
}

export function scopeOf(place: Place, check: StepCheck): Scope {
  return {
    roots: place.roots,
    steps: place.steps,
    perhaps: place.perhaps,
    explain: (name, isStep) => (isStep ? explainStep(name, place.at, check) : explainRoot(name)),
  };
}

function explainStep(
  id: string,
  at: Keys | undefined,
  check: StepCheck,
): { readonly message: string; readonly hint?: string } | undefined {
  const keys = check.ids.get(id);
  if (keys === undefined) {
    return undefined;
  }
  const step = `The step \`${id}\` (${pathOf(keys)})`;
  const hint = check.reasons.get(id) ?? "Only steps that come before this one, on every way to it, can be read.";
  switch (at === undefined ? "elsewhere" : standing(keys, at)) {
    case "itself":
      return { message: `${step} cannot read its own output.`, hint };
    case "around":
      return { message: `${step} is around this one, and has not completed here.`, hint };
    case "after":
      return { message: `${step} comes after this one.`, hint };
    case "elsewhere":
      return { message: `${step} has not certainly completed here.`, hint };
  }
}

/** Where a step stands, seen from another. */
function standing(keys: Keys, from: Keys): "itself" | "around" | "after" | "elsewhere" {
  const parts = keys.findIndex((key, i) => key !== from[i]);
  if (parts === -1) return keys.length === from.length ? "itself" : "around";
  const [there, here] = [keys[parts], from[parts]];
  return typeof there === "number" && typeof here === "number" && there > here && parts === keys.length - 1
    ? "after"
    : "elsewhere";
}

function explainRoot(name: string): { readonly message: string; readonly hint?: string } | undefined {
  switch (name) {
    case "event":
      return {
        message: "No trigger of this flow brings an event.",
        hint: "What it is started with is `input`; `on: [{ event: … }]` starts it by events.",
      };
    case "item":
    case "index":
      return { message: `\`${name}\` is there within the \`do\` of a \`for_each\` only.` };
    case "error":
      return { message: "`error` is there within an `on_failure` only." };
    default:
      return undefined;
  }
}
