import { expect, test } from "bun:test";
import fc from "fast-check";
import { compile } from "../compile.ts";
import type { Definition } from "../definition.ts";
import type { Start } from "../journal.ts";
import { definitions } from "./definitions.ts";
import { drive } from "./drive.ts";
import { interpret } from "./reference.ts";
import { hash, scriptOf } from "./script.ts";

/** `POSTHORN_SIMULATION_RUNS=10000` for the long way; a failure says the seed that repeats it. */
const RUNS = Number(process.env["POSTHORN_SIMULATION_RUNS"] ?? 400);
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
    }),
    { numRuns: RUNS },
  );
});
