import { expect } from "bun:test";
import { until } from "../../kit/index.ts";
import { axe, browser, browserTest, emptyWorld, expectClean, openConsole } from "../index.ts";

const started = browser();
const EVENTS = 12;

browserTest("P6: a failing endpoint is found, understood, repaired, probed, and sent what it missed", async () => {
  await using world = await emptyWorld();
  const { api, receivers } = world;
  const app = await api.app({ name: "Contoso", uid: "contoso" });
  const url = receivers.url("broken", "crm");
  const endpoint = await api.endpoint(app, { url, description: "CRM", retrySchedule: [] });
  const healthy = await api.endpoint(app, { url: receivers.url("prompt", "shop"), description: "Shop" });
  const list = async (what: string) => (await api.call("GET", `/api/v1/app/${app}/endpoint/${endpoint}/${what}`)).body;
  for (let order = 0; order < EVENTS; order++) await api.send(app, { eventType: "order.created", payload: { order } });
  await until("they were given up and the breaker opened", async () => {
    const { breaker, dead } = await list("health");
    return breaker.state !== "closed" && dead > 0;
  });

  await using ui = await openConsole({
    browser: await started(),
    engine: world.engine,
    token: world.token,
    // The pages are watched through what happens: a note that goes when a breaker closes moves what stands below it.
    shiftMax: 0.05,
  });
  const { page } = ui;

  // Found: the overview says so, and leads there.
  const attention = page.getByRole("region", { name: "Needs attention" });
  await attention.getByRole("link", { name: /breaker is open/ }).click();
  await page.getByRole("heading", { level: 1, name: "CRM" }).waitFor();
  await page.getByText(/Its breaker is open/).waitFor();

  // Understood: the reason, an attempt with the receiver's own words, and that the signature is not to blame.
  await page.getByRole("link", { name: "http_500" }).click();
  await page.getByRole("link", { name: "Details" }).first().click();
  await page.getByRole("heading", { level: 1, name: "order.created" }).waitFor();
  await page
    .getByText(/NullPointerException in OrderMapper/)
    .first()
    .waitFor();
  await page.getByRole("tab", { name: "Signature" }).click();
  await page.getByRole("button", { name: "Check with the endpoint's secret" }).click();
  await page.getByText(/The signature matches/).waitFor();
  await axe(ui);

  // Repaired, and asked at once instead of waiting for the breaker.
  await page.getByRole("link", { name: "CRM" }).first().click();
  const probe = page.getByRole("button", { name: "Probe now" });
  await probe.waitFor();
  // Not before the button is there: the breaker's own probe must not be the first to find it answers.
  receivers.repair("crm");
  await probe.click();
  await until("the breaker closed", async () => (await list("health")).breaker.state === "closed");
  await page.getByText(/It answers again/).waitFor();

  // Sent what was given up.
  await page
    .getByRole("link", { name: /^Dead letters/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Send all again" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText(/will be owed anew/).waitFor();
  await axe(ui);
  await dialog.getByRole("button", { name: "Send again" }).click();
  await page.getByText("No dead letter").waitFor();

  // Green: nothing is owed, nothing is dead, and each message arrived at both.
  const health = await until("everything arrived", async () => {
    const now = await list("health");
    return now.owed === 0 && now.dead === 0 && now.leased === 0 && now;
  });
  expect(health.breaker.state).toBe("closed");
  const taken = async (id: string) => {
    const { body } = await api.call("GET", `/api/v1/app/${app}/attempt/endpoint/${id}?status=0&limit=250`);
    return new Set(body.data.map((attempt: { msgId: string }) => attempt.msgId)).size;
  };
  expect(await taken(endpoint)).toBe(await taken(healthy));
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("Nothing needs attention.").waitFor();
  await expectClean(ui);
});
