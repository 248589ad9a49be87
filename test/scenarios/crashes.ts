import { parsePublicId } from "#kernel";
import { receiver, type TestEngine } from "#test";
import { apiOf, byDelivery, byEvent, type Installation, openLedger, randomOf, startLoad } from "../kit/index.ts";

export interface CrashOptions {
  readonly installation: Installation;
  /** The ledger's way to the database, when the engine has another. */
  readonly ledgerUrl: string;
  readonly seed: number;
  readonly kills: number;
  readonly clients: number;
  /** A pooler stands between: its sessions outlive a killed client, so whether they are idle is what is asked. */
  readonly pooled?: boolean;
}

export interface Findings {
  /** Broken promises, each as a sentence. */
  readonly violations: readonly string[];
  readonly seen: Readonly<Record<string, number>>;
}

/**
 * Kills the engine (SIGKILL) at random moments while clients post and a receiver takes its time, starts it again, lets it drain,
 * and compares what clients were told, what the receiver got and what the tables say.
 */
export async function crashes(options: CrashOptions): Promise<Findings> {
  const random = randomOf(options.seed);
  await using ledger = openLedger(options.ledgerUrl);
  await using slow = receiver({
    answer: async () => {
      await Bun.sleep(random() * 40);
      return random() < 0.05 ? { status: 500 } : {};
    },
  });
  let engine: TestEngine | undefined = await options.installation.start();
  try {
    const api = apiOf(engine);
    const app = await api.app();
    await api.endpoint(app, { url: `${slow.url}/hook`, retrySchedule: [1, 1, 1, 1, 1, 1] });
    const load = startLoad({ target: () => engine, app, clients: options.clients, gapMs: 2, keyed: true });
    /** Deliveries that were in somebody's hands at a kill: only these may reach the receiver again. */
    const inHands = new Set<string>();
    for (let kill = 0; kill < options.kills; kill++) {
      await load.acknowledgedMore(20 + Math.floor(random() * 150));
      await Bun.sleep(random() * 15);
      const killed: TestEngine = engine;
      engine = undefined;
      killed.kill("SIGKILL");
      await killed.exited;
      await ledger.alone(options.pooled === true);
      for (const delivery of await ledger.leased()) inHands.add(delivery);
      engine = await options.installation.start();
    }
    await load.acknowledgedMore(20);
    await load.stop();
    await ledger.drained(30_000);

    const violations: string[] = [...load.contradictions.map((text) => `two events for one key: ${text}`)];
    const got = byEvent(slow.requests);
    const events = await ledger.events();
    for (const id of load.acknowledged.keys()) {
      if (!events.has(id)) violations.push(`P1: ${id} was acknowledged and is not in the log`);
      if (!got.has(id)) violations.push(`P2: ${id} was acknowledged and never reached the receiver`);
    }
    for (const id of events)
      if (!got.has(id)) violations.push(`P2: ${id} is in the log and never reached the receiver`);
    for (const id of got.keys()) if (!events.has(id)) violations.push(`P1: ${id} was sent and is not in the log`);
    for (const row of await ledger.contradictions()) violations.push(`P2: two states at once: ${JSON.stringify(row)}`);

    const attempts = await ledger.attempts();
    const recorded = Map.groupBy(attempts, (attempt) => attempt.delivery_id);
    let duplicates = 0;
    for (const [delivery, requests] of byDelivery(slow.requests)) {
      const numbers = requests.map((request) => request.header("x-attempt"));
      const known = recorded.get(parsePublicId("dlv", delivery) ?? "") ?? [];
      const failed = known.filter(({ reason }) => reason === "http_500").length;
      const lost = known.filter(({ reason }) => reason === "process_lost").length;
      if (known.filter(({ outcome }) => outcome === "delivered").length !== 1)
        violations.push(`P2: ${delivery} is recorded as delivered other than once: ${JSON.stringify(known)}`);
      if (requests.length > known.length)
        violations.push(`P4: ${delivery} was sent ${requests.length} times and has ${known.length} attempts`);
      if (requests.length > 1 + failed + lost)
        violations.push(`P4: ${delivery} was sent ${requests.length} times without a reason: ${JSON.stringify(known)}`);
      if (lost > 0 && !inHands.has(delivery)) violations.push(`P4: ${delivery} was lost, and was in nobody's hands`);
      if (requests.length > 1 + failed) {
        duplicates++;
        if (!inHands.has(delivery)) violations.push(`P4: ${delivery} was sent twice and in nobody's hands at a kill`);
      }
      if (new Set(numbers).size !== numbers.length)
        violations.push(`P4: ${delivery} has attempts of one number: ${numbers}`);
    }
    return {
      violations,
      seen: {
        acknowledged: load.acknowledged.size,
        events: events.size,
        inHands: inHands.size,
        lost: attempts.filter(({ reason }) => reason === "process_lost").length,
        duplicates,
        broken: load.broken.cut + load.broken.refused,
        otherAnswers: load.refusals.filter(({ status }) => status !== 503).length,
      },
    };
  } finally {
    engine?.kill();
    await engine?.exited;
  }
}
