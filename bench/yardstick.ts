// The yardstick: accept, commit, deliver, commit, with group commits of up to 1,000 and not one feature: no authentication,
// no routing, no filters, no retries, no guard, no limits, no second process. What the engine reaches beside it, in the same
// minute on the same cores, is the price of its promises. `bench/e2e.ts` starts it; it is never a base to build on.
//
//   DATABASE_URL    where its three tables go (they are dropped first)
//   YARD_RECEIVERS  JSON list of URLs
//   YARD_FAN_OUT    deliveries per event; with 1, an event posted to /<n> goes to receiver n
import { createHmac } from "node:crypto";
import { SQL } from "bun";
import { append, createYardTables, settle, type YardAttempt, type YardEvent } from "./harness/yard-tables.ts";

const COMMIT_MAX = 1000;
const COMMITS_AT_ONCE = 2;
const SENDS_AT_ONCE = 256;
const OWED_MAX = 20_000;

const receivers = JSON.parse(process.env["YARD_RECEIVERS"] ?? "[]") as string[];
const fanOut = Number(process.env["YARD_FAN_OUT"] ?? 1);
const sql = new SQL({ url: process.env["DATABASE_URL"] ?? "", max: 2 * COMMITS_AT_ONCE });

interface Accepted extends YardEvent {
  readonly acknowledge: () => void;
}
interface Owed {
  readonly deliveryId: string;
  readonly event: YardEvent;
  readonly url: string;
}

/**
 * First in, first out, without shifting a long array on every take.
 */
class Queue<T> {
  #items: T[] = [];
  #taken = 0;
  get length(): number {
    return this.#items.length - this.#taken;
  }
  push(item: T): void {
    this.#items.push(item);
  }
  take(most: number): T[] {
    const taken = this.#items.slice(this.#taken, this.#taken + most);
    this.#taken += taken.length;
    if (this.#taken > 4096 || this.#taken === this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return taken;
  }
}

/** Commits what gathered while the last commits ran: at once when idle, together when busy. Returns the way in. */
function groupCommit<T>(commit: (batch: readonly T[]) => Promise<void>): (item: T) => void {
  const waiting = new Queue<T>();
  let running = 0;
  let scheduled = false;
  const run = async (): Promise<void> => {
    scheduled = false;
    running++;
    await commit(waiting.take(COMMIT_MAX));
    running--;
    schedule();
  };
  const schedule = (): void => {
    if (!scheduled && running < COMMITS_AT_ONCE && waiting.length > 0) {
      scheduled = true;
      setImmediate(run); // whatever else this turn of the loop brings goes along
    }
  };
  return (item) => {
    waiting.push(item);
    schedule();
  };
}

const owed = new Queue<Owed>();
let sending = 0;
let accepting = 0;

const accept = groupCommit<Accepted>(async (events) => {
  await append(sql, events);
  for (const event of events) {
    accepting--;
    event.acknowledge();
    for (const delivery of event.deliveries) {
      owed.push({ deliveryId: delivery.id, event, url: receivers[delivery.endpoint] ?? "" });
    }
  }
  dispatch();
});
const record = groupCommit<YardAttempt>((attempts) => settle(sql, attempts));

function dispatch(): void {
  for (const delivery of owed.take(SENDS_AT_ONCE - sending)) {
    sending++;
    void send(delivery);
  }
}

async function send({ deliveryId, event, url }: Owed): Promise<void> {
  const started = performance.now();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac("sha256", "whsec_yardstick")
    .update(`${event.id}.${timestamp}.`)
    .update(event.payload)
    .digest("base64");
  const answer = await fetch(url, {
    method: "POST",
    redirect: "manual",
    body: event.payload,
    headers: {
      "content-type": "application/json",
      "webhook-id": event.id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${mac}`,
    },
  });
  const response = await answer.text();
  record({ deliveryId, status: answer.status, ms: Math.round(performance.now() - started), response });
  sending--;
  dispatch();
}

function take(payload: Uint8Array<ArrayBuffer>, receiver: number): Promise<string> {
  const id = Bun.randomUUIDv7();
  const first = fanOut === 1 ? receiver : 0;
  const deliveries = Array.from({ length: fanOut }, (_, i) => ({
    id: Bun.randomUUIDv7(),
    endpoint: (first + i) % receivers.length,
  }));
  accepting++;
  return new Promise((resolve) => accept({ id, payload, deliveries, acknowledge: () => resolve(id) }));
}

await createYardTables(sql);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 60,
  async fetch(request) {
    const body = Buffer.from(await request.arrayBuffer());
    const parsed = JSON.parse(body.toString());
    if (accepting + owed.length > OWED_MAX) {
      return new Response("busy", { status: 429 });
    }
    const path = request.url.slice(request.url.lastIndexOf("/") + 1);
    if (path === "batch") {
      const messages = parsed.messages as unknown[];
      const ids = await Promise.all(messages.map((message) => take(Buffer.from(JSON.stringify(message)), 0)));
      return Response.json({ ids }, { status: 202 });
    }
    return new Response(`{"id":"${await take(body, Number(path))}"}`, { status: 202 });
  },
});
console.log(JSON.stringify({ event: "listening", url: server.url.origin }));
process.on("SIGTERM", () => process.exit(0));
