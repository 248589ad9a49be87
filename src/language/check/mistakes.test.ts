import { describe, expect, test } from "bun:test";
import { checkDefinition } from "./definition.ts";

// What a tired person writes, and what he is told: what is wrong, where exactly, and what would be right.

function told(source: string): string[] {
  const { faults, warnings } = checkDefinition({ source, format: "yaml" });
  return [...faults, ...warnings].map(({ line, column, message, hint }) =>
    `${line}:${column} ${message} ${hint ?? ""}`.trim(),
  );
}
const flow = (text: string) => `posthorn: 1\nflow: test\n${text}\n`;
const steps = (text: string) => told(flow(`steps:\n${text}`));
const map = (expression: string) => told(flow(`steps:\n- id: a\n  map: { $: '${expression.replaceAll("'", "''")}' }`));

describe("indentation", () => {
  test("what begins in no column that fits is told at its first sign", () => {
    expect(steps("  - id: big\n    if: 'true'\n  then:\n    - { id: x, map: 1 }")).toEqual([
      "6:3 All mapping items must start at the same column. This begins in column 3: members of one object begin in the same column, and what belongs to a member begins further right.",
    ]);
  });

  test("members that are indented too little are sent into what the step does, and others out of it", () => {
    expect(steps("- id: ask\n  http:\n  url: https://a.example/x")).toEqual([
      "5:8 Nothing stands here: it should be an object with url.",
      "6:3 There is no member `url` here. `url` stands within `http`: indent it further.",
    ]);
    expect(steps("- id: ask\n  http:\n    url: https://a.example/x\n    retry: { attempts: 3 }")).toEqual([
      "7:5 There is no member `retry` here. `retry` stands beside `http`, and not within it.",
    ]);
  });

  test("tabs, a member twice, a colon in an expression without quotes", () => {
    expect(steps("\t- id: a\n\t  map: 1")[0]).toBe(
      "4:2 Tabs are not allowed as indentation. YAML is indented with spaces.",
    );
    expect(steps("- id: a\n  map: 1\n  map: 2")).toEqual([
      "6:3 `map` stands twice in this object. A member stands once in an object.",
    ]);
    expect(steps("- id: a\n  if: input.x: 3\n  then: []")[0]).toContain("stands in quotes");
  });
});

describe("an expression that was meant", () => {
  const emit = (data: string) =>
    steps(`- { id: ask, map: 1 }\n- id: tell\n  emit: { type: mail, data: { x: ${data} } }`);

  test("text that reads like one is pointed at, and other text is not", () => {
    expect(emit("steps.ask")).toEqual([
      '6:34 "steps.ask" is text here, and no expression. As an expression: { $: "steps.ask" }.',
    ]);
    expect(emit(`"Hello {{ input.name }}"`)[0]).toStartWith('6:34 "Hello {{ input.name }}" is text here');
    expect(emit(`"Hello \${ steps.ask }"`)[0]).toContain("'Hello ' + input.name");
    for (const text of ["order.placed", "event.created", "steps.nobody", "input", "Hello {{ name }}", "a.b.c"]) {
      expect(emit(`"${text}"`)).toEqual([]);
    }
    expect(steps("- id: tell\n  emit: { type: input.changed, data: 1 }")).toEqual([]);
  });

  test("text where an expression stands needs its quotes", () => {
    expect(map("Hello")).toEqual([
      '5:14 There is no `Hello` here. trigger, input, run are there. Text stands in quotes: "Hello".',
    ]);
    expect(steps("- id: a\n  if: yes please\n  then: [{ id: x, map: 1 }]")).toEqual([
      '5:11 `please` is not expected here. Text within an expression stands in quotes: "…".',
    ]);
  });

  test("what came with a schema is suggested", () => {
    const source = flow(
      "input: { type: object, properties: { orders: { type: array } } }\nsteps:\n- id: e\n  for_each: orders\n  do: [{ id: x, map: 1 }]",
    );
    expect(told(source)).toEqual(["6:13 There is no `orders` here. Do you mean `input.orders`?"]);
  });
});

