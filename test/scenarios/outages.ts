import { type FreshServer, receiver } from "#test";
import {
  apiOf,
  byDelivery,
  byEvent,
  type Installation,
  openLedger,
  residentBytes,
  startLoad,
  until,
} from "../kit/index.ts";
import type { Findings } from "./crashes.ts";

export interface OutageOptions {
  readonly server: FreshServer;
  readonly installation: Installation;
  readonly outages: readonly { readonly kind: "kill" | "pause"; readonly ms: number }[];
  readonly clients: number;
}

/** A statement is given up after five seconds; what queues behind it may not make a client wait for more than one of these. */
const ANSWER_MS_MAX = 5_000 + 2_500;
const MEMORY_GROWTH_BYTES_MAX = 150 * 1024 * 1024;

/**
 * Takes PostgreSQL away under load (SIGKILL and a restart, or SIGSTOP of all its processes) while one engine goes on, and
 * compares what clients were told, what the receiver got and what the tables say once the database is back.
 */
export async function outages(options: OutageOptions): Promise<Findings> {
  const { server } = options;
  await using quick = receiver();
  await using engine = await options.installation.start();
  const api = apiOf(engine);
  const app = await api.app();
  await api.endpoint(app, { url: `${quick.url}/hook`, retrySchedule: [1, 1, 1, 1, 1, 1, 1, 1] });
  const load = startLoad({ target: () => engine, app, clients: options.clients, gapMs: 4, padding: 500, keyed: true });
  await load.acknowledgedMore(100);
  const before = residentBytes(engine.pid);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentBytes(engine.pid));
  }, 100);
  const violations: string[] = [];
  for (const { kind, ms } of options.outages) {
    if (kind === "kill") await server.kill();
    else server.pause();
    const from = load.refusals.length;
    await Bun.sleep(ms);
    const isReady = (await api.call("GET", "/readyz")).status === 200;
    if (isReady) violations.push(`P1: ready while the database was away (${kind})`);
    if (kind === "kill") await server.restart();
    else server.resume();
    const refused = load.refusals.slice(from);
    if (refused.length === 0) violations.push(`P1: nobody was told 503 during an outage of ${ms} ms (${kind})`);
    try {
      await load.acknowledgedMore(100, 10_000);
    } catch (error) {
      violations.push(`P1: no recovery after ${kind}: ${error}`);
    }
  }
  await load.stop();
  clearInterval(watch);
  await using ledger = openLedger(server.url);
  await ledger.drained(60_000);
  await until("the engine was ready again", async () => (await api.call("GET", "/readyz")).status === 200);

  violations.push(...load.contradictions.map((text) => `P1: two events for one key: ${text}`));
  for (const { status, retryAfter, code } of load.refusals) {
    if (status !== 503 || retryAfter === undefined)
      violations.push(`P1: answered ${status} ${code}, Retry-After ${retryAfter}`);
  }
  if (load.slowestMs > ANSWER_MS_MAX) violations.push(`P1: an answer took ${Math.round(load.slowestMs)} ms`);
  if (load.broken.cut + load.broken.refused > 0) violations.push(`P1: without answer: ${JSON.stringify(load.broken)}`);
  if (peak - before > MEMORY_GROWTH_BYTES_MAX) violations.push(`P7: memory grew from ${before} to ${peak} bytes`);
  const got = byEvent(quick.requests);
  const events = await ledger.events();
  for (const id of load.acknowledged.keys())
    if (!events.has(id)) violations.push(`P1: ${id} was acknowledged and is lost`);
  for (const id of events) if (!got.has(id)) violations.push(`P1: ${id} exists and was never delivered`);
  for (const id of got.keys()) if (!events.has(id)) violations.push(`P1: ${id} was sent and does not exist`);
  for (const row of await ledger.contradictions()) violations.push(`P2: two states at once: ${JSON.stringify(row)}`);
  let repeated = 0;
  for (const requests of byDelivery(quick.requests).values()) if (requests.length > 1) repeated++;
  return {
    violations: [...new Set(violations)],
    seen: {
      acknowledged: load.acknowledged.size,
      events: events.size,
      refusals: load.refusals.length,
      notConfirmed: load.refusals.filter(({ code }) => code === "not_confirmed").length,
      repeated,
      slowestMs: Math.round(load.slowestMs),
      grownMiB: Math.round((peak - before) / 1024 / 1024),
    },
  };
}
