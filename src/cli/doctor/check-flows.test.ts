import { expect, test } from "bun:test";
import type { FlowsInspection } from "#flows";
import { type DatabaseInspection, newId, publicId } from "#kernel";
import { checkFlows } from "./check-flows.ts";

const WELL: FlowsInspection = {
  enabledFlows: 3,
  enabledIsExact: true,
  unattended: [],
  late: { count: 0, countIsExact: true, oldestMs: undefined },
};
const ALIVE = { name: "a:1", roles: ["api", "flows"], version: "1.0.0", overdueMs: -3_000 };

type Process = typeof ALIVE;
const check = (flows: Partial<FlowsInspection>, ...processes: Process[]) =>
  checkFlows({ processes: { ok: true, value: processes } } as unknown as DatabaseInspection, {
    ok: true,
    value: { ...WELL, ...flows },
  });
const levels = (findings: ReturnType<typeof check>) => findings.map(({ level, check: name }) => `${level} ${name}`);

test("what is looked after is well", () => {
  expect(levels(check({}, ALIVE))).toEqual(["ok processes.flows", "ok tasks.workers", "ok schedules.late"]);
  expect(check({}, ALIVE)[0]?.is).toBe("3 flows enabled, 1 process with the role flows");
});

test("flows that are enabled need a living process with their role", () => {
  const elsewhere = { ...ALIVE, roles: ["api", "delivery"] };
  expect(check({}, elsewhere, { ...ALIVE, overdueMs: 60_000 })[0]).toMatchObject({
    level: "fail",
    is: "3 flows enabled, and no process plays the role flows: no run begins or goes on",
    remedy: expect.stringContaining("POSTHORN_ROLES=flows"),
  });
  expect(check({ enabledFlows: 0 }, elsewhere)[0]?.level).toBe("ok");
});

test("tasks that nobody asks for are told by kind, with how long and why", () => {
  const appId = newId();
  const one = {
    appId,
    queue: "mail",
    name: "send",
    tasks: 1,
    tasksIsExact: true,
    waitedMs: 420_000,
    queueIsServed: false,
  };
  const many = {
    ...one,
    name: "sort",
    tasks: 1_000,
    tasksIsExact: false,
    waitedMs: 3 * 86_400_000,
    queueIsServed: true,
  };
  const [, finding] = check({ unattended: [many, one] }, ALIVE);
  const app = publicId("app", appId);
  expect(finding).toMatchObject({
    level: "warn",
    is: `1000 or more tasks "sort" of the queue "mail" (${app}), for 3 days: the workers of this queue do not know this name; 1 task "send" of the queue "mail" (${app}), for 7 min: no worker asks for this queue`,
    remedy: expect.stringContaining("posthorn worker"),
  });
  expect(check({ unattended: Array(6).fill(one) }, ALIVE)[1]?.is).toEndWith("; and more kinds of tasks");
});

test("schedules that are late are counted", () => {
  const late = { count: 2, countIsExact: true, oldestMs: 3 * 3_600_000 };
  expect(check({ late }, ALIVE)[2]).toMatchObject({ level: "warn", is: "2 schedules late, the first by 3 h" });
});

test("without an engine, and where the role may not ask, nothing is said", () => {
  expect(check({})).toEqual([]);
  expect(check({}, { ...ALIVE, overdueMs: 60_000 })).toEqual([]);
  const denied = { ok: false, why: "permission denied" } as const;
  const inspection = { processes: { ok: true, value: [ALIVE] } } as unknown as DatabaseInspection;
  expect(checkFlows(inspection, denied)).toEqual([]);
});
