import { expect, test } from "bun:test";
import { createLog } from "../log.ts";
import { changeLevel, nextLevel } from "./change-level.ts";

test("a signal leads round, and each change is told in the log that it changes", () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: "info", format: "json", write: (line) => lines.push(JSON.parse(line)) });
  const child = log.child({ room: "x" });
  for (let i = 0; i < 3; i++) {
    changeLevel(log, nextLevel(log.level));
    child.debug("something", "Something.");
  }
  expect(lines.map(({ event, logLevel }) => logLevel ?? event)).toEqual([
    "debug",
    "something",
    "trace",
    "something",
    "info",
  ]);
  expect(["warn", "silent", "fatal"].map((level) => nextLevel(level as "warn"))).toEqual(["info", "info", "info"]);
});
