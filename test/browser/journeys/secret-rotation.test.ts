import { afterAll, beforeAll, expect } from "bun:test";
import { Webhook } from "standardwebhooks";
import { receiver } from "#test";
import { paths } from "../../../console/routes/paths.ts";
import { until } from "../../kit/index.ts";
import {
  axe,
  browser,
  browserTest,
  chromiumMissing,
  type EmptyWorld,
  emptyWorld,
  expectClean,
  openConsole,
} from "../index.ts";

const started = browser();
let world: EmptyWorld;
beforeAll(async () => {
  if (chromiumMissing() === undefined) world = await emptyWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** Sends one event after another, until it is told to stop. */
function traffic(send: () => Promise<unknown>) {
  let isStopping = false;
  let sent = 0;
  const running = (async () => {
    while (!isStopping) {
      await send();
      sent++;
    }
  })();
  return {
    async stop() {
      isStopping = true;
      await running;
      return sent;
    },
  };
}

browserTest(
  "P8: a secret is rotated while events flow, and a receiver that changes over in the middle refuses none",
  async () => {
    const { api } = world;
    const app = await api.app({ name: "Initech" });
    const refused: string[] = [];
    const believed = { before: 0, after: 0 };
    let current: { readonly name: keyof typeof believed; readonly verifier: Webhook } | undefined;
    await using shop = receiver({
      answer: (request) => {
        if (current === undefined) return { status: 503 };
        try {
          current.verifier.verify(request.text(), Object.fromEntries(request.headers));
          believed[current.name]++;
          return { status: 204 };
        } catch (error) {
          refused.push(String(error));
          return { status: 401 };
        }
      },
    });
    const endpoint = await api.endpoint(app, { url: shop.url, description: "Ledger" });

    await using ui = await openConsole({
      browser: await started(),
      engine: world.engine,
      token: world.token,
      path: paths.endpointSettings(app, endpoint),
    });
    const { page } = ui;
    const secretShown = page.getByText(/^whsec_/);
    await page.getByRole("button", { name: "Reveal" }).click();
    const before = await secretShown.innerText();
    current = { name: "before", verifier: new Webhook(before) };

    const flow = traffic(() => api.send(app, { eventType: "booking.made", payload: { at: Date.now() } }));
    await until("some came under the first secret", () => believed.before >= 20);

    await page.getByRole("button", { name: "Rotate" }).click();
    const dialog = page.getByRole("dialog", { name: "Rotate the signing secret" });
    await axe(ui);
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await page.getByText(/Both secrets sign every request until/).waitFor();
    await until("another secret is shown", async () => (await secretShown.innerText()) !== before);
    const after = await secretShown.innerText();

    // The receiver has not changed over yet, and believes what comes all the same; then it does, and still does.
    const soFar = believed.before;
    await until("more came for the first secret", () => believed.before >= soFar + 20);
    current = { name: "after", verifier: new Webhook(after) };
    await until("as many came for the second", () => believed.after >= 20);

    const sent = await flow.stop();
    await until("all were believed", () => believed.before + believed.after >= sent);
    expect(refused).toEqual([]);
    await expectClean(ui);
  },
);

browserTest("P8: a source's secret is rotated while its provider sends, and not one webhook is refused", async () => {
  const { api } = world;
  const app = await api.app({ name: "Hooli" });
  const made = (await api.call("POST", `/api/v1/app/${app}/source`, { preset: "standard-webhooks", name: "Partner" }))
    .body;
  await using ui = await openConsole({
    browser: await started(),
    engine: world.engine,
    token: world.token,
    path: paths.sourceSettings(app, made.id),
  });
  const { page } = ui;
  await page.getByRole("button", { name: "Reveal" }).click();
  await page.getByText(made.secret).waitFor();

  let verifier = new Webhook(made.secret);
  const statuses = new Map<number, number>();
  let n = 0;
  const flow = traffic(async () => {
    const id = `msg_${n++}`;
    const at = new Date();
    const body = JSON.stringify({ type: "seat.taken", n });
    const response = await fetch(made.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "webhook-signature": verifier.sign(id, at, body),
      },
    });
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
  });
  const took = () => statuses.get(202) ?? 0;
  await until("some were taken", () => took() >= 20);

  await page.getByRole("button", { name: "Rotate" }).click();
  const dialog = page.getByRole("dialog", { name: "Rotate the secret" });
  await axe(ui);
  await dialog.getByRole("button", { name: "Rotate" }).click();
  await page.getByText(/good until/).waitFor();
  const secrets = await page.getByText(/^whsec_/).allInnerTexts();
  expect(secrets).toHaveLength(2);
  const fresh = secrets.find((secret) => secret !== made.secret) ?? "";

  const soFar = took();
  await until("more were taken under the first secret", () => took() >= soFar + 20);
  verifier = new Webhook(fresh);
  const atChange = took();
  await until("as many were taken under the second", () => took() >= atChange + 20);
  await flow.stop();
  expect([...statuses.keys()]).toEqual([202]);
  await page.getByRole("link", { name: /^Rejections/ }).click();
  await page.getByText("Nothing was refused").waitFor();
  await expectClean(ui);
});
