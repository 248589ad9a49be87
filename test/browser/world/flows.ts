import { type TestApi, until } from "../../kit/index.ts";
import type { Receivers } from "./receivers.ts";
import type { Scene } from "./scene.ts";
import { keepBeating, type Working } from "./worker.ts";

/** What flows of the world did: the ids of what one can look at. All of them are Northwind's. */
export interface Automations {
  readonly appId: string;
  /** Names of flows. */
  readonly flow: string;
  readonly paused: string;
  /** Its flow control holds runs back, and skipped some. */
  readonly controlled: string;
  readonly runs: {
    /** Branches, a loop and an event that it emitted. */
    readonly completed: string;
    /** Its carrier fails; what was done before is undone. */
    readonly failed: string;
    /** For somebody's yes. */
    readonly asking: string;
  };
  readonly tasks: { readonly failed: string; readonly waiting: string };
  /** At a task until the world ends. */
  readonly worker: Working;
}

const PATIENCE_MS = 30_000;

/** Definitions as people write them: with comments, and texts that have to be cut. */
const flowsOf = (url: (personality: "prompt" | "broken", name: string) => string) => ({
  fulfilment: `# Orders of the shop, from payment to parcel.
posthorn: 1
flow: order-fulfilment
title: Order to fulfilment
on:
  - event: order.created
    if: event.data.total.cents > 240000
steps:
  - id: stock
    title: Reserve the stock
    http:
      method: PUT
      url: ${url("prompt", "stock")}
      body: { order: { $: input.order } }
    compensate:
      - id: release
        http: { method: DELETE, url: ${url("prompt", "release")} }
  - id: checks
    parallel:
      risk:
        - id: score
          map: { score: { $: "input.total.cents > 100000 ? 70 : 10" } }
      address:
        - id: known
          map: true
  - id: lines
    for_each: input.items
    parallel: 2
    do:
      - id: pick
        map: { sku: { $: item.sku }, shelf: { $: index } }
  - id: risky
    if: steps.checks.risk.score > 50
    then:
      - id: tell
        emit:
          type: order.shipped
          data: { order: { $: input.order } }
    else:
      - id: plain
        map: null
output: { lines: { $: size(steps.lines) } }
`,
  booking: `posthorn: 1
flow: carrier-booking
title: Carrier booking, which fails
steps:
  - id: label
    http:
      method: PUT
      url: ${url("prompt", "label")}
      body: { order: { $: input.order } }
    compensate:
      - id: void_label
        http: { method: DELETE, url: ${url("prompt", "void")} }
  - id: book
    title: Book the carrier
    http:
      method: PUT
      url: ${url("broken", "carrier")}
      body: { order: { $: input.order } }
    retry: { attempts: 2, wait: 100ms }
`,
  approval: `posthorn: 1
flow: refund-approval
title: Refunds that somebody looks at
steps:
  - id: ask
    approve:
      title: { $: "'Refund order ' + string(input.order) + '?'" }
      details: { cents: { $: input.cents }, reason: { $: input.reason } }
    timeout: 2d
  - id: refund
    if: steps.ask.approved == true
    then:
      - id: pay
        http: { method: PUT, url: ${url("prompt", "refund")} }
`,
  nightly: `posthorn: 1
flow: nightly-report
title: Nightly report
on:
  - schedule: "30 2 * * *"
    zone: Europe/Berlin
    missed: one
steps:
  - id: report
    map: { at: { $: run.started_at } }
`,
  reviews: `posthorn: 1
flow: order-review
title: One order after the other
control:
  rate: { limit: 3, per: 1h, key: "'region ' + input.region" }
  concurrency: { limit: 1, key: input.region }
steps:
  - id: look
    wait: { for: 1d }
`,
});

