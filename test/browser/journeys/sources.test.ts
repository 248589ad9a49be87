import { afterAll, beforeAll, describe, expect } from "bun:test";
import { paths } from "../../../console/routes/paths.ts";
import { sampleOf } from "../../../console/routes/sources/sample.ts";
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

const open = async (path: string) =>
  openConsole({ browser: await started(), engine: world.engine, token: world.token, path });

/** Every preset with a secret and options that its provider could have. */
const SOURCES = [
  { preset: "stripe", secret: "whsec_of_stripe" },
  { preset: "github", secret: "of github" },
  { preset: "shopify", secret: "of shopify" },
  { preset: "slack", secret: "of slack" },
  { preset: "standard-webhooks", options: { eventTypeHeader: "X-Kind" } },
  {
    preset: "hmac",
    secret: Buffer.from("any key").toString("base64"),
    options: {
      signatureHeader: "X-Sig",
      signaturePrefix: "v1=",
      encoding: "base64url",
      algorithm: "sha512",
      secretEncoding: "base64",
      template: "{id}.{timestamp}.{body}",
      timestampHeader: "X-Time",
      timestampUnit: "ms",
      idHeader: "X-Id",
      eventTypeField: "meta.kind",
    },
  },
  { preset: "none", options: { idField: "data.id" } },
] as const;

describe("a source", () => {
  browserTest("P9: of every preset takes what the console signs for it", async () => {
    const { api } = world;
    const app = await api.app({ name: "Umbrella" });
    for (const fields of SOURCES) {
      const { body } = await api.call("POST", `/api/v1/app/${app}/source`, { name: fields.preset, ...fields });
      const sample = await sampleOf(body, body.secret ?? undefined, new Date(), "sample1");
      if (typeof sample === "string") throw new Error(`${fields.preset} was not signed: ${sample}`);
      const answer = await fetch(body.url, {
        method: "POST",
        headers: Object.fromEntries(sample.headers),
        body: sample.body,
      });
      expect([fields.preset, answer.ok, await answer.text()]).toEqual([fields.preset, true, expect.anything()]);
      const [message] = (await api.call("GET", `/api/v1/app/${app}/msg?limit=1`)).body.data;
      expect([fields.preset, message.eventType]).toEqual([fields.preset, sample.eventType]);
    }
  });

  browserTest("is tried out with a webhook that its page makes, and the event is seen", async () => {
    const { api } = world;
    const app = await api.app({ name: "Tyrell" });
    const { body } = await api.call("POST", `/api/v1/app/${app}/source`, { name: "Stripe", ...SOURCES[0] });
    await using ui = await open(paths.source(app, body.id));
    await ui.page.getByRole("button", { name: "Make a test" }).click();
    await ui.page.getByText(/Stripe-Signature: t=/).waitFor();
    await ui.page.getByRole("button", { name: "Send it now" }).click();
    await ui.page.getByRole("link", { name: "See what came of it" }).click();
    await ui.page.getByRole("heading", { level: 1, name: "test.sent" }).waitFor();
    await expectClean(ui);
  });

  browserTest("is made, refuses what it cannot believe, and says what is wrong until it is put right", async () => {
    const { api } = world;
    const app = await api.app({ name: "Vehement" });
    await using ui = await open(paths.newSource(app));
    const { page } = ui;
    await page.getByRole("button", { name: /Whose webhooks/ }).click();
    await page.getByRole("option", { name: /GitHub/ }).click();
    await page.getByLabel("Secret").fill("with a space ");
    await page.getByText(/white space/).waitFor();
    await page.getByLabel("Secret").fill("of the console");
    await page.getByLabel("Name").fill("GitHub of the shop");
    await page.getByRole("button", { name: "Create source" }).click();
    await page.getByRole("heading", { level: 1, name: "GitHub of the shop" }).waitFor();

    // The URL is a secret: it is not on the page before somebody asks for it.
    const [source] = (await api.call("GET", `/api/v1/app/${app}/source`)).body.data;
    expect(await page.content()).not.toContain(source.url.slice(-20));
    await page.getByRole("button", { name: "Reveal" }).click();
    await page.getByText(source.url).waitFor();

    await fetch(source.url, { method: "POST", body: "{}", headers: { "user-agent": "GitHub-Hookshot/1" } });
    await fetch(source.url, {
      method: "POST",
      body: "{}",
      headers: { "user-agent": "GitHub-Hookshot/1", "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
    });
    await fetch(source.url, { method: "POST", body: "{}", headers: { "stripe-signature": "t=1,v1=00" } });
    await page.getByRole("link", { name: /^Rejections/ }).click();
    const all = page.getByRole("button", { name: /^Show \d+ newer/ });
    for (const title of ["It is not signed", "The signature does not fit", "It looks like a webhook of Stripe"]) {
      const told = page.getByRole("heading", { level: 3, name: title });
      await told.or(all).first().waitFor();
      if (!(await told.isVisible())) await all.click();
      await told.waitFor();
    }
    await page.getByRole("button", { name: "What came" }).first().click();
    await page.getByRole("dialog").getByText("[masked]").first().waitFor();
    await axe(ui);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();

    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Disable source" }).click();
    await page.getByRole("button", { name: "Enable" }).waitFor();
    expect((await fetch(source.url, { method: "POST", body: "{}" })).status).toBe(403);
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByRole("button", { name: "Disable" }).waitFor();
    expect((await fetch(source.url, { method: "POST", body: "{}" })).status).toBe(401);
    await expectClean(ui);
  });
});
