import { expect, test } from "bun:test";
import { testDatabase } from "#test";
import { installation } from "./kit/index.ts";
import { flowStorm } from "./scenarios/flows-storm.ts";

/** `POSTHORN_FLOWS_CAMPAIGN=10000` for the long way, `POSTHORN_FLOWS_SEED` to repeat one. */
const FLOWS = Number(process.env["POSTHORN_FLOWS_CAMPAIGN"] ?? 200);
const SEED = Number(process.env["POSTHORN_FLOWS_SEED"] ?? 20_260_601);

test("P2 P3 P4: random flows on an engine that is killed again and again end as the reference says", async () => {
  await using database = await testDatabase();
  const long = FLOWS > 1_000;
  const { violations, seen } = await flowStorm({
    installation: installation(database.url),
    ledgerUrl: database.url,
    seed: SEED,
    flows: FLOWS,
    wave: long ? 250 : FLOWS,
    waves: long ? 3 : 1,
    engines: 1,
    killEveryMs: long ? 20_000 : 4_000,
    killsMax: long ? 1_000 : 3,
    tell: (line) => (long ? console.log(line) : undefined),
  });
  console.log(`Random flows with seed ${SEED}: ${JSON.stringify(seen)}`);
  expect(violations).toEqual([]);
  expect(seen["flows"]).toBe(FLOWS);
  expect(seen["kills"]).toBeGreaterThan(0);
  // The reference judged most of them whatever the times.
  expect(seen["same"] ?? 0).toBeGreaterThan(FLOWS / 3);
}, 1_500_000);
