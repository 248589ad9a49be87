import { expect } from "bun:test";
import { paths } from "../../../console/routes/paths.ts";
import { until } from "../../kit/index.ts";
import { axe, browser, browserTest, emptyWorld, expectClean, openConsole } from "../index.ts";
import { automate } from "../world/flows.ts";
import { setScene } from "../world/scene.ts";

const started = browser();

browserTest(
  "a queue is limited and resumed, a failed task tried again, and a secret granted without being shown",
  async () => {
    await using world = await emptyWorld();
    const { api, receivers } = world;
    const { appId, tasks, worker } = await automate(api, await setScene(api, receivers), receivers);
    await using stack = new AsyncDisposableStack();
    stack.defer(() => worker.stop());
    const get = async (path: string) => (await api.call("GET", `/api/v1/app/${appId}${path}`)).body;
    await using ui = await openConsole({
      browser: await started(),
      engine: world.engine,
      token: world.token,
      path: paths.tasks(appId),
    });
    const { page } = ui;
    const go = (path: string) => page.goto(new URL(path, world.engine.url).href);
    const dialog = page.getByRole("dialog");
    const mail = page.getByRole("row").filter({ hasText: "20 per second" });
    const queue = async () => (await get("/task-queue")).data.find(({ name }: { name: string }) => name === "mail");

    await mail.getByRole("button", { name: "Resume" }).click();
    await until("the queue goes on", async () => (await queue()).paused === false);
    await mail.getByRole("button", { name: "Limits" }).click();
    await dialog.getByRole("textbox", { name: "Tasks handed out per second" }).fill("");
    await axe(ui);
    await dialog.getByRole("button", { name: "Set limits" }).click();
    await until("its rate has no limit", async () => (await queue()).rate === null);
    expect((await queue()).concurrency).toBe(8);

    await go(paths.task(appId, tasks.failed));
    await page
      .getByText(/FontMissing/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await until("it is owed again", async () => (await get(`/task/${tasks.failed}`)).state === "waiting");

    await go(paths.flowSecrets(appId));
    await page.getByRole("button", { name: "New secret" }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("mail_key");
    await dialog.getByLabel("Value").fill("a-value-nobody-sees");
    await dialog.getByText("Carrier booking, which fails").click();
    await axe(ui);
    await dialog.getByRole("button", { name: "Set secret" }).click();
    await page.getByRole("row").filter({ hasText: "mail_key" }).getByText("carrier-booking").waitFor();
    // Until it is closed, the form has what was typed into it.
    await dialog.waitFor({ state: "hidden" });
    expect(await page.content()).not.toContain("a-value-nobody-sees");
    await expectClean(ui);
    const secret = (await get("/flow-secret")).data.find(({ name }: { name: string }) => name === "mail_key");
    expect(secret.flows).toEqual(["carrier-booking"]);
  },
);
