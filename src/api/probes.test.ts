import { expect, test } from "bun:test";
import { createProbes, type Health } from "./probes.ts";

const WELL: Health = {
  readiness: () => ({ ready: true, reasons: [] }),
  liveness: () => ({ alive: true, reasons: [] }),
  startedAt: new Date(0),
};

const ask = async (path: string, health: Partial<Health> = {}) => {
  const response = createProbes({ ...WELL, ...health })(new Request(`http://posthorn${path}`));
  return [response.status, response.status === 204 ? null : await response.json()];
};

const reasons = [{ code: "draining", detail: "This process is shutting down." }];
const leaving = { readiness: () => ({ ready: false, reasons }) };
const stalled = {
  liveness: () => ({
    alive: false,
    reasons: [{ code: "event_loop_stalled", detail: "Nothing ran for most of a minute." }],
  }),
};

test("P12: a process without the API answers its probes", async () => {
  expect(await ask("/api/v1/health")).toEqual([204, null]);
  expect(await ask("/livez", leaving)).toEqual([200, { alive: true, reasons: [] }]);
  expect(await ask("/readyz")).toEqual([200, { ready: true, reasons: [] }]);
  expect(await ask("/readyz", leaving)).toEqual([503, { ready: false, reasons }]);
  expect(await ask("/startupz", { ...leaving, ...stalled })).toEqual([
    200,
    { started: true, startedAt: "1970-01-01T00:00:00.000Z" },
  ]);
});

test("only what a restart cures makes a process say that it is not alive", async () => {
  expect(await ask("/livez", stalled)).toMatchObject([
    503,
    { alive: false, reasons: [{ code: "event_loop_stalled" }] },
  ]);
  expect(await ask("/readyz", stalled)).toMatchObject([200, { ready: true }]);
});

test("and says of everything else that it is served elsewhere", async () => {
  expect(await ask("/api/v1/app")).toMatchObject([503, { code: "served_elsewhere" }]);
});
