import { expect, test } from "bun:test";
import fc from "fast-check";
import { checkDefinition } from "../check/definition.ts";
import { compile } from "../compile.ts";
import type { Definition } from "../definition.ts";
import type { Start } from "../journal.ts";
import { createMachine } from "../machine/machine.ts";
import { definitions } from "./definitions.ts";
import { drive } from "./drive.ts";
import { interpret } from "./reference.ts";
import { hash, scriptOf } from "./script.ts";

/** `POSTHORN_SIMULATION_RUNS=10000` for the long way; a failure says the seed that repeats it. */
const RUNS = Number(process.env["POSTHORN_SIMULATION_RUNS"] ?? 300);
const START: Start = {
  runId: "run_1",
  version: 1,
  startedAtMs: 1_000_000,
  trigger: { kind: "api" },
  input: { list: [1, 2, 3] },
};

interface Trial {
  readonly definition: Definition;
  readonly seed: number;
  readonly failing: number;
  readonly crashes: number;
  readonly cancelAfterMs: number | undefined;
}

const trials: fc.Arbitrary<Trial> = fc.record({
  definition: definitions(),
  seed: fc.nat(),
  failing: fc.constantFrom(0, 10, 30, 60),
  crashes: fc.constantFrom(0, 10, 50),
  cancelAfterMs: fc.option(fc.integer({ min: 0, max: 12_000 }), { nil: undefined, freq: 3 }),
});

function driven({ definition, seed, failing, crashes, cancelAfterMs }: Trial) {
  const compiled = compile(definition);
  const script = scriptOf(seed, failing);
  let throws = 0;
  const random = () => {
    throws += 1;
    return hash(`${seed}|${throws}`) / 2 ** 32;
  };
  const cancelAtMs = cancelAfterMs === undefined ? undefined : START.startedAtMs + cancelAfterMs + 0.05;
  const run = drive(compiled, START, script, { random, crashes, cancelAtMs });
  return { run, meant: interpret(compiled, START, script, run.accidents) };
}

test("P2 P4: a run that is lost and taken up at random points ends as the reference says, with the same effects", () => {
  fc.assert(
    fc.property(trials, (trial) => {
      const { run, meant } = driven(trial);
      expect(run.ending).toEqual(meant.ending);
      expect(run.asked.map(({ times, key, ...asked }) => asked)).toEqual([...meant.asked]);
      const completed = run.journal.filter((entry) => entry.kind === "completed");
      expect(new Map(completed.map(({ path, output }) => [path, output]))).toEqual(new Map(meant.completed));
      // Inside exactly once: no step completes twice. Outside at least once, and every time with one key.
      expect(new Set(completed.map(({ path }) => path)).size).toBe(completed.length);
      for (const { kind, path, key, times } of run.asked) {
        expect(key).toBe(`run_1/${path}`);
        expect(times === 1 || (times > 1 && (kind === "http" || kind === "code"))).toBe(true);
      }
    }),
    { numRuns: RUNS },
  );
}, 300_000);

test("P2: the state after a journal does not depend on when the machine was asked between its entries", () => {
  fc.assert(
    fc.property(trials, (trial) => {
      const { run } = driven({ ...trial, crashes: 0 });
      const compiled = compile(trial.definition);
      const whole = createMachine(compiled, START);
      const asked = createMachine(compiled, START);
      for (const entry of run.journal) {
        whole.apply(entry);
        asked.apply(entry);
        asked.next(entry.atMs);
      }
      for (const machine of [whole, asked]) {
        do {
          machine.next(START.startedAtMs);
        } while (machine.busy);
      }
      expect(whole.ending).toEqual(run.ending);
      expect(asked.ending).toEqual(run.ending);
      expect(asked.bytes).toBe(whole.bytes);
    }),
    { numRuns: RUNS },
  );
}, 300_000);

test("P2: cancelled at each of its entries, a run compensates what was completed, last first, and ends", () => {
  const definition: Definition = {
    posthorn: 1,
    flow: "simulated",
    steps: ["a", "b", "c"].map((id) => ({
      id,
      effect: "write",
      http: { method: "POST", url: `https://example.com/${id}` },
      compensate: [{ id: `undo_${id}`, http: { method: "DELETE", url: `https://example.com/${id}` } }],
    })),
  };
  const script = scriptOf(7, 0);
  const calm = { random: () => 0.99, crashes: 0, cancelAtMs: undefined };
  const moments = drive(compile(definition), START, script, calm).journal.map(({ atMs }) => atMs);
  expect(moments.length).toBe(6);
  for (const atMs of moments.slice(0, -1)) {
    const run = drive(compile(definition), START, script, { ...calm, cancelAtMs: atMs + 0.01 });
    const done = run.journal.filter(({ kind, path }) => kind === "completed" && !path.startsWith("~"));
    const undone = run.journal.filter(({ kind, path }) => kind === "completed" && path.startsWith("~"));
    expect(run.ending).toEqual({ state: "cancelled", reason: "scripted" });
    expect(undone.map(({ path }) => path)).toEqual(done.map(({ path }) => `~${path}.undo_${path}`).reverse());
  }
});

test("every definition that is drawn is one that the check accepts", () => {
  fc.assert(
    fc.property(definitions(), (definition) => {
      expect(checkDefinition(definition).faults).toEqual([]);
    }),
    { numRuns: 100 },
  );
}, 300_000);
