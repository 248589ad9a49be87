// Faults for as long as one likes: `npm run campaign -- --minutes 10 --seed 42`, and with `--only pgbouncer` those scenarios
// whose name has that in it. The seed decides what happens; times do not repeat.
import { parseArgs } from "node:util";
import { freshServer, testDatabase } from "#test";
import { stopShared } from "../harness/shared.ts";
import { installation, PGBOUNCER, randomOf, startPgbouncer } from "../kit/index.ts";
import { crashes, type Findings } from "../scenarios/crashes.ts";
import { flowStorm } from "../scenarios/flows-storm.ts";
import { outages } from "../scenarios/outages.ts";
import { STORM_SETTINGS, storm } from "../scenarios/storm.ts";

interface Scenario {
  readonly name: string;
  /** About how long it takes: nothing is begun that would end long after the time is over. */
  readonly seconds: number;
  run(seed: number): Promise<Findings>;
}

const tell = (line: string) => console.log(`         ${line}`);

const SCENARIOS: readonly Scenario[] = [
  {
    name: "kill -9 under load",
    seconds: 15,
    run: async (seed) => {
      await using database = await testDatabase();
      const random = randomOf(seed);
      return await crashes({
        installation: installation(database.url),
        ledgerUrl: database.superuserUrl,
        seed,
        kills: 2 + Math.floor(random() * 5),
        clients: 2 + Math.floor(random() * 12),
      });
    },
  },
  {
    name: "two engines, all faults",
    seconds: 40,
    run: async (seed) => {
      await using server = await freshServer();
      const faults = 4;
      return await storm({
        server,
        installation: installation(server.url, STORM_SETTINGS),
        seed,
        faults,
        clients: 3,
        pauseMsMax: 8_000,
        tell,
      });
    },
  },
  {
    name: "PostgreSQL killed, and paused for 20 s",
    seconds: 50,
    run: async (seed) => {
      await using server = await freshServer();
      const random = randomOf(seed);
      return await outages({
        server,
        installation: installation(server.url),
        outages: [
          { kind: "kill", ms: random() * 3_000 },
          { kind: "pause", ms: 20_000 },
        ],
        clients: 6,
      });
    },
  },
  {
    name: "random flows against the reference, kill -9",
    seconds: 120,
    run: async (seed) => {
      await using database = await testDatabase();
      return await flowStorm({
        installation: installation(database.url),
        ledgerUrl: database.superuserUrl,
        seed,
        flows: 200,
        wave: 100,
        waves: 2,
        engines: 2,
        killEveryMs: 8_000,
        killsMax: 8,
        tell,
      });
    },
  },
  ...(PGBOUNCER === null
    ? []
    : [
        {
          name: "kill -9 under load, behind pgbouncer",
          seconds: 15,
          run: async (seed: number) => {
            await using database = await testDatabase();
            await using pooler = await startPgbouncer(database.url);
            return await crashes({
              installation: installation(pooler.through(database.url)),
              ledgerUrl: database.superuserUrl,
              seed,
              kills: 3,
              clients: 4,
              pooled: true,
            });
          },
        },
      ]),
];

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string" },
    only: { type: "string", default: "" },
  },
});
const minutes = Number(values.minutes);
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
if (!(minutes > 0) || !Number.isSafeInteger(firstSeed)) {
  console.error(
    `--minutes is ${values.minutes} and --seed is ${values.seed}; they should be a positive and a whole number.`,
  );
  process.exit(2);
}

const endsAt = performance.now() + minutes * 60_000;
const left = () => (endsAt - performance.now()) / 1_000;
console.log(`A campaign of ${minutes} minutes with seed ${firstSeed}.`);
if (PGBOUNCER === null) console.log("skipped  behind pgbouncer: it is not installed");
const FAILED_MAX = 3;
let rounds = 0;
let failed = 0;
for (let seed = firstSeed; ; seed++) {
  const fitting = SCENARIOS.filter(({ name, seconds }) => seconds < left() && name.includes(values.only));
  const scenario = fitting[(seed - firstSeed) % Math.max(1, fitting.length)];
  if (scenario === undefined || failed === FAILED_MAX) break;
  rounds++;
  const startedAt = performance.now();
  const findings = await scenario.run(seed).catch((error: unknown): Findings => {
    return { violations: [error instanceof Error ? (error.stack ?? error.message) : String(error)], seen: {} };
  });
  const took = `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  const isWell = findings.violations.length === 0;
  console.log(
    `${isWell ? "held  " : "BROKEN"}   ${scenario.name}, seed ${seed}, ${took}: ${JSON.stringify(findings.seen)}`,
  );
  if (!isWell) {
    failed++;
    for (const violation of findings.violations.slice(0, 20)) console.log(`         ${violation}`);
    if (findings.violations.length > 20) console.log(`         … and ${findings.violations.length - 20} more`);
  }
}
await stopShared();
console.log(failed === 0 ? `All promises held in ${rounds} rounds.` : `Broken in ${failed} of ${rounds} rounds.`);
process.exit(failed === 0 && rounds > 0 ? 0 : 1);