describe("expressions in the words of other languages", () => {
  test.each([
    ["input.a = 1", "5:22 `=` is not expected here. Equality is `==`."],
    ["input.a === 1", "5:24 `=` is not expected here. Equality is `==`."],
    ["input.a !== 1", "5:24 `=` is not expected here. Inequality is `!=`."],
    ["input.a == 1 and input.b", "5:27 `and` is not expected here. And is `&&`."],
    ["not input.a", "5:18 `input` is not expected here. Not is `!`."],
    [
      "input?.a",
      "5:20 `.` is not expected here. A member that need not be there: `input.?name`, and then `.orValue(…)`.",
    ],
    ["input.a ?? 3", "5:23 `?` is not expected here. A value for what need not be there: `input.?name.orValue(0)`."],
    ["1 +", "5:17 The expression ends too early."],
    ["input.name.toLowerCase()", "5:25 There is no function `toLowerCase`. Do you mean `….lowerAscii()`?"],
    ["input.list.lenght()", "5:25 There is no function `lenght`. Do you mean `size(…)`?"],
    ["len(input.list)", "5:14 There is no function `len`. Do you mean `size(…)`?"],
    ["input.a.constructor()", "5:22 There is no function `constructor`."],
  ])("%s", (expression, expected) => {
    expect(map(expression)).toEqual([expected]);
  });

  test("a condition that is none is quoted, with what would make it one", () => {
    expect(steps("- id: a\n  if: size(input.name)\n  then: [{ id: x, map: 1 }]")).toEqual([
      "5:7 `size(input.name)` is number, and should be true or false. Compare it: `… > 0`.",
    ]);
  });
});

describe("what cannot be read where it is read", () => {
  test("a step later on, itself, and the one around it", () => {
    const lines = steps(
      "- { id: one, map: { $: steps.two } }\n- { id: two, map: { $: steps.two } }\n- id: c\n  if: 'true'\n  then: [{ id: d, map: { $: steps.c } }]",
    ).map((line) => line.split(". Only")[0]);
    expect(lines).toEqual([
      "4:24 The step `two` (steps[1]) comes after this one",
      "5:24 The step `two` (steps[1]) cannot read its own output",
      "8:29 The step `c` (steps[2]) is around this one, and has not completed here",
    ]);
  });

  test("a member of an event, with those that there are", () => {
    expect(told(flow("on: [{ event: x, if: event.payload.a }]\nsteps: [{ id: a, map: 1 }]"))).toEqual([
      "3:28 There is no member `payload` in `event`. It has id, type, channels, data, received_at; `dyn(event).payload` reads a member that no schema names.",
    ]);
  });

  test("a secret that was not declared, at its name", () => {
    expect(
      told(
        flow(
          "secrets: [mailer]\nsteps:\n- id: a\n  http: { url: https://a.example, headers: { x: { $: '\"Bearer \" + secrets.mialer' } } }",
        ),
      ),
    ).toEqual(["6:75 The secret `mialer` is not among `secrets` of this flow. Do you mean `mailer`?"]);
  });
});

describe("schedules", () => {
  test.each([
    ['schedule: "0 25 * * *"', '3:21 "0 25 * * *" is no schedule: "25" is no hour. 0 to 23; lists'],
    ['schedule: "0 9 * * MON-FRY"', '"MON-FRY" is no weekday. 0 to 7'],
    ['schedule: "@dayly"', '3:18 "@dayly" is no schedule. Do you mean "@daily"?'],
    ['schedule: "0 9 * * *", zone: Europe/Berln', '3:37 "Europe/Berln" is no time zone. Do you mean "Europe/Berlin"?'],
    ['schedule: "0 9 * * *", timezone: UTC', "Do you mean `zone`?"],
    ['cron: "0 9 * * *"', "Do you mean `schedule`?"],
    [
      'schedule: { cron: "0 9 * * *", zone: UTC }',
      'The text stands by itself: schedule: "0 9 * * *"; `zone` stands beside it.',
    ],
  ])("%s", (trigger, expected) => {
    expect(told(flow(`on: [{ ${trigger} }]\nsteps: [{ id: a, map: 1 }]`)).join("\n")).toContain(expected);
  });
});

test("what stands by itself is shown in its member", () => {
  for (const [step, expected] of [
    ["wait: 5 minutes", 'Do you mean { for: "5m" }?'],
    ['wait: "10s"', 'Do you mean { for: "10s" }?'],
    ["call: other", 'Do you mean { flow: "other" }?'],
    ["approve: Is it right?", 'Do you mean { title: "Is it right?" }?'],
    ["wait_for_event: { type: x, match: event.id }", "Each has its name: { key: …, equals: … }."],
  ] as const) {
    expect(steps(`- { id: a, ${step} }`)[0]).toEndWith(expected);
  }
});

test("a member under another name is told once", () => {
  expect(steps("- { id: a, http: { uri: https://a.example } }")).toEqual([
    "4:20 There is no member `uri` here. Do you mean `url`?",
  ]);
  expect(steps("- { name: a, map: 1 }")).toEqual(["4:5 There is no member `name` here. Do you mean `id`?"]);
});
