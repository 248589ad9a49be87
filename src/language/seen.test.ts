import { describe, expect, test } from "bun:test";
import { compileExpression } from "./cel/expression.ts";
import type { CompiledExpression, Context } from "./compiled.ts";
import { Timestamp } from "./compiled.ts";
import { eventContext } from "./context.ts";
import type { Json } from "./definition.ts";
import { holdsFor, SEEN_BYTES_MAX, seenBy } from "./seen.ts";

function expression(text: string): CompiledExpression {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(`${text} does not compile.`);
  return compiled.expression;
}

const INPUT: Json = {
  order: { id: 7, lines: [{ sku: "a", n: 2 }], note: "x".repeat(10_000) },
  nested: { a: { b: 2 }, "a.b": 3, more: "y".repeat(100) },
};
const CONTEXT: Context = {
  input: INPUT,
  steps: new Map<string, Json>([
    ["quote", { total: 10, body: "z".repeat(10_000) }],
    ["none", null],
  ]),
  item: { who: "ann" },
  index: 3,
  run: { id: "run_1", started_at: new Timestamp(0) },
  trigger: { kind: "api" },
};
const event = (data: Json) => ({ id: "msg_1", type: "paid", channels: ["c"], data, receivedAtMs: 5 });

describe("what an expression reads of its run", () => {
  test.each<readonly [string, Json]>([
    ["event.data.order == input.order.id", { input: { order: { id: 7 } } }],
    ["event.data.sum > 10", {}],
    ["steps.quote.total == event.data.total", { steps: { quote: { total: 10 } } }],
    ["steps.none == null && steps.?absent.total.orValue(0) == 0", { steps: { none: null } }],
    ["input.order.lines.exists(l, l.sku == event.data.sku)", { input: { order: { lines: [{ sku: "a", n: 2 }] } } }],
    ["item.who == event.data.who && index == 3", { item: { who: "ann" }, index: 3 }],
    ["run.id == event.data.run && trigger.kind == 'api'", { run: { id: "run_1" }, trigger: { kind: "api" } }],
    ["has(input.order.gone) || event.data.x", { input: { order: {} } }],
  ])("%s", (text, seen) => {
    expect(seenBy(expression(text), CONTEXT)).toEqual(seen);
  });

  test("is kept whole where a path could be read in two ways", () => {
    expect(
      seenBy(expression("input.nested['a.b'] == event.data.n"), { input: { nested: INPUT["nested"] as Json } }),
    ).toEqual({
      input: { nested: INPUT["nested"] as Json },
    });
  });

  test.each([
    "input == event.data", // large
    "steps.quote.body == event.data.body", // large
    "run.started_at < event.received_at", // no JSON
    "run == event.data",
  ])("cannot be kept of %s", (text) => {
    expect(seenBy(expression(text), CONTEXT)).toBeUndefined();
    expect(SEEN_BYTES_MAX).toBeLessThan(10_000);
  });
});

test("what was kept says the same as the run does, for whatever expression and event", () => {
  const texts = [
    "event.data.order == input.order.id",
    "steps.quote.total <= event.data.total",
    "input.order.lines.exists(l, l.sku == event.data.sku && l.n == size(event.channels) + 1)",
    "has(input.order.gone)",
    "!has(input.order.gone) && item.who == event.data.who",
    "input.nested['a.b'] == event.data.n",
    "input.nested.a.b == event.data.n",
    "input['a.b'] == event.data.n",
    "input.order.gone == 1", // fails
    "steps.none == null && index == event.data.n",
    "cel.bind(o, input.order, o.id == event.data.order)",
    "error == null && event.data.n == 3",
    "[input.order, input.nested].exists(x, has(x.id) && x.id == event.data.order)",
    "event.received_at == timestamp('1970-01-01T00:00:00.005Z')",
  ];
  const events: Json[] = [
    { order: 7 },
    { total: 10 },
    { sku: "a" },
    { who: "ann" },
    { n: 1 },
    { n: 2 },
    { n: 3 },
    {},
    null,
    1,
  ];
  const said = new Set<boolean>();
  const small: Context = {
    ...CONTEXT,
    input: { ...INPUT, order: { ...(INPUT["order"] as object), note: "" }, "a.b": 1 } as Json,
  };
  const nothingOdd: Context = {
    ...small,
    input: { ...INPUT, order: { ...(INPUT["order"] as object), note: "" } } as Json,
  };
  for (const [text, context] of texts.flatMap((each) => [[each, small] as const, [each, nothingOdd] as const])) {
    const compiled = expression(text);
    const seen = seenBy(compiled, context);
    expect([text, seen]).toEqual([text, expect.anything()]);
    // As it is in between: a text of JSON.
    const kept = JSON.parse(JSON.stringify(seen)) as { readonly [root: string]: Json };
    for (const data of events) {
      const came = event(data);
      const whole = compiled.evaluate({ ...context, event: eventContext(came) });
      const says = whole.ok && whole.value === true;
      said.add(says);
      expect([text, data, holdsFor(compiled, kept, came, undefined)]).toEqual([text, data, says]);
    }
  }
  expect(said).toEqual(new Set([true, false]));
});
