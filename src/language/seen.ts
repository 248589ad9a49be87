import type { CompiledExpression, Context, Value } from "./compiled.ts";
import { eventContext } from "./context.ts";
import type { Json } from "./definition.ts";
import type { EventFactsOfRun } from "./journal.ts";
import { jsonSize } from "./machine/json-size.ts";

/** Of what is kept beside a wait, in bytes of JSON, about: thousands of them are read for one event. */
export const SEEN_BYTES_MAX = 4 * 1024;

/** What is read below a place; `isWhole`: all of it. */
interface Below {
  isWhole: boolean;
  readonly members: Map<string, Below>;
}

/**
 * What the `if` of a `wait_for_event` reads of its run, the event that comes excepted: nothing of it changes while the step waits, so that
 * whoever has it can say for each event what the run would say, without the run. Undefined: it is more than `SEEN_BYTES_MAX`, or cannot be kept
 * as JSON (instants, as `run.started_at`): only the run can say it.
 */
export function seenBy(expression: CompiledExpression, context: Context): Json | undefined {
  const read: Below = { isWhole: false, members: new Map() };
  for (const path of expression.reads.paths) note(read, path);
  const seen: { [root: string]: Json } = {};
  for (const [root, below] of read.members) {
    switch (root) {
      case "event":
        break;
      case "steps": {
        if (below.isWhole) return undefined;
        const steps: [string, Json][] = [];
        for (const [id, ofStep] of below.members) {
          const output = context.steps?.get(id);
          if (output !== undefined) steps.push([id, pruned(output, ofStep) as Json]);
        }
        seen["steps"] = Object.fromEntries(steps);
        break;
      }
      case "trigger":
      case "input":
      case "item":
      case "index":
      case "error":
      case "run": {
        const value = context[root];
        if (value === undefined) break;
        const kept = pruned(value, below);
        if (!isJson(kept)) return undefined;
        seen[root] = kept;
        break;
      }
      default:
        // A root that is not known here is nothing that could be kept.
        return undefined;
    }
    if (jsonSize(seen, SEEN_BYTES_MAX) >= SEEN_BYTES_MAX) return undefined;
  }
  return seen;
}

/** Whether the event is the one, by what `seenBy` gave. Never throws; whatever fails is no. */
export function holdsFor(
  expression: CompiledExpression,
  seen: { readonly [root: string]: Json },
  event: EventFactsOfRun,
  budget: Parameters<CompiledExpression["evaluate"]>[1],
): boolean {
  const steps = new Map(Object.entries((seen["steps"] ?? {}) as { readonly [id: string]: Json }));
  const held = expression.evaluate({ ...seen, steps, event: eventContext(event) } as Context, budget);
  return held.ok && held.value === true;
}

function note(root: Below, path: string): void {
  let at = root;
  for (const segment of path.split(".")) {
    if (at.isWhole) return;
    const bracket = segment.indexOf("[");
    const name = bracket < 0 ? segment : segment.slice(0, bracket);
    let below = at.members.get(name);
    if (below === undefined) {
      below = { isWhole: false, members: new Map() };
      at.members.set(name, below);
    }
    at = below;
    // Some element: which one is not known.
    if (bracket >= 0) break;
  }
  at.isWhole = true;
}

/** Without what is not read. Where a path could be read in two ways, everything is kept. */
function pruned(value: Value, below: Below): Value {
  if (below.isWhole || !isPlainObject(value) || Object.keys(value).some(isOdd)) return value;
  const members: [string, Value][] = [];
  for (const [name, ofMember] of below.members) {
    if (Object.hasOwn(value, name)) members.push([name, pruned(value[name] as Value, ofMember)]);
  }
  return Object.fromEntries(members);
}

/** In a path it looks like several members, or an element. */
const isOdd = (name: string) => name.includes(".") || name.includes("[");

function isPlainObject(value: Value): value is { readonly [name: string]: Value } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}

/** Bounded as values are: instants and spans stand in what the engine says of a run, not in what users nest. */
function isJson(value: Value): value is Json {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isJson);
  return isPlainObject(value) && Object.values(value).every(isJson);
}
