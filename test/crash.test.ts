import { expect, test } from "bun:test";
import { testDatabase } from "#test";
import { installation } from "./kit/index.ts";
import { crashes } from "./scenarios/crashes.ts";

test("P1, P2, P4: an engine killed again and again under load loses nothing, and repeats only what was in its hands", async () => {
  await using database = await testDatabase();
  const findings = await crashes({
    installation: installation(database.url),
    ledgerUrl: database.superuserUrl,
    seed: 7,
    kills: 3,
    clients: 8,
  });
  expect(findings.violations).toEqual([]);
  expect(findings.seen).toMatchObject({ otherAnswers: 0 });
  expect(findings.seen["acknowledged"]).toBeGreaterThan(100);
  expect(findings.seen["lost"]).toBeGreaterThan(0);
}, 60_000);
