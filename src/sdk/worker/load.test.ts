import { expect, test } from "bun:test";
import { join } from "node:path";
import { provideImports } from "../imports.ts";
import { task } from "./define.ts";
import { LoadFault, loadTasks } from "./load.ts";

const EXAMPLES = join(import.meta.dir, "../../../examples/tasks");

test("the examples are loaded, and named after their files", async () => {
  provideImports();
  const tasks = await loadTasks(EXAMPLES);
  expect(tasks.map(({ name }) => name).sort()).toEqual(["mail.send", "nightly", "report"]);
});

test("a folder that is not there, or has no task, is told", async () => {
  await expect(loadTasks(join(EXAMPLES, "nowhere"))).rejects.toBeInstanceOf(LoadFault);
  await expect(loadTasks(join(import.meta.dir, "span.ts"))).rejects.toThrow("exports no task");
});

test("a task that is only a function is refused with what it should be", () => {
  const loosely = task as unknown as (run: () => void) => unknown;
  expect(() => loosely(() => undefined)).toThrow("task({}, async (input) => …)");
});
