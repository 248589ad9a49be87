import { join } from "node:path";
import type { ChildOptions } from "./children.ts";
import { freshFolder, listening, type Workshop } from "./engine.ts";
import type { Generator } from "./generator.ts";
import { orderPayload } from "./load.ts";
import { startServer } from "./postgres.ts";
import type { Route } from "./subject.ts";

/** How fast each third of the road goes when it has the machine for itself, per second. */
export interface Floors {
  readonly lifeCycles: number;
  readonly receive: number;
  readonly send: number;
  /**
   * All three for every event, one after the other: 1 / (1/receive + 1/send + 1/lifeCycles). Each third was measured with both
   * cores for itself, so a road that wastes nothing would come near this.
   */
  readonly together: number;
}

/** Measures the floors right beside the figures they explain. */
export async function measureFloors(
  shop: Workshop,
  generator: Generator,
  route: Route,
  seconds: number,
  connections: number,
): Promise<Floors> {
  const { payloadBytes, receiver } = route;
  const database = await startServer(freshFolder(shop, "floor"));
  const forget = shop.children.owe(() => database.close());
  const lifeCycles = await run(shop, "life-cycles.ts", { url: database.url, seconds, payloadBytes }, seconds);
  forget();
  await database.discard();
  const certificate: Record<string, string> =
    receiver.certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: receiver.certificate };
  const urls = receiver.origins.map((origin) => `${origin}/0`);
  const send = await run(shop, "send.ts", { urls, seconds, payloadBytes }, seconds, {
    BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
    ...certificate,
  });
  const server = shop.children.start("floor", [process.execPath, join(shop.root, "bench/floors/receive.ts")]);
  const origin = await listening(server);
  const body = JSON.stringify({ eventType: "order.placed", payload: orderPayload(payloadBytes) });
  const load = {
    origin,
    paths: ["/"],
    headers: { "content-type": "application/json" },
    body,
    idempotencyKey: false,
    eventsPerRequest: 1,
    pauseAfterRefusalMs: 0,
  };
  const received = await generator.run(load, seconds, connections);
  await server.stop();
  const receive = received.requests / received.seconds;
  return { lifeCycles, receive, send, together: 1 / (1 / receive + 1 / send + 1 / lifeCycles) };
}

async function run(
  shop: Workshop,
  file: string,
  job: unknown,
  seconds: number,
  env: ChildOptions["env"] = {},
): Promise<number> {
  const command = [process.execPath, join(shop.root, "bench/floors", file)];
  const child = shop.children.start(file, command, { env: { ...env, BENCH_JOB: JSON.stringify(job) } });
  const mark = "posthorn-bench-result ";
  const rate = await child.line(
    (line) => (line.startsWith(mark) ? Number(line.slice(mark.length)) : undefined),
    (seconds + 60) * 1000,
  );
  await child.exited;
  return rate;
}
