import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { checkDefinition, compileExpression, type Definition } from "#language";
import { literal } from "./builder/expression.ts";
import { defineFlow, expr, flow } from "./flows.ts";

interface Cart {
  readonly id: string;
  readonly total: number;
  readonly email: string;
  readonly "line-items": readonly { readonly sku: string; readonly quantity: number }[];
}

function fromYaml(source: string): Definition {
  const checked = checkDefinition({ source, format: "yaml" });
  expect(checked.faults).toEqual([]);
  return checked.definition as Definition;
}
function checked(definition: Definition): Definition {
  expect(checkDefinition(definition).faults).toEqual([]);
  return definition;
}

describe("what the builder makes is what somebody would write", () => {
  test("a cart that was left", () => {
    const built = flow("abandoned-cart")
      .title("Abandoned cart")
      .on.event<Cart>("cart.updated", ({ event }) => expr`${event.data.total} > ${0}`)
      .on.schedule("0 9 * * *", { zone: "Europe/Berlin" })
      .control({
        debounce: { wait: "1h", key: ({ event }) => event.data.id },
        priority: ({ event }) => event.data.total,
      })
      .timeout("7d")
      .hosts("mail.example.com")
      .secrets("mailer")
      .onFailure((f, error) => {
        f.emit("tell", { type: "cart.failed", data: { why: error.message } });
      })
      .steps((f) => {
        const order = f.waitForEvent<{ cart_id: string }>(
          "order",
          { type: "order.placed", match: { key: (event) => event.data.cart_id, equals: f.event.data.id } },
          { timeout: "1d" },
        );
        const left = f.if("left", expr`${order.output.event} == null`, (then) =>
          then.http<{ id: string }>(
            "remind",
            {
              url: "https://mail.example.com/send",
              headers: { authorization: expr`"Bearer " + ${f.secrets.mailer}` },
              body: { to: f.event.data.email, first: f.event.data["line-items"][0].sku, template: 'it\'s a "cart"' },
            },
            { retry: { attempts: 3 }, onFailure: (g, error) => g.map("gave_up", { code: error.code }) },
          ),
        );
        return { reminded: expr<boolean>`${left.output} != null` };
      });

    expect(checked(built)).toEqual(
      fromYaml(`
posthorn: 1
flow: abandoned-cart
title: Abandoned cart
on:
  - event: cart.updated
    if: event.data.total > 0
  - schedule: 0 9 * * *
    zone: Europe/Berlin
control:
  debounce: { wait: 1h, key: event.data.id }
  priority: event.data.total
timeout: 7d
hosts: [mail.example.com]
secrets: [mailer]
on_failure:
  - id: tell
    emit: { type: cart.failed, data: { why: { $: error.message } } }
steps:
  - id: order
    timeout: 1d
    wait_for_event:
      type: order.placed
      match: { key: event.data.cart_id, equals: event.data.id }
  - id: left
    if: steps.order.event == null
    then:
      - id: remind
        retry: { attempts: 3 }
        http:
          url: https://mail.example.com/send
          headers:
            authorization: { $: '"Bearer " + secrets.mailer' }
          body:
            to: { $: event.data.email }
            first: { $: 'event.data["line-items"][0].sku' }
            template: it's a "cart"
        on_failure:
          - id: gave_up
            map: { code: { $: error.code } }
output:
  reminded: { $: steps.left != null }
`),
    );
  });

  test("every kind of step", () => {
    const built = flow("all")
      .input<{ ids: string[]; when: string }>({ type: "object" })
      .steps((f) => {
        const total = f.map("total", { count: expr<number>`size(${f.input.ids})` }, { durable: true });
        f.switch("kind", [{ when: expr`${total.output.count} > 10`, do: (g) => g.wait("rest", "1h") }], (g) =>
          g.waitUntil("until", f.input.when),
        );
        const each = f.forEach(
          "each",
          f.input.ids,
          (g, item, index) => g.task<{ ok: boolean }>("work", { name: "work", input: { item, index }, priority: 5 }),
          { parallel: 4 },
        );
        f.forEachTolerant("some", each.output, (g, item) => g.map("was_ok", item.ok), { tolerate: 2 });
        const both = f.parallel("both", {
          left: (g) => g.code<number>("program", "return input + 1;", 1),
          right: (g) => g.call<{ n: number }>("other", "other-flow", { a: 1 }),
        });
        const decision = f.approve(
          "ask",
          { title: expr<string>`"Sum: " + string(${both.output.left})` },
          { timeout: "3d", compensate: (g, output) => g.map("undo", output.approved) },
        );
        f.start("begun", "other-flow");
        f.respond("answer", { status: 201, body: both.output.right.n });
        f.if(
          "no",
          expr`${decision.output.approved} != true`,
          (g) => g.fail("refused", "It was refused.", "refused"),
          (g) => g.stop("done", each.output),
        );
      });
    expect(checked(built)).toEqual(
      fromYaml(`
posthorn: 1
flow: all
input: { type: object }
steps:
  - { id: total, map: { count: { $: size(input.ids) } }, durable: true }
  - id: kind
    switch: [{ when: steps.total.count > 10, do: [{ id: rest, wait: { for: 1h } }] }]
    else: [{ id: until, wait: { until: { $: input.when } } }]
  - id: each
    for_each: input.ids
    parallel: 4
    do: [{ id: work, task: { name: work, input: { item: { $: item }, index: { $: index } }, priority: 5 } }]
  - id: some
    for_each: steps.each
    on_item_failure: { tolerate: 2 }
    do: [{ id: was_ok, map: { $: item.ok } }]
  - id: both
    parallel:
      left: [{ id: program, code: return input + 1;, input: 1 }]
      right: [{ id: other, call: { flow: other-flow, input: { a: 1 } } }]
  - id: ask
    timeout: 3d
    approve: { title: { $: '"Sum: " + string(steps.both.left)' } }
    compensate: [{ id: undo, map: { $: steps.ask.approved } }]
  - { id: begun, call: { flow: other-flow, wait: false } }
  - { id: answer, respond: { status: 201, body: { $: steps.both.right.n } } }
  - id: no
    if: steps.ask.approved != true
    then: [{ id: refused, fail: { message: It was refused., code: refused } }]
    else: [{ id: done, stop: { output: { $: steps.each } } }]
`),
    );
  });
});

