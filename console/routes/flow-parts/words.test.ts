import { expect, test } from "bun:test";
import { scheduleWords, startsWords, triggersWords, triggerWords } from "./words.ts";

test("triggers are told in words", () => {
  expect(triggerWords({ event: ["order.created", "order.paid"], if: "event.data.total > 100" })).toBe(
    "order.created or order.paid if event.data.total > 100",
  );
  expect(triggerWords({ delivery: ["exhausted"] })).toBe("delivery exhausted");
  expect(triggerWords({ run: "nightly", state: ["failed", "cancelled"] })).toBe("nightly failed or cancelled");
  expect(triggersWords([])).toBe("by hand or through the API");
  expect(startsWords([])).toBe("Starts by hand or through the API");
  expect(startsWords([{ event: "order.created" }])).toBe("Starts with order.created");
  expect(triggerWords(7)).toBe("something unknown");
});

test("common schedules are told in words, others as written", () => {
  expect(scheduleWords("* * * * *")).toBe("every minute");
  expect(scheduleWords("*/15 * * * *")).toBe("every 15 minutes");
  expect(scheduleWords("5 * * * *")).toBe("every hour at :05");
  expect(scheduleWords("30 2 * * *")).toBe("every day at 02:30");
  expect(scheduleWords("0 9 * * 1-5")).toBe("Monday to Friday at 09:00");
  expect(scheduleWords("0 9 * * 1")).toBe("Mondays at 09:00");
  expect(scheduleWords("0 0 1 * *")).toBe("on day 1 of each month at 00:00");
  for (const odd of ["@daily", "0 0 1 1 *", "0 9 * * 1,3", "*/5 * * * * *"]) expect(scheduleWords(odd)).toBe(odd);
});
