// Accepted, delivered and recorded per second, end to end, with generator, receiver, PostgreSQL and engine on the same cores.
import { measureFloors } from "./harness/floors.ts";
import { chooseGenerator } from "./harness/generator.ts";
import type { SubjectName } from "./harness/options.ts";
import { startReceiver } from "./harness/receiver.ts";
import type { Cell, Table, Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { ratios, type Spread, spread } from "./harness/stats.ts";
import { type Route, startSubject } from "./harness/subject.ts";
import { measureThroughput, type Throughput } from "./harness/throughput.ts";

interface Row {
  readonly name: string;
  readonly seconds: number;
  readonly hosts?: number;
  readonly tls?: boolean;
  readonly route?: Partial<Omit<Route, "receiver">>;
}

/** The first row is the one with a target; the others change one thing each. */
const ROWS: readonly Row[] = [
  { name: "plain", seconds: 20 },
  { name: "idempotency key", seconds: 10, route: { idempotencyKey: true } },
  { name: "batch of 100", seconds: 10, route: { batch: 100 } },
  { name: "fan-out 10", seconds: 10, route: { fanOut: 10 } },
  { name: "10 kB payload", seconds: 10, route: { payloadBytes: 10_000 } },
  { name: "tls receiver", seconds: 10, tls: true },
  { name: "1000 hosts", seconds: 10, hosts: 1000 },
];

const CONNECTIONS = 128;
const BATCH_CONNECTIONS = 8;
const WANTED_PER_SECOND = 20_000;
const WANTED_RATIO = 0.8;
/** What the instruments may cost, beside the engine without them. */
const INSTRUMENTED = [
  { name: "engine", words: "metrics", wanted: 0.03 },
  { name: "engine-traced", words: "metrics, and traces of 1 %", wanted: 0.08 },
] as const;

await scenario("e2e", async (bench) => {
  const generator = chooseGenerator(bench.children, bench.scratch, bench.options.builtIn);
  const rows = ROWS.filter((row) => row.name.includes(bench.options.only ?? ""));
  const measured: {
    row: Row;
    runs: Record<SubjectName, Throughput[]>;
    floors: Awaited<ReturnType<typeof measureFloors>>;
  }[] = [];
  const notes: string[] = [];
  let receiverKind = "";
  for (const row of rows) {
    const needs = unavailable(row);
    if (needs !== undefined) {
      notes.push(`"${row.name}" was left out: ${needs}.`);
      continue;
    }
    const hosts = bench.options.quick ? Math.min(row.hosts ?? 1, 100) : (row.hosts ?? 1);
    const receiver = await startReceiver(bench.children, bench.scratch, {
      builtIn: bench.options.builtIn,
      hosts,
      tls: row.tls ?? false,
    });
    receiverKind = receiver.kind;
    const route: Route = { fanOut: 1, payloadBytes: 900, batch: 1, idempotencyKey: false, ...row.route, receiver };
    const connections = route.batch > 1 ? BATCH_CONNECTIONS : CONNECTIONS;
    const seconds = bench.seconds(row.seconds);
    const runs: Record<SubjectName, Throughput[]> = {
      engine: [],
      "engine-unmeasured": [],
      "engine-traced": [],
      yardstick: [],
    };
    for (let turn = 0; turn < bench.repeat(3); turn++) {
      // Who goes first changes each time, so that a machine that warms up or slows down favours nobody.
      for (const name of turn % 2 === 0 ? bench.subjects : [...bench.subjects].reverse()) {
        const subject = await startSubject(name, bench, route);
        const found = await measureThroughput(subject, { generator, receiver, connections }, route.fanOut, seconds);
        bench.say(
          `${row.name}, ${name} ${turn + 1}: ${Math.round(found.recordedPerSecond)} recorded/s, ack p99 ${found.ackMs.p99} ms`,
        );
        runs[name].push(found);
        await subject.close();
      }
    }
    const floors = await measureFloors(bench, generator, route, bench.seconds(4), CONNECTIONS);
    measured.push({ row, runs, floors });
    await receiver.child.stop();
  }
  const all = measured.flatMap(({ runs }) => Object.values(runs).flat());
  const missing = all.reduce((sum, run) => sum + run.missing, 0);
  notes.push(`Acknowledged but never recorded, all runs together: ${missing}.`);
  return {
    settings: {
      generator: generator.kind,
      receiver: receiverKind,
      connections: CONNECTIONS,
      batchConnections: BATCH_CONNECTIONS,
      payloadBytes: 900,
    },
    tables: [
      throughputTable(),
      ratioTable(),
      shareTable(),
      ...(bench.subjects.includes("engine-unmeasured") ? [instrumentsTable()] : []),
    ],
    targets: targets(),
    notes,
  };

  function throughputTable(): Table {
    const columns = [
      "scenario",
      "subject",
      "recorded/s",
      "slowest s",
      "accepted/s",
      "ack p50 ms",
      "ack p99 ms",
      "owed at end",
      "refused",
      "missing",
      "peak MB",
    ];
    return {
      title: "Accepted → delivered → recorded (counted in the database)",
      columns,
      rows: each((row, name, runs) => [
        row.name,
        name,
        over(runs, (run) => run.recordedPerSecond),
        over(runs, (run) => run.slowestSecond),
        over(runs, (run) => run.acceptedPerSecond),
        over(runs, (run) => run.ackMs.p50),
        over(runs, (run) => run.ackMs.p99),
        over(runs, (run) => run.owedAtEnd),
        over(runs, (run) => run.refused),
        over(runs, (run) => run.missing),
        over(runs, (run) => run.peakRssMb),
      ]),
    };
  }

  function ratioTable(): Table {
    const columns = [
      "scenario",
      "engine / yardstick",
      "engine / floors together",
      "life cycles/s",
      "receive/s",
      "send/s",
      "floors together/s",
    ];
    return {
      title: "Beside the yardstick and the naive floors of the same run",
      columns,
      rows: measured.map(({ row, runs, floors }) => {
        const engine = runs.engine.map((run) => run.recordedPerSecond);
        const beside = ratios(
          engine,
          runs.yardstick.map((run) => run.recordedPerSecond),
        );
        // The floors' road carries one delivery per event; for wide fan-out and batches it is no bound.
        const bound = (row.route?.fanOut ?? 1) === 1 && (row.route?.batch ?? 1) === 1;
        return [
          row.name,
          beside.length === 0 ? undefined : spread(beside),
          engine.length === 0 || !bound ? undefined : spread(engine.map((rate) => rate / floors.together)),
          floors.lifeCycles,
          floors.receive,
          floors.send,
          floors.together,
        ];
      }),
    };
  }

  function shareTable(): Table {
    const columns = [
      "scenario",
      "subject",
      "itself",
      "postgres",
      "generator",
      "receiver",
      "itself µs each",
      "postgres µs each",
    ];
    return {
      title:
        "Cores used by each, and what one delivery costs in CPU (the steadiest figure where the machine is shared)",
      columns,
      rows: each((row, name, runs) => [
        row.name,
        name,
        over(runs, (run) => run.cores.subject),
        over(runs, (run) => run.cores.postgres),
        over(runs, (run) => run.cores.generator),
        over(runs, (run) => run.cores.receiver),
        over(runs, (run) => (run.cores.subject / run.recordedPerSecond) * 1e6),
        over(runs, (run) => (run.cores.postgres / run.recordedPerSecond) * 1e6),
      ]),
    };
  }

  function instrumentsTable(): Table {
    return {
      title: "What the instruments cost: the engine with them beside itself without, turn by turn",
      columns: ["scenario", "with", "recorded/s, ratio", "itself µs each, ratio", "postgres µs each, ratio"],
      rows: measured.flatMap(({ row, runs }) =>
        INSTRUMENTED.filter(({ name }) => runs[name].length > 0).map(({ name, words }) => {
          const beside = (pick: (run: Throughput) => number) => {
            const found = ratios(runs[name].map(pick), runs["engine-unmeasured"].map(pick));
            return found.length === 0 ? undefined : spread(found);
          };
          return [
            row.name,
            words,
            beside((run) => run.recordedPerSecond),
            beside((run) => run.cores.subject / run.recordedPerSecond),
            beside((run) => run.cores.postgres / run.recordedPerSecond),
          ];
        }),
      ),
    };
  }

  function each(cells: (row: Row, name: SubjectName, runs: Throughput[]) => Cell[]): Cell[][] {
    return measured.flatMap(({ row, runs }) => bench.subjects.map((name) => cells(row, name, runs[name])));
  }

  function targets(): Target[] {
    const plain = measured.find(({ row }) => row.name === "plain");
    if (plain === undefined || plain.runs.engine.length === 0) {
      return [];
    }
    const rates = plain.runs.engine.map((run) => run.recordedPerSecond);
    const rate = spread(rates).median;
    const beside = ratios(
      rates,
      plain.runs.yardstick.map((run) => run.recordedPerSecond),
    );
    const found: Target[] = [
      {
        what: "accepted → delivered → recorded",
        wanted: `≥ ${WANTED_PER_SECOND}/s`,
        found: `${Math.round(rate)}/s`,
        reached: rate >= WANTED_PER_SECOND,
      },
      { what: "acknowledged and never recorded", wanted: "0", found: String(missing), reached: missing === 0 },
    ];
    const bare = plain.runs["engine-unmeasured"].map((run) => run.recordedPerSecond);
    for (const { name, words, wanted } of INSTRUMENTED) {
      const besideBare = ratios(
        plain.runs[name].map((run) => run.recordedPerSecond),
        bare,
      );
      if (besideBare.length === 0) continue;
      const cost = 1 - spread(besideBare).median;
      found.push({
        what: `cost of the instruments: ${words}`,
        wanted: `< ${wanted * 100} %`,
        found: `${(cost * 100).toFixed(1)} %`,
        reached: cost < wanted,
      });
    }
    if (beside.length > 0) {
      const ratio = spread(beside).median;
      found.push({
        what: "beside the yardstick",
        wanted: `≥ ${WANTED_RATIO}`,
        found: ratio.toFixed(2),
        reached: ratio >= WANTED_RATIO,
      });
    }
    return found;
  }
});

function over(runs: readonly Throughput[], pick: (run: Throughput) => number): Spread | undefined {
  return runs.length === 0 ? undefined : spread(runs.map(pick));
}

function unavailable(row: Row): string | undefined {
  if (row.tls && Bun.which("openssl") === null) {
    return "it needs the openssl command to make a certificate";
  }
  return (row.hosts ?? 1) > 1 && process.platform !== "linux"
    ? "many loopback addresses exist on Linux only"
    : undefined;
}
