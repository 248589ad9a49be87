import { expect } from "bun:test";
import { paths } from "../../../console/routes/paths.ts";
import { until } from "../../kit/index.ts";
import { axe, browser, browserTest, emptyWorld, expectClean, openConsole } from "../index.ts";

const started = browser();
const RUNS = 3;

browserTest("a failing run is found by its failure, understood, and run again from the step that failed", async () => {
  await using world = await emptyWorld();
  const { api, receivers } = world;
  const app = await api.app({ name: "Contoso", uid: "contoso" });
  const base = `/api/v1/app/${app}`;
  const source = `posthorn: 1
flow: booking
title: Carrier booking
steps:
  - id: label
    http: { method: PUT, url: ${receivers.url("prompt", "label")}, body: { order: { $: input.order } } }
  - id: book
    http: { method: PUT, url: ${receivers.url("broken", "carrier")}, body: { order: { $: input.order } } }
    retry: { attempts: 1 }
output: { label: { $: steps.label.status }, booked: { $: steps.book.status } }
`;
  const made = await api.call("PUT", `${base}/flow/booking`, { source, format: "yaml" });
  expect(made.status).toBe(201);
  for (let order = 1; order <= RUNS; order++) await api.call("POST", `${base}/flow/booking/run`, { input: { order } });
  const failed = await until("all of them failed", async () => {
    const { body } = await api.call("GET", `${base}/run?state=failed`);
    return body.data.length === RUNS && body.data;
  });
  expect(receivers.taken("label")).toBe(RUNS);

  await using ui = await openConsole({
    browser: await started(),
    engine: world.engine,
    token: world.token,
    path: paths.flow(app, "booking"),
    // A run is watched through what happens to it.
    shiftMax: 0.05,
  });
  const { page } = ui;

  // Found: those that look alike are one line, with how many there are.
  const failures = page.getByRole("region", { name: "Why runs failed" }).first();
  await failures.getByRole("cell", { name: String(RUNS), exact: true }).waitFor();
  await axe(ui);
  await failures.getByRole("link", { name: "http_500" }).click();
  await page.getByRole("button", { name: /One kind of failure/ }).waitFor();
  await page.getByRole("link", { name: failed[0].id }).click();

  // Understood: where, why in the receiver's own words, and what to do.
  await page.getByText("It failed at").waitFor();
  await page
    .getByText(/NullPointerException in OrderMapper/)
    .first()
    .waitFor();
  await page
    .getByText(/once it is, run it again/)
    .first()
    .waitFor();
  await axe(ui);

  // The receiver is healed; only what had failed is done again.
  receivers.repair("carrier");
  await page.getByRole("button", { name: "Run again from here" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/keeps its results/).waitFor();
  await axe(ui);
  await dialog.getByRole("button", { name: "Run again" }).click();
  await page.waitForURL((url) => url.pathname.includes("/runs/") && !url.pathname.endsWith(failed[0].id));
  await page.getByText("Completed", { exact: true }).first().waitFor();
  await page
    .getByRole("region", { name: "Output", exact: true })
    .getByText(/booked/)
    .waitFor();
  await axe(ui);
  await expectClean(ui);

  expect(receivers.taken("label")).toBe(RUNS);
  const { body } = await api.call("GET", `${base}/run?state=completed`);
  expect(body.data.map(({ parentId }: { parentId: string }) => parentId)).toEqual([failed[0].id]);
});
