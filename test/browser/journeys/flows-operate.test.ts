import { expect } from "bun:test";
import { paths } from "../../../console/routes/paths.ts";
import { until } from "../../kit/index.ts";
import { axe, browser, browserTest, emptyWorld, expectClean, openConsole } from "../index.ts";
import { automate } from "../world/flows.ts";
import { setScene } from "../world/scene.ts";

const started = browser();

/** The console before an engine whose flows ran, some of which failed and some of which ask. */
async function desk(first: (appId: string) => string) {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await emptyWorld());
  const { api, receivers } = world;
  const made = await automate(api, await setScene(api, receivers), receivers);
  stack.defer(() => made.worker.stop());
  const ui = stack.use(
    await openConsole({
      browser: await started(),
      engine: world.engine,
      token: world.token,
      path: first(made.appId),
      // Lists and runs are watched through what happens to them.
      shiftMax: 0.1,
    }),
  );
  const kept = stack.move();
  return {
    ...made,
    ui,
    page: ui.page,
    receivers,
    get: async (path: string) => (await api.call("GET", `/api/v1/app/${made.appId}${path}`)).body,
    go: (path: string) => ui.page.goto(new URL(path, world.engine.url).href),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

browserTest(
  "an operator approves, tries a change on the past, saves it, and deploys the version before again",
  async () => {
    await using at = await desk(paths.approvals);
    const { appId, runs, flow, ui, page, get, go } = at;

    // What waits for a yes goes on once it has one, and who said so is kept.
    const asked = page.getByRole("listitem").filter({ hasText: "Refund order 70003?" });
    await asked.getByRole("button", { name: "Approve" }).click();
    const question = page.getByRole("alertdialog");
    await question.getByRole("textbox", { name: "Why" }).fill("A known customer");
    await axe(ui);
    await question.getByRole("button", { name: "Approve" }).click();
    await asked.waitFor({ state: "detached" });
    await until("the refund was paid", async () => (await get(`/run/${runs.asking}`)).state === "completed");
    await go(paths.run(appId, runs.asking));
    await page.getByRole("button", { name: /^ask/ }).first().click();
    await page
      .getByText(/A known customer/)
      .first()
      .waitFor();

    // A change is tried on runs of the past before it is saved; saving says what becomes of runs that go on.
    await go(paths.flowDefinition(appId, flow));
    const status = page.getByRole("status");
    await status.filter({ hasText: "Valid" }).waitFor();
    await page.getByRole("button", { name: /risky/ }).click();
    await page.getByRole("textbox", { name: "Condition" }).fill("steps.checks.risk.score > 95");
    await page.keyboard.press("Tab");
    await status.filter({ hasText: "Valid" }).waitFor();
    await page.getByRole("button", { name: "Backtest" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Run backtest" }).click();
    await dialog
      .getByText(/would differ/)
      .first()
      .waitFor();
    await axe(ui);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("button", { name: "Save" }).click();
    await dialog.getByText(/No run of another version goes on|will finish as they began/).waitFor();
    await dialog.getByText("steps.checks.risk.score > 95").waitFor();
    await axe(ui);
    await dialog.getByRole("textbox", { name: "Why it changed" }).fill("Only the riskiest");
    await dialog.getByRole("button", { name: "Save version" }).click();

    // And back: the version before is deployed again.
    await page.getByRole("row").filter({ hasText: "Only the riskiest" }).waitFor();
    await page
      .getByRole("row")
      .filter({ hasText: "Tell of more of them" })
      .getByRole("button", { name: "Deploy" })
      .click();
    await dialog.getByRole("button", { name: "Deploy version 2" }).click();
    await until("the version before is the present one", async () => (await get(`/flow/${flow}`)).version === 2);

    await expectClean(ui);
  },
);

browserTest("failures that look alike are run again together, and a flow ends only behind its name", async () => {
  await using at = await desk((appId) => paths.flow(appId, "carrier-booking"));
  const { appId, ui, page, get, go, receivers } = at;
  const dialog = page.getByRole("dialog");

  // Failures that look alike are run again together, counted first.
  receivers.repair("flow-carrier");
  await page.getByRole("button", { name: "Run again" }).first().click();
  await dialog.getByText("5 runs").waitFor();
  await axe(ui);
  await dialog.getByRole("button", { name: "Run 5 again" }).click();
  await dialog.getByText(/5 runs begun/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await until("they completed", async () => (await get("/run?flow=carrier-booking&state=completed")).data.length === 5);

  // A flow ends only behind its name.
  await go(paths.flowSettings(appId, "carrier-booking"));
  await page.getByRole("button", { name: "Delete flow" }).click();
  const last = page.getByRole("alertdialog");
  expect(await last.getByRole("button", { name: "Delete flow" }).isDisabled()).toBeTrue();
  await last.getByRole("textbox").fill("carrier-booking");
  await last.getByRole("button", { name: "Delete flow" }).click();
  await page.getByRole("heading", { level: 1, name: "Flows" }).waitFor();
  await expectClean(ui);
  expect((await get("/flow")).data.map(({ name }: { name: string }) => name)).not.toContain("carrier-booking");
});