describe("a value in an expression is a literal", () => {
  test("whatever quotes it holds", () => {
    const evil = `" + secrets.key + "\\" || true // '`;
    const made = compileExpression(expr`event.data == ${evil}`.$);
    expect(made.ok && made.expression.evaluate({ event: { data: evil } })).toEqual({ ok: true, value: true });
  });

  test("of any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "small" }), (value) => {
        const plain = JSON.parse(JSON.stringify(value), (_, each) =>
          typeof each === "number" && !Number.isSafeInteger(each) && Number.isInteger(each)
            ? 1
            : Object.is(each, -0)
              ? 0
              : each,
        );
        const made = compileExpression(literal(plain));
        expect(made.ok && made.expression.evaluate({})).toEqual({ ok: true, value: plain });
      }),
    );
  });

  test("parts keep together", () => {
    const sum = expr<number>`1 + 2`;
    expect(expr`${sum} * ${-3}`.$).toBe("(1 + 2) * (-3)");
  });
});

test("references that cannot be are no TypeScript", () => {
  flow("types")
    .on.event<Cart>("cart.updated")
    .secrets("key")
    .steps((f) => {
      const total = f.map("total", { sum: f.event.data.total, text: "a" as string });
      // @ts-expect-error: the event has no such member.
      f.event.data.totl;
      // @ts-expect-error: the step's output has no such member.
      total.output.summe;
      // @ts-expect-error: no such secret was named.
      f.secrets.other;
      // @ts-expect-error: a number is no address.
      f.http("a", { url: total.output.sum });
      // @ts-expect-error: an answer has no such member.
      f.http("b", { url: total.output.text }).output.bdy;
      // @ts-expect-error: one cannot loop over a number.
      f.forEach("c", total.output.sum, () => null);
      const branch = f.if("d", expr`true`, (then) => then.map("e", { n: 1 }));
      // @ts-expect-error: the branch gave a number.
      f.http("f", { url: branch.output.n });
      f.http("g", { url: expr<string>`"https://" + ${total.output.text}` });
    });
  expect(defineFlow({ posthorn: 1, flow: "x", steps: [{ id: "a", map: 1 }] }).flow).toBe("x");
  // @ts-expect-error: a step has an id.
  defineFlow({ posthorn: 1, flow: "x", steps: [{ map: 1 }] });
});

test("how long an answer is waited for is a span or an expression", () => {
  const made = flow("patient")
    .on.event<{ readonly patience: string }>("order.placed")
    .steps((f) => {
      f.approve("ask", { title: "Release it?" }, { timeout: f.event.data.patience });
      f.waitForEvent("paid", { type: "order.paid" }, { timeout: expr`size(${f.event.data.patience}) * 60` });
      f.task("ship", { name: "ship" }, { timeout: "5m" });
    });
  const { steps } = checked(made);
  expect(steps.map(({ timeout }) => timeout)).toEqual([
    { $: "event.data.patience" },
    { $: "size(event.data.patience) * 60" },
    "5m",
  ]);
});
