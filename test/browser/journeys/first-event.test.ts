import { expect } from "bun:test";
import { Webhook } from "standardwebhooks";
import { receiver } from "#test";
import { paths } from "../../../console/routes/paths.ts";
import { axe, browser, browserTest, type ConsolePage, emptyWorld, expectClean, openConsole } from "../index.ts";

const started = browser();
const EXAMPLE = { order: 7, total: { cents: 1_250, currency: "eur" } };

const heading = ({ page }: ConsolePage, name: string | RegExp) =>
  page.getByRole("heading", { level: 1, name }).waitFor();

browserTest("from nothing to a first delivered event, without a word of documentation", async () => {
  await using world = await emptyWorld({ database: "embedded" });
  await using shop = receiver();
  // On a laptop nobody is asked for a key.
  await using ui = await openConsole({ browser: await started(), engine: world.engine });
  const { page } = ui;
  await heading(ui, "Overview");
  await page.getByText("Send a first event").waitFor();

  await page.getByRole("link", { name: "Applications" }).first().click();
  await heading(ui, "Applications");
  await page.getByRole("button", { name: "New application" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Corner Shop");
  await dialog.getByRole("button", { name: /Create/ }).click();
  await heading(ui, "Corner Shop");
  const app = new URL(page.url()).pathname;

  await page.getByRole("link", { name: "Event types" }).click();
  await heading(ui, "Event types");
  await page.getByRole("link", { name: "New event type" }).first().click();
  await heading(ui, "New event type");
  await page.getByLabel("Name").fill("order.created");
  await page.getByLabel("Description").fill("Somebody ordered something");
  await page.getByRole("button", { name: "Add version" }).click();
  await page.getByLabel("Example").fill('{\n  "order": 7,\n}');
  await page.getByText(/Line 3, column 1: .*take the comma away/).waitFor();
  expect(await page.getByRole("button", { name: "Create event type" }).isDisabled()).toBe(true);
  await page.getByLabel("Example").fill(JSON.stringify(EXAMPLE));
  await page.getByRole("button", { name: "Create event type" }).click();
  await heading(ui, "order.created");

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Applications" }).click();
  await page.getByRole("link", { name: "Corner Shop" }).first().click();
  await heading(ui, "Corner Shop");
  await page.getByRole("link", { name: "New endpoint" }).first().click();
  await heading(ui, "New endpoint");
  await page.getByLabel("URL").fill(shop.url);
  await page.getByLabel("Name").fill("Till");
  await page.getByRole("button", { name: "Create endpoint" }).click();
  await heading(ui, "Till");

  await using tail = await openConsole({ browser: await started(), engine: world.engine, path: paths.tail });
  await heading(tail, "Live tail");
  await tail.page
    .getByText("Waiting for what happens")
    .or(tail.page.getByText(/Live|Listening|Connected/).first())
    .first()
    .waitFor();

  await page.getByRole("button", { name: "Send example" }).click();
  const test = page.getByRole("dialog", { name: "Send an example" });
  await test.getByRole("combobox", { name: "Event type" }).click();
  await page.getByRole("option", { name: /order\.created/ }).click();
  await test.getByRole("button", { name: "Send", exact: true }).click();
  await test.getByRole("link", { name: "See what came of it" }).waitFor();

  // It is seen as it happens …
  await tail.page.getByText("order.created").first().waitFor();
  await tail.page.getByText("Delivered").first().waitFor();
  await expectClean(tail);
  // … and afterwards, with all of its road.
  await test.getByRole("link", { name: "See what came of it" }).click();
  await heading(ui, "order.created");
  await page.getByText("1 delivery arrived.").waitFor();
  await axe(ui);
  await expectClean(ui);

  // The receiver got exactly the example, and can believe it.
  const [request] = await shop.waitFor(1);
  expect(JSON.parse(request?.text() ?? "")).toEqual(EXAMPLE);
  await page.goto(new URL(`${app}/endpoints`, page.url()).href);
  await page.getByRole("link", { name: "Till" }).click();
  await page.getByRole("navigation", { name: "Parts of the endpoint" }).getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Reveal" }).click();
  const secret = await page.getByText(/^whsec_/).innerText();
  const verified = new Webhook(secret).verify(request?.text() ?? "", Object.fromEntries(request?.headers ?? []));
  expect(verified).toEqual(EXAMPLE);
});