/** Makes flows, lets them run, and does a few tasks as a worker would. */
export async function automate(api: TestApi, scene: Scene, receivers: Receivers): Promise<Automations> {
  const appId = scene.apps.northwind;
  const base = `/api/v1/app/${appId}`;
  const make = async (method: string, path: string, body?: unknown) => {
    const answer = await api.call(method, `${base}${path}`, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const texts = flowsOf((personality, name) => receivers.url(personality, `flow-${name}`));
  const put = (name: string, source: string, note: string) =>
    make("PUT", `/flow/${name}`, { source, format: "yaml", note });
  await put("order-fulfilment", texts.fulfilment.replace("> 50", "> 90"), "The first one");
  await put("order-fulfilment", texts.fulfilment, "Tell of more of them: the depot asked for it");
  await put("carrier-booking", texts.booking, "");
  await put("refund-approval", texts.approval, "");
  await put("nightly-report", texts.nightly, "");
  await put("order-review", texts.reviews, "");
  await make("PATCH", "/flow/nightly-report", { mode: "paused" });
  await make("PUT", "/flow-secret/carrier_key", { value: "carrier_key_of_the_world", flows: ["carrier-booking"] });
  await make("PUT", "/flow-secret/chat_token", { value: "chat_token_of_the_world", flows: null });

  const start = async (flow: string, input: unknown): Promise<string> =>
    (await make("POST", `/flow/${flow}/run`, { input })).id;
  const order = { order: 70_001, total: { cents: 189_900, currency: "eur" }, items: [{ sku: "a1" }, { sku: "b2" }] };
  const completed = await start("order-fulfilment", order);
  const failed = await start("carrier-booking", { order: 70_002 });
  for (let number = 70_010; number < 70_014; number++) await start("carrier-booking", { order: number });
  const asking = await start("refund-approval", { order: 70_003, cents: 18_990, reason: "damaged" });
  await start("refund-approval", { order: 70_004, cents: 990, reason: "late" });
  // One goes on, two wait for it, one is too many.
  for (let order = 70_020; order < 70_024; order++) await start("order-review", { order, region: "north" });
  const { worker, ...tasks } = await work(make);
  const stands = (what: string, run: string, state: string) =>
    until(
      `${what} is ${state}`,
      async () => (await api.call("GET", `${base}/run/${run}`)).body.state === state,
      PATIENCE_MS,
    );
  await stands("the order's run", completed, "completed");
  await stands("the booking's run", failed, "failed");
  await stands("the refund's run", asking, "waiting");
  await until(
    "reviews are held back and skipped",
    async () => {
      const { held, skipped } = (await api.call("GET", `${base}/flow/order-review/skip`)).body;
      return held[0]?.count === 2 && skipped.length === 1;
    },
    PATIENCE_MS,
  );
  return {
    appId,
    flow: "order-fulfilment",
    paused: "nightly-report",
    controlled: "order-review",
    runs: { completed, failed, asking },
    tasks,
    worker,
  };
}

/** Tasks that a worker of the customer took: one it did, one it failed at, one that it stays at; others wait. */
async function work(
  make: (method: string, path: string, body?: unknown) => Promise<{ id: string; worker: { token: string } }>,
): Promise<Automations["tasks"] & Pick<Automations, "worker">> {
  const add = async (name: string, more: object = {}) => (await make("POST", "/task", { name, ...more })).id;
  const done = await add("mail.welcome", { input: { to: "ada@example.com" } });
  const failed = await add("pdf.render", { input: { order: 70_002 }, retry: { attempts: 1 } });
  const going = await add("catalogue.import", { input: { file: "summer.csv" } });
  const { worker } = await make("POST", "/worker/lease", {
    worker: {
      name: "shop-worker@host-1",
      queues: ["default"],
      names: ["mail.welcome", "pdf.render", "catalogue.import"],
      concurrency: 8,
    },
    max: 3,
    waitSeconds: 10,
  });
  const { token } = worker;
  const beat = () =>
    make("POST", "/worker/heartbeat", {
      token,
      holding: [going],
      progress: [{ id: going, attempt: 1, value: { done: 1_204, total: 4_800 } }],
    });
  await make("POST", "/worker/report", {
    token,
    results: [
      { id: done, attempt: 1, ok: true, output: { message: "250 queued" } },
      {
        id: failed,
        attempt: 1,
        ok: false,
        error: {
          class: "permanent",
          code: "FontMissing",
          message: 'The font "Noto Sans Arabic" is not there',
          stack: "FontMissing: The font is not there\n    at render (tasks/pdf.ts:41:13)",
        },
      },
    ],
  });
  await beat();
  const working = keepBeating(beat);
  const waiting = await add("mail.receipt", { queue: "mail", priority: 5 });
  await add("mail.receipt", { queue: "mail", delayMs: 86_400_000 });
  await make("PATCH", "/task-queue/mail", { paused: true, rate: 20, concurrency: 8 });
  return { failed, waiting, worker: working };
}
