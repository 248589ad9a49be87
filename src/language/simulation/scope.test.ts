import { expect, test } from "bun:test";
import fc from "fast-check";
import { checkDefinition } from "../check/definition.ts";
import { type Keys, pathOf } from "../check/fault.ts";
import { compile } from "../compile.ts";
import type { Definition, StepId } from "../definition.ts";
import type { Start } from "../journal.ts";
import { definitions } from "./definitions.ts";
import { drive } from "./drive.ts";
import { scriptOf } from "./script.ts";

const START: Start = {
  runId: "run_1",
  version: 1,
  startedAtMs: 1_000_000,
  trigger: { kind: "api" },
  input: { list: [1, 2, 3] },
};

/** Members of steps that hold a value of which nothing depends: a reading can stand there, and the run goes the same way. */
const VALUES: ReadonlySet<string> = new Set(["map", "body", "input", "data", "details"]);

/** Where the values of steps stand in a definition. */
function valuesOf(within: unknown, keys: Keys = []): readonly Keys[] {
  if (within === null || typeof within !== "object") {
    return [];
  }
  return Object.entries(within).flatMap(([name, inner]) => {
    const at = [...keys, Array.isArray(within) ? Number(name) : name];
    return VALUES.has(name) ? [at] : valuesOf(inner, at);
  });
}

/** The definition with an expression at `keys` that reads what the step gave. */
function reading(definition: Definition, keys: Keys, id: StepId): Definition {
  const copy = structuredClone(definition);
  // biome-ignore lint/suspicious/noExplicitAny: goes down by keys that were found in it.
  const holder = keys.slice(0, -1).reduce<any>((at, key) => at[key], copy);
  holder[keys.at(-1) ?? ""] = { read: { $: `string(dyn(steps.${id}) == null) + " of ${id}"` } };
  return copy;
}

const trials = fc.record({
  definition: definitions(),
  where: fc.nat(),
  whom: fc.nat(),
  seed: fc.nat(),
  failing: fc.constantFrom(0, 30, 60),
  cancelAfterMs: fc.option(fc.integer({ min: 0, max: 12_000 }), { nil: undefined, freq: 3 }),
});

test("a step that the check lets an expression read is there whenever the machine evaluates it", () => {
  let refused = 0;
  let evaluated = 0;
  fc.assert(
    fc.property(trials, ({ definition, where, whom, seed, failing, cancelAfterMs }) => {
      const places = valuesOf({ steps: definition.steps, on_failure: definition.on_failure ?? [] });
      const keys = places[where % Math.max(1, places.length)];
      if (keys === undefined) {
        return;
      }
      // Near ones first: those before it and around it, and those just out of reach.
      const ids = [...compile(definition).byId.keys()];
      const tried = ids.map((_, i) => ids[(whom + i) % ids.length] as StepId).slice(0, 12);
      for (const id of tried) {
        const changed = reading(definition, keys, id);
        if (checkDefinition(changed).faults.length > 0) {
          refused += 1;
          continue;
        }
        const run = drive(compile(changed), START, scriptOf(seed, failing), {
          random: () => 0.5,
          crashes: 0,
          cancelAtMs: cancelAfterMs === undefined ? undefined : START.startedAtMs + cancelAfterMs + 0.05,
        });
        const all = JSON.stringify(run);
        evaluated += all.includes(` of ${id}"`) ? 1 : 0;
        expect(all).not.toContain(`"at":"${pathOf([...keys, "read"])}"`);
        return;
      }
    }),
    { numRuns: 400 },
  );
  // Both answers of the check were met, and what was accepted was read: a test that draws neither says nothing.
  expect(refused).toBeGreaterThan(100);
  expect(evaluated).toBeGreaterThan(10);
}, 300_000);
