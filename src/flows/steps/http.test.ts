import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createGuard, createOutbound, newId, type Outbound, publicId } from "#kernel";
import { type CommandOf, compile, type HttpRequest } from "#language";
import { type Receiver, receiver } from "#test";
import type { Executor } from "../engine/executors.ts";
import type { Run } from "../run.ts";
import { maskSecrets } from "../secrets/mask.ts";
import { createHttpExecutor } from "./http.ts";

let outbound: Outbound;
let target: Receiver;
let http: Executor<"http">;
const NOW = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  outbound = createOutbound({ guard: createGuard({ allowNetworks: ["127.0.0.0/8"] }) });
  target = await receiver();
  http = createHttpExecutor({
    outbound,
    userAgent: "Posthorn/test",
    resolveSecrets: async (_app, flow, names) =>
      names.includes("unknown")
        ? { ok: false, error: { class: "invalid", code: "secret_unknown", message: `${flow} has no secret unknown.` } }
        : { ok: true, values: new Map(names.map((name) => [name, `value-of-${name}`])) },
    maskSecrets,
    now: () => NOW,
  });
});
afterAll(async () => {
  await outbound.close();
  await target[Symbol.asyncDispose]();
});

const flow = compile({ posthorn: 1, flow: "f", steps: [] });
const runId = newId();
const run: Run = {
  id: runId,
  appId: newId(),
  flowId: newId(),
  version: 1,
  phase: "running",
  trigger: "api",
  eventId: undefined,
  input: undefined,
  facts: undefined,
  parentId: undefined,
  depth: 2,
  priority: 0,
  gates: [],
  startedAtMs: NOW,
  trace: undefined,
};

async function ask(request: Partial<HttpRequest> = {}, more: Partial<CommandOf<"http">> = {}) {
  target.clear();
  const command: CommandOf<"http"> = {
    kind: "http",
    path: "ask",
    attempt: 1,
    key: `${publicId("run", runId)}/ask`,
    effect: "idempotent_write",
    timeoutMs: 2_000,
    request: {
      method: "POST",
      url: `${target.url}/x`,
      headers: [],
      body: { a: 1 },
      expect: undefined,
      responseBytesMax: 1_024,
      hosts: undefined,
      ...request,
    },
    ...more,
  };
  const result = await http(command, run, flow, new AbortController().signal);
  return { result, sent: target.requests };
}

