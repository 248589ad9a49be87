// Floor: complete life cycles (event, delivery, attempt, settle) in PostgreSQL alone, in commits of 1,000, two at a time.
// No HTTP, no hashing: nothing that is durable in the same way can go faster than this on the same server.
import { SQL } from "bun";
import { orderPayload } from "../harness/load.ts";
import { append, createYardTables, settle } from "../harness/yard-tables.ts";

const job = JSON.parse(process.env["BENCH_JOB"] ?? "{}") as { url: string; seconds: number; payloadBytes: number };
const sql = new SQL({ url: job.url, max: 4 });
const payload = Buffer.from(JSON.stringify(orderPayload(job.payloadBytes)));
const size = Math.max(10, Math.min(1000, Math.floor(4e6 / payload.byteLength)));
await createYardTables(sql);
const until = performance.now() + job.seconds * 1000;
let cycles = 0;

async function worker(): Promise<void> {
  while (performance.now() < until) {
    const events = Array.from({ length: size }, () => ({
      id: Bun.randomUUIDv7(),
      payload,
      deliveries: [{ id: Bun.randomUUIDv7(), endpoint: 0 }],
    }));
    await append(sql, events);
    await settle(
      sql,
      events.flatMap((event) =>
        event.deliveries.map(({ id }) => ({ deliveryId: id, status: 200, ms: 1, response: "ok" })),
      ),
    );
    cycles += size;
  }
}

const started = performance.now();
await Promise.all([worker(), worker()]);
console.log(`posthorn-bench-result ${(cycles / (performance.now() - started)) * 1000}`);
await sql.close();
