import type { TestApi } from "../../kit/index.ts";
import { EVENT_TYPES } from "./payloads.ts";
import { type AppName, type Scene, SENDS } from "./scene.ts";
import { githubWebhook, post, scannerWebhook, stripeWebhook } from "./webhooks.ts";

export interface Traffic {
  /** Events that were accepted so far. */
  readonly sent: number;
  /** Stops it and waits for what is under way. */
  stop(): Promise<void>;
}

/** How often an application sends, of ten events. */
const SHARES: readonly AppName[] = [
  "northwind",
  "northwind",
  "northwind",
  "northwind",
  "acme",
  "acme",
  "acme",
  "globex",
  "long",
  "rtl",
];
const TICK_MS = 250;

/** One event of an application, as its program would send it. */
export function nextEvent(app: AppName, n: number, random: () => number) {
  const types = SENDS[app];
  const eventType = types[Math.floor(random() * types.length)] ?? "user.created";
  const payload = payloadOf(eventType, n, random);
  const isNordic = app === "northwind" && random() < 0.2;
  return {
    eventType,
    payload,
    ...(isNordic && { channels: ["nordic"] }),
    ...(n % 10 === 0 && { tags: ["import-2026-02"] }),
  };
}

/** What an event of this type says. */
export const payloadOf = (eventType: string, n: number, random: () => number): Record<string, unknown> =>
  EVENT_TYPES[eventType]?.make(n, random) ?? {};

/** Sends `count` events of an application in batches, and returns their ids. */
export function sendSome(
  api: TestApi,
  scene: Scene,
  app: AppName,
  count: number,
  random: () => number,
): Promise<string[]> {
  return api.sendMany(
    scene.apps[app],
    Array.from({ length: count }, (_, n) => nextEvent(app, n, random)),
  );
}

/** One webhook to each source, and one to each that none of their providers sent. */
export async function knock(scene: Scene, n: number): Promise<void> {
  const { github, stripe, scanner } = scene.sources;
  const known = [
    post(github.url, githubWebhook(github.secret ?? "", `delivery-${n}`, n)),
    post(stripe.url, stripeWebhook(stripe.secret ?? "", `evt_${n}`, Date.now(), 1_000 + n)),
    post(scanner.url, scannerWebhook(n)),
  ];
  const forged = [
    post(github.url, githubWebhook("guessed", `forged-${n}`, n)),
    post(stripe.url, stripeWebhook(stripe.secret ?? "", `evt_late_${n}`, Date.now() - 3_600_000, 1)),
  ];
  const [statuses, refusals] = await Promise.all([Promise.all(known), Promise.all(forged)]);
  const wrong = [...statuses.filter((s) => s >= 300), ...refusals.filter((s) => s < 400)];
  if (wrong.length > 0) throw new Error(`Sources answered ${statuses} to webhooks and ${refusals} to forged ones.`);
}

/** Sends steadily until it is stopped, `eventsMax` are sent, or the engine has gone. */
export function startTraffic(options: {
  readonly api: TestApi;
  readonly scene: Scene;
  readonly random: () => number;
  readonly perSecond: number;
  readonly eventsMax: number;
}): Traffic {
  const { api, scene, random, perSecond, eventsMax } = options;
  let sent = 0;
  let isStopping = false;
  let wake = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    for (let tick = 0; !isStopping && sent < eventsMax; tick++) {
      const events = Math.max(1, Math.round((perSecond * TICK_MS) / 1_000));
      const byApp = Map.groupBy(
        Array.from({ length: events }, () => SHARES[Math.floor(random() * SHARES.length)] ?? "northwind"),
        (app) => app,
      );
      const sending = [...byApp].map(([app, { length }]) => sendSome(api, scene, app, length, random));
      if (tick % 8 === 0) sending.push(knock(scene, 100 + tick).then(() => []));
      const results = await Promise.allSettled(sending);
      for (const result of results) {
        if (result.status === "fulfilled") sent += result.value.length;
        // A test may stop its engine before its traffic; any other failure would come again at the next tick too.
        else if (!isStopping) return;
      }
      const timer = setTimeout(wake.resolve, TICK_MS);
      await wake.promise;
      clearTimeout(timer);
      wake = Promise.withResolvers();
    }
  }

  const running = run();
  return {
    get sent() {
      return sent;
    },
    async stop() {
      isStopping = true;
      wake.resolve();
      await running;
    },
  };
}
