// The built-in generator, in a process of its own so that what it uses can be told from what is measured.
import { Connection } from "./connection.ts";
import { type Load, requestParts } from "./load.ts";
import { percentiles } from "./stats.ts";

const job = JSON.parse(process.env["BENCH_JOB"] ?? "{}") as { load: Load; seconds: number; connections: number };
const { hostname, port } = new URL(job.load.origin);
const parts = job.load.paths.map((path) => requestParts(job.load, path));
const whole = parts.map(({ before, after }) => Buffer.from(before + after));
const keyed = crypto.randomUUID();
const ackMs: number[] = [];
let turn = 0;
let keys = 0;
let refused = 0;
let socketErrors = 0;

function next(): Uint8Array {
  const i = turn++ % parts.length;
  const part = parts[i];
  if (job.load.idempotencyKey && part !== undefined) {
    return Buffer.from(`${part.before}idempotency-key: ${keyed}-${++keys}\r\n${part.after}`);
  }
  return whole[i] ?? new Uint8Array();
}

async function client(until: number): Promise<void> {
  let connection: Connection | undefined;
  while (performance.now() < until) {
    try {
      connection ??= await Connection.open(hostname, Number(port));
      const started = performance.now();
      const status = await connection.exchange(next());
      ackMs.push(performance.now() - started);
      if (status >= 300) {
        refused++;
        await Bun.sleep(Math.max(1, job.load.pauseAfterRefusalMs));
      }
    } catch {
      socketErrors++; // counted and shown; the client goes on with a new connection
      connection = undefined;
      await Bun.sleep(10);
    }
  }
  connection?.close();
}

const started = performance.now();
await Promise.all(Array.from({ length: job.connections }, () => client(started + job.seconds * 1000)));
const seconds = (performance.now() - started) / 1000;
const { p50, p99, max } = percentiles(ackMs);
console.log(
  `posthorn-bench-result ${JSON.stringify({ requests: ackMs.length, seconds, refused, socketErrors, ackMs: { p50, p99, max } })}`,
);
