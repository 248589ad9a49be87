import { expect, test } from "bun:test";
import { createLog, createSealer, DatabaseError, type DatabaseFault } from "#kernel";
import { createAuthenticate } from "#tenancy";
import { createApi } from "./app.ts";
import type { ApiDeps } from "./http/deps.ts";

/** An API on a database that fails in one way. */
function failing(error: Error, lines: string[] = [], more: Partial<ApiDeps> = {}) {
  const fail = () => Promise.reject(error);
  const db: ApiDeps["db"] = { query: fail, transaction: fail };
  return createApi({
    db,
    sealer: createSealer({ current: new Uint8Array(32) }),
    log: createLog({ level: "info", format: "json", write: (line) => lines.push(line) }),
    authenticate: createAuthenticate("token"),
    applications: { forget: () => undefined },
    checkUrl: () => ({ ok: true }),
    resend: async () => undefined,
    limits: { bodyBytesMax: 1 << 20, endpointsMax: 10 },
    userAgent: "Posthorn/test",
    version: "0.0.0",
    readiness: () => ({ ready: false, reasons: [{ code: "database_unavailable", detail: "It does not answer." }] }),
    nowMs: () => 0,
    ...more,
  });
}

const ask = (path: string, init: RequestInit = {}) =>
  new Request(`http://localhost${path}`, { headers: { authorization: "Bearer token" }, ...init });

const FAULTS: readonly (readonly [DatabaseFault, number, string, string | null])[] = [
  ["unavailable", 503, "database_unavailable", "2"],
  ["unknown", 503, "not_confirmed", "1"],
  ["full", 503, "disk_full", "10"],
  ["contention", 503, "database_busy", "1"],
  ["conflict", 409, "conflict", null],
  ["rejected", 500, "internal_error", null],
];

test.each(FAULTS)(
  "P1: a fault of the database that is %s is answered %d %s",
  async (fault, status, code, retryAfter) => {
    const lines: string[] = [];
    const api = failing(new DatabaseError(fault, "secret detail of the database"), lines);
    for (const request of [ask("/api/v1/app"), ask("/api/v1/app", { method: "POST", body: '{"name":"x"}' })]) {
      const answer = await api(request);
      const text = await answer.text();
      expect([answer.status, JSON.parse(text).code, answer.headers.get("retry-after")]).toEqual([
        status,
        code,
        retryAfter,
      ]);
      expect(text).not.toContain("secret detail");
    }
    expect(lines.some((line) => line.includes("api_failed"))).toBe(status === 500);
  },
);

test("a fault of our own is 500 with a stable code; the log has the reason and the answer has not", async () => {
  const lines: string[] = [];
  const answer = await failing(new TypeError("x is not a function"), lines)(ask("/api/v1/app"));
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { code: "internal_error", detail: expect.not.stringContaining("function") },
  ]);
  expect(lines.join("")).toContain("x is not a function");
});

test("what keeps the process from being ready is told, and it is alive all the same", async () => {
  const api = failing(new Error("unused"));
  const ready = await api(ask("/readyz", { headers: {} }));
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { ready: false, reasons: [{ code: "database_unavailable", detail: "It does not answer." }] },
  ]);
  expect((await api(ask("/livez", { headers: {} }))).status).toBe(200);
});

test("what is wrong with a request is told before the database is asked", async () => {
  const api = failing(new Error("must not be asked"));
  expect((await api(ask("/api/v1/app/not%20ok"))).status).toBe(422);
  expect((await api(ask("/api/v1/app", { method: "POST", body: "{" }))).status).toBe(422);
  expect((await api(ask("/api/v1/app", { headers: {} }))).status).toBe(401);
  const taken = await api(ask("/api/v1/app/x/msg", { method: "POST", body: "{}" }));
  expect([taken.status, (await taken.json()).code]).toEqual([503, "served_elsewhere"]);
});

test("a body without an announced length is read only as far as it may be", async () => {
  let read = 0;
  const body = new ReadableStream({
    pull(controller) {
      read++;
      controller.enqueue(new Uint8Array(256 * 1024));
    },
  });
  const answer = await failing(new Error("unused"))(ask("/api/v1/app", { method: "POST", body }));
  expect([answer.status, read < 20]).toEqual([413, true]);
});
