import { expect, test } from "bun:test";
import { checkDefinition } from "./check/definition.ts";
import { compile } from "./compile.ts";
import type { CompiledFlow, CompiledStepOf, Context } from "./compiled.ts";
import type { Definition, StepKind } from "./definition.ts";
import { readsOf } from "./reads.ts";

function compiled(source: string): CompiledFlow {
  const { definition, faults } = checkDefinition({
    source: `posthorn: 1\nflow: test\nsecrets: [key]\n${source}`,
    format: "yaml",
  });
  expect(faults).toEqual([]);
  return compile(definition as Definition);
}
function step<K extends StepKind>(flow: CompiledFlow, id: string, kind: K): CompiledStepOf<K> {
  const found = flow.byId.get(id);
  if (found?.kind !== kind) {
    throw new Error(`${id} is ${found?.kind}, not ${kind}.`);
  }
  return found as CompiledStepOf<K>;
}
const context: Context = { input: { n: 3 }, steps: new Map([["a", { x: 1 }]]) };

test("defaults are filled in", () => {
  const flow = compiled(`
on: [{ schedule: "@daily" }]
steps:
  - { id: get, http: { url: "https://x.example" } }
  - { id: post, http: { url: "https://x.example", body: 1 } }
  - { id: charge, effect: write, retry: { attempts: 2, wait: 5s, max: 1m, factor: 3 }, timeout: 10s, http: { url: "https://x.example", method: PUT } }
  - { id: code, code: return 1; }
  - { id: loop, for_each: "[1]", on_item_failure: { tolerate: 2 }, do: [{ id: inner, map: 1 }] }
  - { id: wait, wait: { for: 2h } }
  - { id: gone, fail: { message: m } }
`);
  expect(flow.timeoutMs).toBe(30 * 86_400_000);
  expect(flow.triggers).toEqual([
    {
      kind: "schedule",
      schedule: "@daily",
      zone: "UTC",
      jitterMs: 0,
      missed: "skip",
      withinMs: 3_600_000,
      overlap: "skip",
      input: null,
    },
  ]);
  expect(step(flow, "get", "http")).toMatchObject({
    method: "GET",
    effect: "read",
    timeoutMs: 30_000,
    responseBytesMax: 1_048_576,
  });
  expect(step(flow, "get", "http").retry).toEqual({
    attempts: 5,
    waitMs: 1_000,
    factor: 2,
    maxMs: 3_600_000,
    on: new Set(["retryable", "timeout", "ambiguous"]),
  });
  expect(step(flow, "post", "http")).toMatchObject({ method: "POST", effect: "idempotent_write" });
  expect(step(flow, "charge", "http").retry).toEqual({
    attempts: 2,
    waitMs: 5_000,
    factor: 3,
    maxMs: 60_000,
    on: new Set(["retryable", "timeout"]),
  });
  expect(step(flow, "code", "code")).toMatchObject({ timeoutMs: 100, retry: { attempts: 1 } });
  expect(step(flow, "loop", "for_each")).toMatchObject({ parallel: 1, tolerate: 2, reportsFailures: true });
  expect(step(flow, "inner", "map").at).toBe("steps[4].do[0]");
  expect(step(flow, "wait", "wait").wait).toEqual({ kind: "span", ms: 7_200_000 });
  expect(step(flow, "gone", "fail").code).toBe("failed");
});

test("templates without expressions are their own value, others are made anew and say where they failed", () => {
  const flow = compiled(`
steps:
  - { id: a, map: { x: 1 } }
  - { id: still, map: { deep: [1, { two: 2 }] } }
  - { id: moving, map: { deep: [1, { two: { $: input.n + 1 } }], same: { $: steps.a } } }
  - { id: broken, map: { list: [{ $: input.nope }] } }
`);
  expect(step(flow, "still", "map").map.constant).toEqual({ deep: [1, { two: 2 }] });
  expect(step(flow, "moving", "map").map.constant).toBeUndefined();
  expect(step(flow, "moving", "map").map.evaluate(context)).toEqual({
    ok: true,
    value: { deep: [1, { two: 4 }], same: { x: 1 } },
  });
  expect(step(flow, "broken", "map").map.evaluate(context)).toMatchObject({
    ok: false,
    error: { code: "expression_failed", at: "steps[3].map.list[0]" },
  });
});

test("P8 secrets in headers are named, never spelled", () => {
  const flow = compiled(`
steps:
  - id: a
    http:
      url: https://x.example
      headers:
        authorization: { $: '"Bearer " + secrets.key + "!"' }
        x-count: { $: input.n }
        x-plain: text
        x-bad: { $: input }
`);
  const headers = step(flow, "a", "http").headers.map((header) => [header.name, header.evaluate(context)] as const);
  expect(headers.slice(0, 3)).toEqual([
    ["authorization", { ok: true, value: ["Bearer ", { secret: "key" }, "!"] }],
    ["x-count", { ok: true, value: ["3"] }],
    ["x-plain", { ok: true, value: ["text"] }],
  ]);
  expect(headers[3]?.[1]).toMatchObject({
    ok: false,
    error: { at: "steps[0].http.headers.x-bad", message: 'The header "x-bad" is text, not an object.' },
  });
  expect(readsOf(flow)).toEqual({ paths: ["input", "input.n", "secrets.key"], steps: [], secrets: ["key"] });
});

test("all that is read is known, wherever it is read", () => {
  const flow = compiled(`
on: [{ event: a, if: event.data.one }]
control: { concurrency: { limit: 1, key: event.data.two } }
steps:
  - { id: a, map: 1 }
  - { id: b, if: event.data.three == 1, then: [{ id: c, map: { $: steps.a }, compensate: [{ id: d, map: { $: event.data.four } }] }] }
on_failure: [{ id: e, map: { $: error.code } }]
output: { $: event.data.five }
`);
  expect(readsOf(flow).paths).toEqual([
    "error.code",
    "event.data.five",
    "event.data.four",
    "event.data.one",
    "event.data.three",
    "event.data.two",
    "steps.a",
  ]);
});

test("what was not checked is our own fault", () => {
  expect(() => compile({ posthorn: 1, flow: "x", steps: [{ id: "a", map: { $: "1 +" } }] })).toThrow(
    "The definition was not checked.",
  );
  expect(() => compile({ posthorn: 1, flow: "x", steps: [{ id: "a", wait: { for: "soon" } }] })).toThrow(
    "no span of time",
  );
});
