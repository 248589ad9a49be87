// Floor: sign and send a request with fetch, 256 at a time, and read the answer. What delivering costs when nothing is kept.
import { createHmac } from "node:crypto";
import { orderPayload } from "../harness/load.ts";

const job = JSON.parse(process.env["BENCH_JOB"] ?? "{}") as { urls: string[]; seconds: number; payloadBytes: number };
const body = Buffer.from(JSON.stringify(orderPayload(job.payloadBytes)));
const until = performance.now() + job.seconds * 1000;
let sent = 0;
let turn = 0;

async function worker(): Promise<void> {
  while (performance.now() < until) {
    const id = Bun.randomUUIDv7();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const mac = createHmac("sha256", "whsec_yardstick").update(`${id}.${timestamp}.`).update(body).digest("base64");
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${mac}`,
    };
    const answer = await fetch(job.urls[turn++ % job.urls.length] ?? "", {
      method: "POST",
      redirect: "manual",
      body,
      headers,
    });
    await answer.text();
    sent++;
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: 256 }, worker));
console.log(`posthorn-bench-result ${(sent / (performance.now() - started)) * 1000}`);
