import { expect, test } from "bun:test";
import { createProbes } from "./probes.ts";

const ask = async (path: string, ready = true) => {
  const reasons = ready ? [] : [{ code: "draining", detail: "This process is shutting down." }];
  const response = createProbes(() => ({ ready, reasons }))(new Request(`http://posthorn${path}`));
  return [response.status, response.status === 204 ? null : await response.json()];
};

test("P12: a process without the API answers its probes", async () => {
  expect(await ask("/api/v1/health")).toEqual([204, null]);
  expect(await ask("/livez", false)).toEqual([200, { alive: true }]);
  expect(await ask("/readyz")).toEqual([200, { ready: true, reasons: [] }]);
  expect(await ask("/readyz", false)).toMatchObject([503, { ready: false, reasons: [{ code: "draining" }] }]);
});

test("and says of everything else that it is served elsewhere", async () => {
  expect(await ask("/api/v1/app")).toMatchObject([503, { code: "served_elsewhere" }]);
});
