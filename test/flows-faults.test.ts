import { expect, test } from "bun:test";
import { testDatabase } from "#test";
import { installation } from "./kit/index.ts";
import { VERDICTS } from "./scenarios/flows-judge.ts";
import { flowStorm } from "./scenarios/flows-storm.ts";

/** `POSTHORN_FLOWS_CAMPAIGN=10000` for the long way; `POSTHORN_FLOWS_SEED` and `POSTHORN_FLOWS_FROM` to repeat some of one. */
const FLOWS = Number(process.env["POSTHORN_FLOWS_CAMPAIGN"] ?? 200);
const SEED = Number(process.env["POSTHORN_FLOWS_SEED"] ?? 20_260_601);
const FROM = Number(process.env["POSTHORN_FLOWS_FROM"] ?? 0);
/** On two cores a flow takes about a third of a second, and the last wave may take its whole time. */
const LIMIT_MS = 600_000 + FLOWS * 700;

test(
  "P2 P3 P4: random flows on an engine that is killed again and again end as the reference says",
  async () => {
    await using database = await testDatabase();
    const long = FLOWS > 1_000;
    const { violations, seen } = await flowStorm({
      installation: installation(database.url),
      ledgerUrl: database.url,
      seed: SEED,
      from: FROM,
      flows: FLOWS,
      wave: long ? 250 : FLOWS,
      waves: long ? 3 : 1,
      engines: 1,
      killEveryMs: long ? 6_000 : 4_000,
      killsMax: long ? 1_000 : 3,
      tell: (line) => (long ? console.log(line) : undefined),
    });
    console.log(`Random flows from ${FROM} with seed ${SEED}: ${JSON.stringify(seen)}`);
    expect(violations).toEqual([]);
    expect(seen["flows"]).toBe(FLOWS);
    expect(VERDICTS.reduce((sum, verdict) => sum + (seen[verdict] ?? 0), 0)).toBe(FLOWS);
    expect({ broken: seen["broken"], unended: seen["unended"] }).toEqual({ broken: 0, unended: 0 });
    expect(seen["kills"]).toBeGreaterThan(0);
    // Most of them do not depend on times at all.
    expect(seen["same"]).toBeGreaterThan(FLOWS / 2);
  },
  LIMIT_MS,
);
