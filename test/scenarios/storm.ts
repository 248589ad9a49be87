import { parsePublicId } from "#kernel";
import { type FreshServer, receiver, type TestEngine } from "#test";
import {
  apiOf,
  byDelivery,
  byEvent,
  type Installation,
  mostWithin,
  openLedger,
  randomOf,
  startLoad,
  until,
} from "../kit/index.ts";
import type { Findings } from "./crashes.ts";

export interface StormOptions {
  readonly server: FreshServer;
  readonly installation: Installation;
  readonly seed: number;
  readonly faults: number;
  readonly clients: number;
  readonly pauseMsMax: number;
  readonly tell?: (line: string) => void;
}

const CAPPED = "/capped";
const CAP = 4;
const LIMITED = "/limited";
const RATE = 40;
const FAULTS = ["kill", "stop", "freeze", "database_killed", "database_paused"] as const;
/** As the installation must set it: receivers that say nothing are given up soon. */
export const STORM_SETTINGS = { POSTHORN_DELIVERY_TIMEOUT: "2s", POSTHORN_SHUTDOWN_GRACE: "3s" } as const;

/** Two engines, one database, receivers that fail in every way, and one fault after another, in an order that the seed decides. */
export async function storm(options: StormOptions): Promise<Findings> {
  const { installation, server } = options;
  const tell = options.tell ?? (() => {});
  const random = randomOf(options.seed);
  const between = (low: number, high: number) => low + random() * (high - low);
  let under = 0;
  let mostUnder = 0;
  await using target = receiver({
    answer: async (request) => {
      const luck = random();
      if (luck < 0.03) return "reset";
      if (luck < 0.05) return { status: 503, headers: { "Retry-After": "1" } };
      if (luck < 0.07) return { raw: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", afterwards: "close" };
      if (luck < 0.08) return "never";
      if (luck < 0.12) return { status: 500 };
      const isCounted = request.target === CAPPED;
      if (isCounted) mostUnder = Math.max(mostUnder, ++under);
      await Bun.sleep(random() * 30);
      if (isCounted) under--;
      return {};
    },
  });
  const engines: (TestEngine | undefined)[] = [await installation.start(), await installation.start()];
  const alive = () => engines.filter((engine) => engine !== undefined);
  const api = apiOf(alive()[0] ?? fail("No engine started."));
  const app = await api.app();
  const retrySchedule = Array(90).fill(1);
  for (const [path, limits] of [
    ["/free", {}],
    [CAPPED, { concurrency: CAP }],
    [LIMITED, { throttleRate: RATE }],
  ] as const) {
    await api.endpoint(app, { url: `${target.url}${path}`, retrySchedule, ...limits });
  }
  let turn = 0;
  const load = startLoad({
    target: () => alive()[turn++ % Math.max(1, alive().length)],
    app,
    clients: options.clients,
    gapMs: 60,
  });
  const violations: string[] = [];
  const exits: number[] = [];
  try {
    await load.acknowledgedMore(20);
    for (let n = 0; n < options.faults; n++) {
      const fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? "kill";
      const at = Math.floor(random() * engines.length);
      const engine = engines[at];
      const ms = Math.floor(between(100, options.pauseMsMax));
      tell(`fault ${n + 1} of ${options.faults}: ${fault}, engine ${at}, ${ms} ms`);
      if (fault === "kill" || fault === "stop") {
        engines[at] = undefined;
        engine?.kill(fault === "kill" ? "SIGKILL" : "SIGTERM");
        const code = await engine?.exited;
        if (fault === "stop") exits.push(code ?? -1);
        await Bun.sleep(Math.min(ms, 1_500));
        engines[at] = await installation.start();
      } else if (fault === "freeze") {
        // Its clients wait with it: the others go on.
        engine?.kill("SIGSTOP");
        await Bun.sleep(ms);
        engine?.kill("SIGCONT");
      } else if (fault === "database_killed") {
        await server.kill();
        await Bun.sleep(Math.min(ms, 3_000));
        await server.restart();
      } else {
        server.pause();
        await Bun.sleep(ms);
        server.resume();
      }
      try {
        await load.acknowledgedMore(Math.ceil(between(5, 40)), 20_000);
      } catch (error) {
        violations.push(`P1: no recovery after ${fault}: ${error}`);
      }
    }
    await load.stop(20_000);
    await using ledger = openLedger(server.url);
    await ledger.drained(90_000);
    for (const engine of alive()) {
      await until("it was ready", async () => (await apiOf(engine).call("GET", "/readyz")).status === 200);
    }
    violations.push(...load.contradictions.map((text) => `P1: two events for one key: ${text}`));
    if (exits.some((code) => code !== 0)) violations.push(`P12: exit codes ${exits}`);
    const events = await ledger.events();
    const got = byEvent(target.requests);
    for (const id of load.acknowledged.keys())
      if (!events.has(id)) violations.push(`P1: ${id} was acknowledged and is lost`);
    for (const id of got.keys()) if (!events.has(id)) violations.push(`P1: ${id} was sent and does not exist`);
    for (const row of await ledger.contradictions()) violations.push(`P2: two states at once: ${JSON.stringify(row)}`);
    const attempts = await ledger.attempts();
    const recorded = Map.groupBy(attempts, (attempt) => attempt.delivery_id);
    const delivered = attempts.filter(({ settled_as }) => settled_as === "delivered").length;
    const dead = await ledger.rows("select reason, count(*)::int as n from posthorn.delivery_dead group by reason");
    if (delivered !== events.size * 3 || dead.length > 0)
      violations.push(`P2: of ${events.size * 3} deliveries ${delivered} were made, dead: ${JSON.stringify(dead)}`);
    for (const [delivery, requests] of byDelivery(target.requests)) {
      const known = recorded.get(parsePublicId("dlv", delivery) ?? "") ?? [];
      if (requests.length > known.length)
        violations.push(
          `P4: ${delivery} was sent ${requests.length} times, with ${known.length} attempts: ${JSON.stringify(known)}`,
        );
    }
    for (const [delivery, rows] of recorded) {
      const settled = rows.filter(({ settled_as }) => settled_as !== "late").map(({ number }) => number);
      if (new Set(settled).size !== settled.length) violations.push(`P3: ${delivery} has a number twice: ${settled}`);
    }
    if (mostUnder > CAP) violations.push(`P7: ${mostUnder} requests at once to an endpoint that may have ${CAP}`);
    const limited = target.requests.filter((request) => request.target === LIMITED).map(({ atMs }) => atMs);
    // A busy machine makes starts that are a second apart arrive closer.
    const most = mostWithin(limited, 900);
    if (most > RATE) violations.push(`P7: ${most} requests within a second to an endpoint that may have ${RATE}`);
    const of = (fits: (row: (typeof attempts)[number]) => boolean) => attempts.filter(fits).length;
    return {
      violations,
      seen: {
        events: events.size,
        requests: target.requests.length,
        refusals: load.refusals.length,
        broken: load.broken.cut + load.broken.refused,
        lost: of(({ reason }) => reason === "process_lost"),
        interrupted: of(({ reason }) => reason === "interrupted"),
        mostUnder,
        mostInASecond: most,
        late: of(({ settled_as }) => settled_as === "late"),
      },
    };
  } finally {
    for (const engine of alive()) await engine[Symbol.asyncDispose]();
  }
}

function fail(message: string): never {
  throw new Error(message);
}
