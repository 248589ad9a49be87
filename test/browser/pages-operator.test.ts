import { afterAll, beforeAll, describe, expect } from "bun:test";
import { readFile } from "node:fs/promises";
import { paths } from "../../console/routes/paths.ts";
import { until } from "../kit/index.ts";
import {
  axe,
  browser,
  browserTest,
  type ConsolePage,
  chromiumMissing,
  type EmptyWorld,
  emptyWorld,
  expectClean,
  openConsole,
} from "./index.ts";

const started = browser();
let world: EmptyWorld;
beforeAll(async () => {
  if (chromiumMissing() === undefined) world = await emptyWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

const open = async (path: string, token = world.token): Promise<ConsolePage> =>
  openConsole({ browser: await started(), engine: world.engine, token, path });

/** What the API says to whoever has this token. */
const ask = (path: string, token: string): Promise<Response> =>
  fetch(new URL(path, world.engine.url), { headers: { authorization: `Bearer ${token}` } });

/**
 * For some seconds React Aria's live region still refers to the button that was pressed and is gone with its page. It was read out
 * already, and nobody meets it.
 */
const AFTER_A_PRESS = { without: ["role-img-alt"] } as const;

const heading = (ui: ConsolePage, name: string | RegExp) => ui.page.getByRole("heading", { level: 1, name }).waitFor();

async function makeKey(ui: ConsolePage, name: string, role: string): Promise<string> {
  await ui.page.getByRole("button", { name: "New key" }).first().click();
  const dialog = ui.page.getByRole("dialog", { name: "New key" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: /Role/ }).click();
  await ui.page.getByRole("option", { name: new RegExp(`^${role}`) }).click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const shown = ui.page.getByRole("dialog", { name: `The token of ${name}` });
  const token = await shown.getByText(/^phk_/).innerText();
  await shown.getByRole("button", { name: "I have kept it" }).click();
  await shown.waitFor({ state: "detached" });
  return token;
}

describe("keys", () => {
  browserTest(
    "P8: a key is made, shown once, lets in as far as its role goes, and after it is revoked not at all",
    async () => {
      await using ui = await open(paths.keys);
      await heading(ui, "Keys");
      const token = await makeKey(ui, "Wall display", "Viewer");
      expect((await ask("/api/v1/app", token)).status).toBe(200);
      await ui.page.reload();
      await ui.page.getByRole("cell", { name: /^Wall display/ }).waitFor();
      expect(await ui.page.content()).not.toContain(token);

      await using viewer = await open(paths.keys, token);
      await viewer.page.getByText("Your key may not see this").waitFor();
      await viewer.page.goto(new URL(paths.settings, world.engine.url).href);
      await heading(viewer, "Settings");
      expect(await viewer.page.getByRole("link", { name: "Audit log" }).count()).toBe(0);
      await axe(viewer);
      await expectClean(viewer);

      await ui.page.getByRole("button", { name: "Actions for Wall display" }).click();
      await ui.page.getByRole("menuitem", { name: "Revoke" }).click();
      await axe(ui);
      await ui.page.getByRole("button", { name: "Revoke the key" }).click();
      await ui.page.getByRole("cell", { name: /^Wall display/ }).waitFor({ state: "detached" });
      await until("the token is refused", async () => (await ask("/api/v1/app", token)).status === 401);
      await expectClean(ui);
    },
  );

  browserTest("P8: rotated without an overlap, the token before is refused and the new one is not", async () => {
    await using ui = await open(paths.keys);
    await heading(ui, "Keys");
    const before = await makeKey(ui, "Importer", "Operator");
    await ui.page.getByRole("button", { name: "Actions for Importer" }).click();
    await ui.page.getByRole("menuitem", { name: "Rotate the token" }).click();
    const dialog = ui.page.getByRole("dialog", { name: "Rotate the token of Importer" });
    await dialog.getByRole("button", { name: /Overlap/ }).click();
    await ui.page.getByRole("option", { name: /^None/ }).click();
    await dialog.getByRole("button", { name: "Rotate", exact: true }).click();
    const after = await ui.page.getByRole("dialog", { name: "The token of Importer" }).getByText(/^phk_/).innerText();
    expect(after).not.toBe(before);
    expect((await ask("/api/v1/app", after)).status).toBe(200);
    await until("the token before is refused", async () => (await ask("/api/v1/app", before)).status === 401);
    await expectClean(ui);
  });
});

describe("the audit log", () => {
  browserTest("P8: says as a sentence who made a key, filters by it, and is taken along as lines of JSON", async () => {
    const { status } = await world.api.call("POST", "/api/v1/api-key", { name: "Bookkeeper", role: "ingest" });
    expect(status).toBe(201);
    await using ui = await open(`${paths.audit}?operation=v1.api-key.create`);
    await heading(ui, "Audit log");
    const entry = ui.page.getByRole("listitem").filter({ hasText: /Root token created the key Bookkeeper/i });
    await entry.waitFor();
    await entry.getByRole("button", { name: "Details" }).click();
    await entry.getByText("POST /api/v1/api-key").waitFor();
    const downloading = ui.page.waitForEvent("download");
    await ui.page.getByRole("button", { name: "Export" }).click();
    const lines = (await readFile(await (await downloading).path(), "utf8")).trimEnd().split("\n");
    const records = lines.map((line): { operation: string } => JSON.parse(line));
    expect(new Set(records.map(({ operation }) => operation))).toEqual(new Set(["v1.api-key.create"]));
    await expectClean(ui);
  });
});

describe("replays", () => {
  browserTest(
    "P10: what failed is counted by endpoint, sent again at a word, and its progress is seen to the end",
    async () => {
      const { api, receivers } = world;
      const appId = await api.app({ name: "Corner shop" });
      const url = receivers.url("broken", "till");
      const endpointId = await api.endpoint(appId, { url, description: "Till", retrySchedule: [] });
      for (let i = 0; i < 3; i++) await api.send(appId, { eventType: "sale.made", payload: { i } });
      const dead = `/api/v1/app/${appId}/endpoint/${endpointId}/dead`;
      await until("all three are dead letters", async () => (await api.call("GET", dead)).body.data.length === 3);
      receivers.repair("till");
      const taken = receivers.taken("till");

      await using ui = await open(`${paths.newReplay}?app=${appId}&endpoint=${endpointId}`);
      await heading(ui, "New replay");
      const goOn = ui.page.getByRole("button", { name: "Go on" });
      await goOn.click();
      expect(await ui.page.getByRole("checkbox", { name: /Till/ }).isChecked()).toBe(true);
      await goOn.click();
      await ui.page.getByRole("checkbox", { name: "Gone" }).waitFor();
      await goOn.click();
      await ui.page.getByRole("row", { name: /Till 3/ }).waitFor();
      expect(receivers.taken("till")).toBe(taken);
      await axe(ui);
      await ui.page.getByRole("button", { name: "Send 3 deliveries again" }).click();
      await heading(ui, "Replay: what failed");
      await ui.page.getByText("3 of 3, 100 %").waitFor();
      await ui.page.locator(".page-title").getByText("Finished").waitFor();
      await until("the receiver has all three", () => receivers.taken("till") === taken + 3);
      await axe(ui, AFTER_A_PRESS);
      await expectClean(ui);
    },
  );

  browserTest(
    "P10: one that is paused goes on when it is resumed; cancelled, it says to how many, and owes nothing more",
    async () => {
      const { api, receivers } = world;
      const appId = await api.app({ name: "Slow shop" });
      const url = receivers.url("prompt", "slow-shop");
      const endpointId = await api.endpoint(appId, { url, description: "Shop" });
      for (let i = 0; i < 20; i++) await api.send(appId, { eventType: "sale.made", payload: { i } });
      await until("all were delivered", () => receivers.taken("slow-shop") === 20);
      const since = new Date(Date.now() - 3_600_000).toISOString();
      const { body } = await api.call("POST", `/api/v1/app/${appId}/replay`, {
        what: "all",
        since,
        endpointIds: [endpointId],
        ratePerSecond: 1,
      });
      await using ui = await open(paths.replay(body.id));
      await ui.page.getByRole("button", { name: "Pause" }).click();
      await ui.page.getByRole("button", { name: "Resume" }).click();
      await ui.page.getByRole("button", { name: "Cancel" }).click();
      const dialog = ui.page.getByRole("alertdialog");
      await dialog.getByText(/messages? will not be sent again/).waitFor();
      expect(await dialog.getByRole("checkbox", { name: /Also withdraw/ }).isChecked()).toBe(true);
      await dialog.getByRole("button", { name: "Cancel the replay" }).click();
      await ui.page.locator(".page-title").getByText("Cancelled").waitFor();
      const task = (await api.call("GET", `/api/v1/background-task/${body.id}`)).body;
      expect(task.status).toBe("cancelled");
      expect(task.data.done).toBeLessThan(20);
      await expectClean(ui);
    },
  );
});

describe("operational webhooks", () => {
  browserTest("one is made, told of a change, shows how that went, and is told again at a word", async () => {
    const { api, receivers } = world;
    await using ui = await open(paths.newOperationalWebhook);
    await heading(ui, "New operational webhook");
    await ui.page.getByLabel("URL").fill(receivers.url("prompt", "pager"));
    await ui.page.getByLabel("Name").fill("Pager");
    await ui.page.getByText("endpoint.created", { exact: true }).click();
    await ui.page.getByRole("button", { name: "Create webhook" }).click();
    await heading(ui, "Pager");
    await ui.page.getByRole("button", { name: "Reveal" }).click();
    await ui.page.getByText(/^whsec_/).waitFor();

    const appId = await api.app({ name: "Told shop" });
    await api.endpoint(appId, { url: receivers.url("prompt", "told") });
    await until("it was told", () => receivers.taken("pager") === 1);
    await ui.page.getByRole("link", { name: "Attempts" }).click();
    await ui.page
      .getByRole("cell", { name: /Delivered/ })
      .first()
      .waitFor();
    await ui.page.getByRole("button", { name: "Details" }).click();
    await axe(ui, AFTER_A_PRESS);
    await ui.page.getByRole("button", { name: "Send again" }).click();
    await until("it was told again", () => receivers.taken("pager") === 2);
    await expectClean(ui);
  });
});

describe("settings", () => {
  browserTest("a portal theme is seen before it is saved, and an application's lies over that of all", async () => {
    const appId = await world.api.app({ name: "Painted shop" });
    await using ui = await open(paths.portal);
    await heading(ui, "Portal theme");
    await ui.page.getByRole("textbox", { name: "Product name" }).fill("Hooks of Acme");
    await ui.page.getByRole("textbox", { name: "Accent", exact: true }).fill("#0b7a4b");
    await ui.page.locator(".settings-preview").getByText("Hooks of Acme").waitFor();
    await until("the accent is worn", async () => {
      const accent = await ui.page
        .locator(".settings-preview-button")
        .evaluate((element) => getComputedStyle(element).backgroundColor);
      return accent === "rgb(11, 122, 75)";
    });
    await ui.page.getByRole("button", { name: "Save" }).click();
    await until("it is kept", async () => {
      const { body } = await world.api.call("GET", "/api/v1/portal-theme");
      return body.primary === "#0b7a4b" && body.name === "Hooks of Acme";
    });
    await ui.page.goto(new URL(`${paths.portal}?app=${appId}`, world.engine.url).href);
    await ui.page.locator(".settings-preview").getByText("Hooks of Acme").waitFor();
    await expectClean(ui);
  });

  browserTest(
    "the configuration is searched, and tells no secret; the log level is changed until the process ends",
    async () => {
      await using ui = await open(paths.configuration);
      await heading(ui, "Configuration");
      await ui.page.getByRole("searchbox", { name: "Find a setting" }).pressSequentially("api_token");
      await ui.page.getByText("POSTHORN_API_TOKEN").waitFor();
      await ui.page.getByText("POSTHORN_LISTEN").waitFor({ state: "detached" });
      expect(await ui.page.content()).not.toContain(world.token);
      await ui.page.getByRole("link", { name: "About" }).click();
      await heading(ui, "About");
      await ui.page.getByRole("button", { name: /Log level/ }).click();
      await ui.page.getByRole("option", { name: "Warn" }).click();
      await until(
        "it logs less",
        async () => (await world.api.call("GET", "/api/v1/instance")).body.log.level === "warn",
      );
      await expectClean(ui);
    },
  );
});
