// What the engine costs when nothing happens: resident memory, CPU, and questions to PostgreSQL.
import { join } from "node:path";
import { listening } from "./harness/engine.ts";
import { chooseGenerator } from "./harness/generator.ts";
import { type Server, standsStill } from "./harness/postgres.ts";
import { startReceiver } from "./harness/receiver.ts";
import type { Cell, Target } from "./harness/report.ts";
import { scenario } from "./harness/scenario.ts";
import { spread } from "./harness/stats.ts";
import { startSubject } from "./harness/subject.ts";
import { peakRssBytes, usageOf, usageOfTree } from "./harness/usage.ts";

const WANTED_RSS_MB = 60;
const WANTED_CPU_PERCENT = 1;
const BURST_CONNECTIONS = 64;

interface Quiet {
  readonly rssMb: number;
  readonly peakRssMb: number;
  readonly cpuPercent: number;
  readonly postgresCpuPercent: number;
  readonly transactionsPerSecond: number;
}

await scenario("idle", async (bench) => {
  const seconds = bench.seconds(30);
  const generator = chooseGenerator(bench.children, bench.scratch, bench.options.builtIn);
  const receiver = await startReceiver(bench.children, bench.scratch, {
    builtIn: bench.options.builtIn,
    hosts: 1,
    tls: false,
  });
  const route = { receiver, fanOut: 1, payloadBytes: 900, batch: 1, idempotencyKey: false };
  const runs: { name: string; found: Quiet[] }[] = [];
  for (let turn = 0; turn < bench.repeat(2); turn++) {
    for (const name of bench.subjects) {
      const subject = await startSubject(name, bench, route);
      await keep(`${name}, started`, () => quiet(subject.child.pid, subject.server));
      await generator.run(subject.load, bench.seconds(5), BURST_CONNECTIONS);
      await standsStill(subject.recorded, 60_000);
      await keep(`${name}, after a burst`, () => quiet(subject.child.pid, subject.server));
      await subject.close();
    }
    const bare = bench.children.start("floor", [process.execPath, join(bench.root, "bench/floors/receive.ts")]);
    await listening(bare);
    await keep("an empty Bun.serve", () => quiet(bare.pid, undefined));
    await bare.stop();
  }
  const rows: Cell[][] = runs.map(({ name, found }) => [
    name,
    spread(found.map((run) => run.rssMb)),
    spread(found.map((run) => run.peakRssMb)),
    spread(found.map((run) => run.cpuPercent)),
    spread(found.map((run) => run.postgresCpuPercent)),
    spread(found.map((run) => run.transactionsPerSecond)),
  ]);
  const columns = ["state", "resident MB", "peak MB", "CPU % of a core", "PostgreSQL CPU %", "transactions/s"];
  return {
    settings: { seconds, burst: `${bench.seconds(5)} s, ${BURST_CONNECTIONS} connections, ${generator.kind}` },
    tables: [{ title: `Idle for ${seconds} s (without PostgreSQL's memory)`, columns, rows }],
    targets: targets(),
    notes: [
      "Memory is VmRSS of the one process at the end of the quiet time; a process that worked keeps some of what it used then.",
    ],
  };

  async function keep(name: string, measure: () => Promise<Quiet>): Promise<void> {
    const found = await measure();
    bench.say(
      `${name}: ${found.rssMb.toFixed(1)} MB, ${found.cpuPercent.toFixed(2)} % CPU, ${found.transactionsPerSecond.toFixed(2)} transactions/s`,
    );
    const row = runs.find((one) => one.name === name);
    if (row === undefined) {
      runs.push({ name, found: [found] });
    } else {
      row.found.push(found);
    }
  }

  async function quiet(pid: number, server: Server | undefined): Promise<Quiet> {
    const transactions = async (): Promise<number> =>
      server === undefined
        ? Number.NaN
        : Number(
            (
              await server.aside.unsafe(
                "select xact_commit + xact_rollback as n from pg_stat_database where datname = 'posthorn'",
              )
            )[0].n,
          );
    const postgresUsage = () => (server === undefined ? { cpuSeconds: Number.NaN } : usageOfTree(server.pid));
    // Sessions report to the statistics at most once a second: what happened before must not be counted inside.
    await Bun.sleep(2000);
    const before = {
      own: usageOf(pid),
      postgres: postgresUsage(),
      transactions: await transactions(),
    };
    const started = performance.now();
    await Bun.sleep(seconds * 1000);
    const elapsed = (performance.now() - started) / 1000;
    const own = usageOf(pid);
    return {
      rssMb: own.rssBytes / 1e6,
      peakRssMb: peakRssBytes(pid) / 1e6,
      cpuPercent: ((own.cpuSeconds - before.own.cpuSeconds) / elapsed) * 100,
      postgresCpuPercent: ((postgresUsage().cpuSeconds - before.postgres.cpuSeconds) / elapsed) * 100,
      transactionsPerSecond: ((await transactions()) - before.transactions) / elapsed,
    };
  }

  function targets(): Target[] {
    const started = runs.find(({ name }) => name === "engine, started")?.found;
    if (started === undefined) {
      return [];
    }
    const rss = spread(started.map((run) => run.rssMb)).median;
    const cpu = spread(started.map((run) => run.cpuPercent)).median;
    return [
      {
        what: "idle memory without PostgreSQL",
        wanted: `≤ ${WANTED_RSS_MB} MB`,
        found: `${rss.toFixed(1)} MB`,
        reached: rss <= WANTED_RSS_MB,
      },
      {
        what: "idle CPU",
        wanted: `< ${WANTED_CPU_PERCENT} %`,
        found: `${cpu.toFixed(2)} %`,
        reached: cpu < WANTED_CPU_PERCENT,
      },
    ];
  }
});