describe("what is sent", () => {
  test("P4: one request with the step's key, the hop count and the body as JSON", async () => {
    target.answer({ status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' });
    const { result, sent } = await ask();
    expect(result).toMatchObject({ ok: true, output: { status: 200, body: { ok: true } } });
    expect(sent.length).toBe(1);
    expect(sent[0]?.header("idempotency-key")).toBe(`${publicId("run", runId)}/ask`);
    expect(sent[0]?.header("posthorn-hops")).toBe("3");
    expect(sent[0]?.header("content-type")).toBe("application/json");
    expect(sent[0]?.text()).toBe('{"a":1}');
  });

  test("a key of the step's own stands, a read has none, and nobody sets the hop count", async () => {
    target.answer({ status: 200 });
    const own = await ask({
      headers: [
        ["Idempotency-Key", ["mine"]],
        ["posthorn-hops", ["0"]],
      ],
    });
    expect(own.sent[0]?.headers.filter(([name]) => name.toLowerCase() === "idempotency-key")).toEqual([
      ["Idempotency-Key", "mine"],
    ]);
    expect(own.sent[0]?.header("posthorn-hops")).toBe("3");
    const read = await ask({ method: "GET", body: undefined }, { effect: "read" });
    expect(read.sent[0]?.header("idempotency-key")).toBeUndefined();
    expect(read.sent[0]?.body.length).toBe(0);
  });

  test("P8: a secret leaves in its header only, and an echo of it is masked", async () => {
    target.answer((request) => ({ status: 200, body: `you sent ${request.header("authorization")}` }));
    const { result, sent } = await ask({ headers: [["Authorization", ["Bearer ", { secret: "token" }]]] });
    expect(sent[0]?.header("authorization")).toBe("Bearer value-of-token");
    expect(JSON.stringify(result)).not.toContain("value-of-token");
    const refused = await ask({ headers: [["Authorization", [{ secret: "unknown" }]]] });
    expect(refused.result).toMatchObject({ ok: false, error: { code: "secret_unknown" } });
    expect(refused.sent.length).toBe(0);
  });

  test("P8: hosts that the definition does not name are not asked, nor addresses that the guard refuses", async () => {
    const elsewhere = await ask({ hosts: ["api.example.com", "*.example.org"] });
    expect(elsewhere.result).toMatchObject({ ok: false, error: { class: "invalid", code: "host_not_allowed" } });
    expect(elsewhere.sent.length).toBe(0);
    target.answer({ status: 200 });
    expect((await ask({ hosts: ["127.0.0.1"] })).result.ok).toBe(true);
    const metadata = await ask({ url: "http://169.254.169.254/latest" });
    expect(metadata.result).toMatchObject({ ok: false, error: { class: "invalid", code: "address_not_allowed" } });
  });
});

describe("what comes of it", () => {
  const CASES = [
    [404, "permanent"],
    [410, "permanent"],
    [302, "permanent"],
    [500, "retryable"],
    [408, "retryable"],
  ] as const;
  for (const [status, errorClass] of CASES) {
    test(`P6: ${status} is ${errorClass}`, async () => {
      target.answer({
        status,
        headers: { location: `${target.url}/other`, "content-type": "application/json" },
        body: '{"why":1}',
      });
      const { result, sent } = await ask();
      expect(result).toMatchObject({
        ok: false,
        error: { class: errorClass, code: `http_${status}`, detail: { status, body: { why: 1 } } },
      });
      expect(sent.length).toBe(1); // No redirect is followed.
    });
  }

  test("P6: Retry-After says when it may be tried again", async () => {
    target.answer({ status: 429, headers: { "retry-after": "7" } });
    expect((await ask()).result).toMatchObject({ ok: false, notBeforeMs: NOW + 7_000 });
  });

  test("a status that the step expects is a success, one that it does not is none", async () => {
    target.answer({ status: 404, body: "gone" });
    expect((await ask({ expect: [404] })).result).toMatchObject({ ok: true, output: { status: 404, body: "gone" } });
    target.answer({ status: 200 });
    expect((await ask({ expect: [201] })).result).toMatchObject({
      ok: false,
      error: { class: "permanent", code: "http_200" },
    });
  });

  test("P7: an answer beyond its bound is refused, one that just fits is not", async () => {
    target.answer({ status: 200, body: "x".repeat(1_024) });
    expect((await ask()).result).toMatchObject({ ok: true, output: { body: "x".repeat(1_024) } });
    target.answer({ status: 200, body: "x".repeat(1_025) });
    expect((await ask()).result).toMatchObject({ ok: false, error: { class: "invalid", code: "response_too_large" } });
  });

  test("P5: a deadline is a timeout, a success that breaks off is ambiguous", async () => {
    target.answer("never");
    expect((await ask({}, { timeoutMs: 50 })).result).toMatchObject({ ok: false, error: { class: "timeout" } });
    target.answer({ raw: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", afterwards: "close" });
    expect((await ask()).result).toMatchObject({ ok: false, error: { class: "ambiguous", code: "broken_body" } });
  });
});

test("P8: of a secret that is echoed across the end of what is kept, nothing is kept", async () => {
  const headers: HttpRequest["headers"] = [["authorization", ["Bearer ", { secret: "a_key" }]]];
  const value = "value-of-a_key";
  for (const [before, after, most] of [
    [4_090, 500, 8_192],
    [2_040, 500, 2_047],
  ] as const) {
    target.answer({ status: 401, body: `${"x".repeat(before)}${value}${"y".repeat(after)}` });
    const { result } = await ask({ headers, responseBytesMax: most });
    if (result.ok) throw new Error("The step should fail.");
    const { body } = result.error.detail as { body: string };
    expect(body.replaceAll("x", "")).toMatch(/^(•|••|•••)?y*$/);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_096);
  }
});

test("an answer with a number that is none here stays the text that it is", async () => {
  target.answer({ status: 200, headers: { "content-type": "application/json" }, body: '{"n":[1e400]}' });
  const { result } = await ask();
  expect(result).toMatchObject({ ok: true, output: { body: '{"n":[1e400]}' } });
});
