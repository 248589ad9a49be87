import type { Generator } from "./generator.ts";
import type { LoadResult } from "./load.ts";
import { standsStill } from "./postgres.ts";
import type { Receiver } from "./receiver.ts";
import type { Subject } from "./subject.ts";
import { peakRssBytes, usageOf, usageOfTree } from "./usage.ts";

/** What a subject did under a closed loop, counted in its database. */
export interface Throughput {
  /** Attempts recorded and committed inside the window, per second: the figure. */
  readonly recordedPerSecond: number;
  /** The slowest whole second inside the window: sustained means that this is not far off. */
  readonly slowestSecond: number;
  readonly acceptedPerSecond: number;
  readonly refused: number;
  readonly ackMs: LoadResult["ackMs"];
  /** Accepted in the window but recorded only after it: a queue that grows shows here. */
  readonly owedAtEnd: number;
  /** Acknowledged and never recorded, after waiting for the queue to empty. Must be zero. */
  readonly missing: number;
  readonly peakRssMb: number;
  /** Cores used by each, of all there are: who eats the machine. */
  readonly cores: {
    readonly subject: number;
    readonly postgres: number;
    readonly generator: number;
    readonly receiver: number;
  };
}

const WARM_UP_S = 3;
const DRAIN_MS = 120_000;

/** The parts of the machine that take a share of the cores beside the subject. */
export interface Company {
  readonly generator: Generator;
  readonly receiver: Receiver;
  readonly connections: number;
}

export async function measureThroughput(
  subject: Subject,
  company: Company,
  fanOut: number,
  seconds: number,
): Promise<Throughput> {
  const { generator, receiver, connections } = company;
  await generator.run(subject.load, Math.min(WARM_UP_S, seconds), connections);
  const before = await standsStill(subject.recorded, DRAIN_MS);
  const cpuBefore = cpuNow(subject, receiver);
  const begun = new Date();
  const started = performance.now();
  const sent = await generator.run(subject.load, seconds, connections);
  const elapsed = (performance.now() - started) / 1000;
  const cpuAfter = cpuNow(subject, receiver);
  const ended = new Date();
  const recorded = (await subject.recorded()) - before;
  const settled = (await standsStill(subject.recorded, DRAIN_MS)) - before;
  const accepted = (sent.requests - sent.refused) * subject.load.eventsPerRequest;
  const share = (key: keyof Throughput["cores"]): number => (cpuAfter[key] - cpuBefore[key]) / elapsed;
  return {
    recordedPerSecond: recorded / elapsed,
    slowestSecond: await slowestSecond(subject, begun, ended),
    acceptedPerSecond: accepted / elapsed,
    refused: sent.refused + sent.socketErrors,
    ackMs: sent.ackMs,
    owedAtEnd: Math.max(0, settled - recorded),
    // A generator that ends cuts off its last requests after they were accepted: more than it counted is not a fault.
    missing: Math.max(0, accepted * fanOut - settled),
    peakRssMb: peakRssBytes(subject.child.pid) / 1e6,
    cores: {
      subject: share("subject"),
      postgres: share("postgres"),
      receiver: share("receiver"),
      generator: sent.cpuSeconds / elapsed,
    },
  };
}

function cpuNow(subject: Subject, receiver: Receiver): Throughput["cores"] {
  return {
    subject: usageOf(subject.child.pid).cpuSeconds,
    postgres: usageOfTree(subject.server.pid).cpuSeconds,
    receiver: usageOfTree(receiver.child.pid).cpuSeconds,
    generator: 0,
  };
}

/** From the times inside the attempts' ids, after the fact, so that watching costs the run nothing. */
async function slowestSecond(subject: Subject, begun: Date, ended: Date): Promise<number> {
  const table = subject.name === "yardstick" ? "yard.attempt" : "posthorn.attempt";
  const rows = await subject.server.sql.unsafe(
    `select count(*)::int as n, extract(epoch from date_trunc('second', uuid_extract_timestamp(id)))::int as second
     from ${table} group by second having count(*) > 0 order by second`,
  );
  const first = Math.ceil(begun.getTime() / 1000);
  const last = Math.floor(ended.getTime() / 1000) - 1;
  const perSecond = new Map<number, number>(rows.map((row: { second: number; n: number }) => [row.second, row.n]));
  const whole = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => perSecond.get(first + i) ?? 0);
  return whole.length === 0 ? Number.NaN : Math.min(...whole);
}
