import { expect } from "bun:test";
import { paths } from "../../../console/routes/paths.ts";
import { axe, browser, browserTest, emptyWorld, expectClean, openConsole } from "../index.ts";

const started = browser();

browserTest(
  "a flow is written, its fault seen at its line and mended, saved, started by hand, and seen to complete",
  async () => {
    await using world = await emptyWorld();
    const { api } = world;
    const app = await api.app({ name: "Contoso", uid: "contoso" });
    await using ui = await openConsole({
      browser: await started(),
      engine: world.engine,
      token: world.token,
      path: paths.flows(app),
      // What is found wrong comes while somebody types, below what they type in.
      shiftMax: 0.05,
    });
    const { page } = ui;

    // Nothing is there yet: the page shows what a flow looks like, and leads to the first.
    await page.getByText("No flow yet").waitFor();
    await page.getByRole("link", { name: "New flow" }).first().click();
    await page.getByRole("button", { name: /^Blank/ }).click();
    const text = page.getByRole("textbox", { name: "Definition in YAML" });
    const check = page.getByRole("status").filter({ hasText: /^(Valid|\d+ faults?)$/ });
    await check.filter({ hasText: "Valid" }).waitFor();

    // `steps.hello` becomes `steps.hellox`: the engine says so, at that line.
    await text.click();
    for (const key of ["Control+End", "ArrowUp", "End", "ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
    await page.keyboard.type("x");
    const fault = page.getByRole("region", { name: "Faults" }).getByRole("button", { name: /line 8/ });
    await fault.waitFor();
    expect(await fault.innerText()).toContain("hellox");
    await page.locator(".cm-lint-marker-error").waitFor();
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBeTrue();
    await axe(ui);

    // The fault leads to its line, where it is mended.
    await page.getByRole("heading", { level: 1 }).click();
    await fault.click();
    expect(
      await text.evaluate((element) => element === (element.getRootNode() as ShadowRoot).activeElement),
    ).toBeTrue();
    for (const key of ["End", "ArrowLeft", "ArrowLeft", "Backspace"]) await page.keyboard.press(key);
    await check.filter({ hasText: "Valid" }).waitFor();

    // Another step is added in the graph, and its form changes the text.
    await page.getByRole("button", { name: "Add a step", exact: true }).click();
    await page.getByRole("menuitem", { name: "Map" }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("Count the letters");
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: /Count the letters/ }).waitFor();
    expect(await text.innerText()).toContain("title: Count the letters");
    await check.filter({ hasText: "Valid" }).waitFor();

    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Create flow" }).click();
    await page.getByRole("heading", { level: 1, name: "My flow" }).waitFor();

    await page.getByRole("button", { name: "Start", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Input" }).fill('{ "name": "Ada" }');
    await axe(ui);
    await dialog.getByRole("button", { name: "Start run" }).click();
    await page.getByRole("heading", { level: 1, name: "my-flow" }).waitFor();
    await page.getByText("Completed", { exact: true }).first().waitFor();
    await page
      .getByRole("region", { name: "Output", exact: true })
      .getByText(/Hello, Ada/)
      .waitFor();
    await axe(ui);
    await expectClean(ui);

    const { body } = await api.call("GET", `/api/v1/app/${app}/run?flow=my-flow`);
    expect(body.data.map(({ state }: { state: string }) => state)).toEqual(["completed"]);
  },
);
