import { expect } from "bun:test";
import { until } from "../kit/index.ts";
import { browser, browserTest, emptyWorld, expectClean, openConsole } from "./index.ts";

const started = browser();
const SCRIPT_BYTES_MAX = 250_000;
const PAINT_MS_MAX = 1_000;

browserTest("on a laptop the console signs in by itself, paints within a second and loads little", async () => {
  await using world = await emptyWorld({ database: "embedded" });
  await using opened = await openConsole({ browser: await started(), engine: world.engine });
  await opened.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await until("the scripts were weighed", () => opened.seen.scripts.size > 0);
  const bytes = [...opened.seen.scripts.values()].reduce((sum, size) => sum + size, 0);
  expect(bytes, [...opened.seen.scripts].map(([url, size]) => `${url} ${size}`).join("\n")).toBeLessThan(
    SCRIPT_BYTES_MAX,
  );
  expect(opened.seen.firstContentfulPaintMs).toBeLessThan(PAINT_MS_MAX);
  await expectClean(opened);
});
