import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Schema, Validator } from "@cfworker/json-schema";
import { Glob } from "bun";
import fc from "fast-check";
import { canonical, digest, toYaml } from "../canonical.ts";
import { compile } from "../compile.ts";
import type { Definition, Json, Step } from "../definition.ts";
import { definitionSchema, definitionSchemaFile } from "../schema.ts";
import { checkDefinition } from "./definition.ts";
import { FAULT_CODES } from "./fault.ts";
import type { Surroundings } from "./scope.ts";

const published = new Validator(definitionSchema() as Schema, "2020-12", true);

const CART: Json = {
  type: "object",
  properties: {
    total: { type: "number" },
    email: { type: ["string", "null"] },
    items: {
      type: "array",
      items: { type: "object", properties: { sku: { type: "string" }, quantity: { type: "integer" } } },
    },
    notes: { type: "object", additionalProperties: true },
    parent: { $ref: "#" },
  },
};
const surroundings: Surroundings = {
  eventTypes: new Map([["cart.updated", CART]]),
  flows: ["ship-order"],
  secrets: ["mailer"],
};

/** A definition around steps, as YAML. */
function yaml(steps: string, more = ""): string {
  return `posthorn: 1\nflow: test\non: [{ event: cart.updated }]\n${more}${more === "" ? "" : "\n"}steps:\n${steps.replaceAll(/^/gm, "  ")}\n`;
}
function faultsOf(source: string, around: Surroundings = surroundings): readonly string[] {
  return checkDefinition({ source, format: "yaml" }, around).faults.map(
    ({ code, path, line, column, message, hint }) =>
      `${line}:${column} ${path} ${code}: ${message}${hint === undefined ? "" : ` ${hint}`}`,
  );
}
function warningsOf(source: string): readonly string[] {
  const { faults, warnings } = checkDefinition({ source, format: "yaml" }, surroundings);
  expect(faults).toEqual([]);
  return warnings.map(({ code, path }) => `${path} ${code}`);
}

describe("the structure", () => {
  test.each([
    [
      "an unknown member",
      "- { id: a, map: 1, titel: x }",
      "steps[0].titel unknown_member: There is no member `titel` here. Do you mean `title`?",
    ],
    [
      "an unknown kind",
      "- { id: a, htpp: {} }",
      "steps[0] step_without_kind: Nothing says what this step does; htpp is no kind of step. Do you mean `http`?",
    ],
    [
      "two kinds",
      "- { id: a, map: 1, emit: { type: x, data: 1 } }",
      "steps[0] step_of_two_kinds: This step is of 2 kinds: map and emit.",
    ],
    ["no id", "- { map: 1 }", "steps[0] missing_member: `id` is missing."],
    ["an id that is no name", "- { id: A-1, map: 1 }", 'steps[0].id wrong_value: "A-1" is not the id of a step'],
    ["an id that CEL cannot say", "- { id: in, map: 1 }", 'steps[0].id wrong_value: "in" is not the id of a step'],
    [
      "an id twice",
      "- { id: a, map: 1 }\n- { id: b, if: 'true', then: [{ id: a, map: 1 }] }",
      'steps[1].then[0].id repeated_id: The id "a" belongs to the step at steps[0] already.',
    ],
    [
      "a timeout that gives no time",
      "- { id: a, timeout: { $: 1 > 2 }, approve: { title: x } }",
      "steps[0].timeout wrong_type: `1 > 2` is bool, and should be",
    ],
    [
      "a timeout that is an expression where nobody outside is waited for",
      "- { id: a, timeout: { $: '\"5s\"' }, http: { url: 'https://example.com' } }",
      "steps[0].timeout wrong_kind: ",
    ],
    [
      "a span that is none",
      "- { id: a, wait: { for: 5 minutes } }",
      'steps[0].wait.for wrong_value: "5 minutes" is not a span of time',
    ],
    [
      "a number out of bounds",
      "- { id: a, map: 1, retry: { attempts: 101 } }",
      "steps[0].retry.attempts wrong_value: 101 is not a whole number from 1 to 100.",
    ],
    [
      "a method that is none",
      "- { id: a, http: { url: 'https://x.example', method: GETT } }",
      'steps[0].http.method wrong_value: "GETT" is not possible here; GET, HEAD, POST, PUT, PATCH or DELETE are. Do you mean GET?',
    ],
    [
      "an expression where its text belongs",
      "- { id: a, if: { $: 'true' }, then: [{ id: b, map: 1 }] }",
      'steps[0].if wrong_kind: an object with $ is not the text of an expression. Here its text stands by itself: "true".',
    ],
    [
      "an expression with company",
      "- { id: a, map: { $: '1', and: 2 } }",
      "steps[0].map wrong_value: An object with the member `$` is an expression, and has no other members.",
    ],
    ["an empty branch", "- { id: a, if: 'true', then: [] }", "steps[0].then wrong_value: There is no step."],
    ["a wait for nothing", "- { id: a, wait: {} }", "steps[0].wait missing_member: It has none of for or until."],
    [
      "a header that is set for you",
      "- { id: a, http: { url: 'https://x.example', headers: { Host: x } } }",
      'steps[0].http.headers.Host header_invalid: The header "Host" is set by the engine.',
    ],
    ["an address that is none", "- { id: a, http: { url: 'https://{{host}}/x' } }", "steps[0].http.url url_invalid"],
    [
      "a body of a GET",
      "- { id: a, http: { url: 'https://x.example', method: GET, body: 1 } }",
      "steps[0].http.body wrong_value: A GET has no body.",
    ],
    [
      "a program that may hold others up",
      "- { id: a, code: 'return 1;', timeout: 11s }",
      'steps[0].timeout wrong_value: "11s" is longer than a program may take: 10s.',
    ],
  ])("%s", (_, steps, expected) => {
    const faults = faultsOf(yaml(steps));
    expect(faults.join("\n")).toContain(expected);
    expect(faults).toHaveLength(1);
  });

  test.each([
    [
      "on: [{ evnt: a }]",
      "on[0] missing_member: It has none of event, source, schedule, delivery or run and state. Do you mean `event`?",
    ],
    ['on: [{ schedule: "0 25 * * *" }]', 'on[0].schedule schedule_invalid: "0 25 * * *" is no schedule'],
    ['on: [{ schedule: "0 0 30 2 *" }]', 'on[0].schedule schedule_invalid: "0 0 30 2 *" never comes.'],
    ['on: [{ schedule: "* *" }]', 'on[0].schedule schedule_invalid: "* *" has 2 fields.'],
    ['on: [{ schedule: "@daily", zone: Europe/Berln }]', 'on[0].zone zone_unknown: "Europe/Berln" is no time zone.'],
    ["control: { rate: { limit: 5 } }", "control.rate missing_member: `per` is missing."],
    [
      "control: { concurrency: { limit: 1, key: event.data.items } }",
      "control.concurrency.key wrong_type: `event.data.items` is list of object",
    ],
    [
      "control: { priority: event.data.email }",
      "control.priority wrong_type: `event.data.email` is string or null, and should be a number.",
    ],
    ["input: { type: strng }", 'input.type schema_invalid: "strng" is no type of JSON Schema. Do you mean string?'],
    ["timeout: 400d", 'timeout wrong_value: "400d" is not a span of time of at most 366d.'],
    ["secrets: [mailer, mailer]", 'secrets[1] repeated_value: "mailer" stands in the list twice.'],
    ["flow: Test", "unreadable: `flow` stands twice in this object."],
    ["output: { $: steps.nope }", "output unknown_step: There is no step `nope` before this one."],
  ])("%s", (more, expected) => {
    const source = more.startsWith("on:")
      ? yaml("- { id: a, map: 1 }", more).replace("on: [{ event: cart.updated }]\n", "")
      : yaml("- { id: a, map: 1 }", more);
    expect(faultsOf(source).join("\n")).toContain(expected);
  });

  test("an input schema that no start could be held against is refused where it is written", () => {
    const checked = checkDefinition({
      posthorn: 1,
      flow: "f",
      input: { properties: { code: { pattern: "(?=a)" } } },
      steps: [{ id: "m", map: 1 }],
    });
    expect(checked.faults.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "schema_invalid input.properties.code.pattern",
    ]);
  });

  test("all faults are told at once, in the order of the text", () => {
    const faults = faultsOf(
      yaml("- { id: a, map: { $: nope } }\n- { id: a, map: 1, titel: 1 }\n- { idd: c, map: { $: 1 + } }"),
    );
    expect(faults.map((fault) => fault.split(":")[0])).toEqual(["5", "6", "6", "7", "7"]);
  });
});

describe("references", () => {
  test.each([
    [
      "a field that there is not",
      "- { id: a, map: { $: event.data.totl } }",
      "5:35 steps[0].map unknown_field: There is no member `totl` in `event.data`. Do you mean `total`?",
    ],
    ["and which is meant", "- { id: a, map: { $: event.data.totl } }", "Do you mean `total`?"],
    [
      "a wrong type",
      "- { id: a, map: { x: { $: event.data.total + 'a' } } }",
      "5:29 steps[0].map.x wrong_type: `+` does not go with number and string.",
    ],
    [
      "a place in a quoted expression",
      '- id: a\n  map: { $: "1 + event.data.totl" }',
      "6:31 steps[0].map unknown_field",
    ],
    [
      "a place in a block",
      "- id: a\n  map:\n    $: |\n      1 +\n        event.data.totl",
      "9:24 steps[0].map unknown_field",
    ],
    ["a schema that refers to itself", "- { id: a, map: { $: event.data.parent.parent.totl } }", "unknown_field"],
    [
      "a step that comes later",
      "- { id: a, map: { $: steps.b } }\n- { id: b, map: 1 }",
      "The step `b` (steps[1]) comes after this one.",
    ],
    [
      "a step that comes later, asked politely",
      "- { id: a, map: { $: steps.?b } }\n- { id: b, map: 1 }",
      "unknown_step",
    ],
    [
      "a step of a branch",
      "- { id: a, if: 'true', then: [{ id: b, map: 1 }] }\n- { id: c, map: { $: steps.b } }",
      "It stands in a branch; `steps.a` is what that did.",
    ],
    [
      "a step of another branch",
      "- id: p\n  parallel:\n    one: [{ id: b, map: 1 }]\n    two: [{ id: c, map: { $: steps.b } }]",
      "has not certainly completed here",
    ],
    [
      "a step of a loop",
      "- { id: l, for_each: '[1]', do: [{ id: b, map: 1 }] }\n- { id: c, map: { $: steps.b } }",
      "which is done once for each item",
    ],
    [
      "a step by another name",
      "- { id: quote, map: 1 }\n- { id: c, map: { $: steps.qoute } }",
      "There is no step `qoute` before this one. Do you mean `steps.quote`?",
    ],
    [
      "what an http step does not give",
      "- { id: h, http: { url: 'https://x.example' } }\n- { id: c, map: { $: steps.h.statuss } }",
      "There is no member `statuss` in `steps.h`. Do you mean `status`?",
    ],
    [
      "what a map does not give",
      "- { id: m, map: { sum: { $: event.data.total } } }\n- { id: c, map: { $: steps.m.sum + 'x' } }",
      "does not go with number and string",
    ],
    [
      "a loop over what is no list",
      "- { id: l, for_each: event.data.total, do: [{ id: b, map: 1 }] }",
      "is number, and should be a list.",
    ],
    [
      "an item's field",
      "- { id: l, for_each: event.data.items, do: [{ id: b, map: { $: item.skuu } }] }",
      "Do you mean `sku`?",
    ],
    [
      "an item outside of loops",
      "- { id: b, map: { $: item } }",
      "`item` is there within the `do` of a `for_each` only.",
    ],
    [
      "an error outside of on_failure",
      "- { id: b, map: { $: error.code } }",
      "`error` is there within an `on_failure` only.",
    ],
    [
      "a condition that is none",
      "- { id: a, if: event.data.total, then: [{ id: b, map: 1 }] }",
      "is number, and should be true or false. Compare it",
    ],
    [
      "the own output in on_failure",
      "- { id: a, map: 1, on_failure: [{ id: b, map: { $: steps.a } }] }",
      "is around this one, and has not completed",
    ],
    [
      "an instant that is kept is text",
      "- { id: a, map: { $: event.received_at } }\n- { id: b, map: { $: steps.a + duration('1h') } }",
      '`timestamp(text)` and `duration("3d")` make times of text.',
    ],
    [
      "a secret in a body",
      "- { id: a, http: { url: 'https://x.example', body: { k: { $: secrets.mailer } } } }",
      "secret_not_allowed",
    ],
    ["a secret in a map", "- { id: a, map: { $: '\"x\" + secrets.mailer' } }", "secret_not_allowed"],
    [
      "a secret that is hidden in a call",
      "- { id: a, http: { url: 'https://x.example', headers: { k: { $: string(secrets.mailer) } } } }",
      "secret_not_allowed",
    ],
    [
      "a secret that is chosen",
      "- { id: a, http: { url: 'https://x.example', headers: { k: { $: 'true ? secrets.mailer : secrets.mailer' } } } }",
      "secret_not_allowed",
    ],
    [
      "a secret that was not declared",
      "- { id: a, http: { url: 'https://x.example', headers: { k: { $: secrets.other } } } }",
      "secret_not_declared",
    ],
    [
      "a key that sees more than the event",
      "- { id: a, map: 1 }\n- { id: w, wait_for_event: { type: cart.updated, match: { key: steps.a, equals: '1' } } }",
      "There is no step `a` before this one.",
    ],
  ])("%s", (_, steps, expected) => {
    expect(faultsOf(yaml(steps)).join("\n")).toContain(expected);
  });

  test("what is right is right", () => {
    const steps = `
- { id: total, map: { $: 'event.data.items.map(i, i.quantity).sum() + event.data.notes.anything' } }
- id: branch
  if: steps.total > 3 && has(event.data.email)
  then: [{ id: yes_map, map: { n: 1 } }]
  else: [{ id: no_map, map: { n: { $: steps.total } } }]
- { id: use, map: { $: steps.branch.n + 1 } }
- id: loop
  for_each: event.data.items
  do: [{ id: line, map: { s: { $: item.sku + string(index) } } }]
  output: { $: steps.line.s }
- { id: joined, map: { $: "steps.loop.join(',')" } }
- id: waited
  wait_for_event: { type: cart.updated, match: { key: event.data.total, equals: steps.total }, if: event.data.total == trigger.event.data.total }
  timeout: 1d
- { id: seen, map: { $: 'steps.waited.event == null ? 0 : steps.waited.event.data.total' } }
- { id: unnamed, map: { $: dyn(event.data).whatever } }
- id: http
  http:
    url: { $: '"https://x.example/" + string(steps.total)' }
    headers: { authorization: { $: '"Bearer " + secrets.mailer' }, x-total: { $: steps.total } }
  on_failure: [{ id: caught, map: { $: error.message + string(steps.total) } }]
  compensate: [{ id: undone, map: { $: steps.http.status } }]
- { id: pause, wait: { for: { $: 'duration("1h")' } } }
- { id: later, wait: { until: { $: run.started_at + duration("72h") } } }
`.trim();
    const failure =
      "secrets: [mailer]\non_failure: [{ id: told, map: { $: 'has(steps.total) ? steps.?total.orValue(0) : 0' } }]\noutput: { $: steps.joined }";
    expect(faultsOf(yaml(steps, failure))).toEqual([]);
  });

  test("without schemas nothing is held against a field", () => {
    expect(faultsOf(yaml("- { id: a, map: { $: event.data.whatever.comes } }"), {})).toEqual([]);
    expect(
      faultsOf(yaml("- { id: a, map: { $: event.data.x } }").replace("on: [{ event: cart.updated }]\n", "")),
    ).toEqual([
      "4:24 steps[0].map unknown_name: No trigger of this flow brings an event. What it is started with is `input`; `on: [{ event: … }]` starts it by events.",
    ]);
  });

  test("hosts are kept", () => {
    const hosts = (url: string): readonly string[] =>
      faultsOf(yaml(`- { id: a, http: { url: '${url}' } }`, "hosts: [api.example.com, '*.example.org']"));
    expect(hosts("https://api.example.com/x")).toEqual([]);
    expect(hosts("https://a.b.example.org/x")).toEqual([]);
    expect(hosts("https://example.org/x").join()).toContain("host_not_allowed");
    expect(hosts("https://xexample.org/x").join()).toContain("host_not_allowed");
  });
});

test("warnings are for what is allowed and seldom meant", () => {
  const url = "url: 'https://x.example'";
  expect(warningsOf(yaml("- { id: a, stop: {} }\n- { id: b, map: 1 }"))).toEqual(["steps[1] unreachable_steps"]);
  expect(
    warningsOf(yaml(`- { id: a, effect: write, retry: { on: [ambiguous] }, http: { ${url}, method: POST } }`)),
  ).toEqual(["steps[0].retry.on write_retries_ambiguous"]);
  expect(warningsOf(yaml(`- { id: a, for_each: event.data.items, do: [{ id: b, http: { ${url} } }] }`))).toEqual([
    "steps[0] for_each_one_by_one",
  ]);
  expect(warningsOf(yaml("- { id: a, call: { flow: ship-ordr } }"))).toEqual(["steps[0].call.flow flow_unknown"]);
  expect(warningsOf(yaml("- { id: a, effect: read, map: 1 }"))).toEqual(["steps[0].effect effect_without_meaning"]);
  expect(warningsOf(yaml("- { id: a, map: 1 }", "secrets: [other]"))).toEqual(["secrets[0] secret_unknown"]);
  expect(warningsOf(yaml("- { id: a, timeout: 1d, wait_for_event: { type: cart.deleted } }"))).toEqual([
    "steps[0].wait_for_event.type event_type_unknown",
  ]);
});

test("text that cannot be stored is a fault at its place", () => {
  const at = (step: object, more: object = {}) =>
    checkDefinition({ posthorn: 1, flow: "odd", steps: [{ id: "a", ...step }], ...more }).faults.map(
      ({ path, code }) => `${path} ${code}`,
    );
  expect(at({ map: ["fine", "a\0b"] })).toEqual(["steps[0].map[1] wrong_value"]);
  expect(at({ map: { "\ud800": 1 } })).toEqual([expect.stringMatching(/^steps\[0\]\.map.* wrong_value$/)]);
  expect(at({ map: 1 }, { title: "\udc00" })).toEqual(["title wrong_value"]);
  expect(at({ map: "\u{1f4ef}" })).toEqual([]);
  const escaped = 'posthorn: 1\nflow: odd\nsteps: [{ id: a, map: "\\0" }]\n';
  expect(faultsOf(escaped)[0]).toContain("steps[0].map");
  expect(faultsOf("posthorn: 1 # \0\nflow: odd\nsteps: [{ id: a, map: 1 }]\n")[0]).toContain("U+0000");
});

test("what the machine takes no notice of is told, wherever the step stands", () => {
  const url = "url: 'https://x.example'";
  const told = (step: string, more = "") => warningsOf(yaml(step, more)).join();
  for (const step of [
    "if: 'true', then: [{ id: b, map: 1 }]",
    "switch: [{ when: 'true', do: [{ id: b, map: 1 }] }]",
    "for_each: '[1]', do: [{ id: b, map: 1 }]",
    "parallel: { b: [{ id: b, map: 1 }] }",
    "map: 1",
    "wait: { for: 1s }",
    "respond: {}",
    "fail: { message: No. }",
    "stop: {}",
  ]) {
    expect(told(`- { id: a, retry: { attempts: 2 }, ${step} }`)).toBe("steps[0].retry retry_without_meaning");
    expect(told(`- { id: a, timeout: 1m, ${step} }`)).toBe("steps[0].timeout timeout_without_meaning");
    expect(told(`- { id: a, effect: read, ${step} }`)).toBe("steps[0].effect effect_without_meaning");
  }
  for (const step of [`http: { ${url} }`, "task: { name: x }", "code: return 1", "call: { flow: ship-order }"]) {
    expect(told(`- { id: a, retry: { attempts: 2 }, timeout: 1s, compensate: [{ id: b, map: 1 }], ${step} }`)).toBe("");
  }
  expect(told("- { id: a, timeout: 1m, call: { flow: ship-order, wait: false } }")).toContain(
    "timeout_without_meaning",
  );
  for (const step of ["map: 1", "wait: { for: 1s }", "fail: { message: No. }", "stop: {}"]) {
    expect(told(`- { id: a, compensate: [{ id: b, map: 1 }], ${step} }`)).toContain("compensate_without_meaning");
  }
  expect(told("- { id: a, durable: true, compensate: [{ id: b, map: 1 }], map: 1 }")).toBe("");
  expect(told(`- { id: a, effect: pure, http: { ${url} } }`)).toBe("steps[0].effect effect_contradicts");
  expect(told(`- { id: a, effect: read, http: { ${url}, method: DELETE } }`)).toBe(
    "steps[0].effect effect_contradicts",
  );
  expect(told(`- { id: a, effect: read, http: { ${url}, method: POST } }`)).toBe("");
  expect(told("- { id: a, effect: write, code: return 1 }")).toBe("steps[0].effect effect_contradicts");
  const within = "{ id: c, retry: { attempts: 2 }, map: 1 }";
  expect(told(`- { id: a, if: 'true', then: [${within}] }`)).toBe("steps[0].then[0].retry retry_without_meaning");
  expect(told(`- { id: a, call: { flow: ship-order }, on_failure: [${within}] }`)).toBe(
    "steps[0].on_failure[0].retry retry_without_meaning",
  );
  expect(told("- { id: a, map: 1 }", `on_failure: [${within}]`)).toBe("on_failure[0].retry retry_without_meaning");
});

test("a wait that the run does not live to see is told", () => {
  const told = (step: string, more = "") => warningsOf(yaml(step, more)).join();
  const event = "wait_for_event: { type: cart.updated }";
  expect(told("- { id: a, wait: { for: 30d } }")).toBe("steps[0].wait.for waits_past_run");
  expect(told("- { id: a, wait: { for: 30d } }", "timeout: 31d")).toBe("");
  expect(told(`- { id: a, timeout: 2h, ${event} }`, "timeout: 1h")).toBe("steps[0].timeout waits_past_run");
  expect(told(`- { id: a, ${event} }`)).toBe("steps[0] wait_without_timeout");
  expect(told("- { id: a, approve: { title: x } }")).toBe("steps[0] wait_without_timeout");
  expect(told(`- { id: a, ${event} }`, "timeout: 5d")).toBe("");
  expect(told(`- { id: a, timeout: { $: '"40d"' }, ${event} }`)).toBe("");
});

test("steps that nothing leads to are told, whatever it is that ends before them", () => {
  const told = (step: string) => warningsOf(yaml(`${step}\n- { id: last, map: 1 }\n- { id: more, map: 1 }`)).join();
  const [stop, fail, map] = ["[{ id: s, stop: {} }]", "[{ id: f, fail: { message: x } }]", "[{ id: m, map: 1 }]"];
  const unreachable = "steps[1] unreachable_steps";
  expect(told(`- { id: a, if: 'true', then: ${stop}, else: ${fail} }`)).toBe(unreachable);
  expect(told(`- { id: a, if: 'true', then: ${stop} }`)).toBe("");
  expect(told(`- { id: a, if: 'true', then: ${stop}, else: ${map} }`)).toBe("");
  expect(told(`- { id: a, switch: [{ when: 'true', do: ${stop} }], else: ${fail} }`)).toBe(unreachable);
  expect(told(`- { id: a, switch: [{ when: 'true', do: ${stop} }] }`)).toBe("");
  expect(told(`- { id: a, parallel: { one: ${map}, two: ${fail} } }`)).toBe(unreachable);
  expect(told(`- { id: a, for_each: 'event.data.items', do: ${stop} }`)).toBe("");
  expect(told(`- { id: a, fail: { message: x }, on_failure: ${map} }`)).toBe("");
  expect(told(`- { id: a, fail: { message: x }, on_failure: ${stop} }`)).toBe(unreachable);
});

test("steps that double what the one before gave cost a walk each", () => {
  const doubled = (i: number): Step => ({
    id: `s${i}`,
    map: i === 0 ? { total: 1 } : { left: { $: `steps.s${i - 1}` }, right: { $: `steps.s${i - 1}` } },
  });
  const steps = Array.from({ length: 200 }, (_, i) => doubled(i));
  const path = `steps.s40${".left.right".repeat(20)}`;
  const asking = [`${path}.total`, `${path}.totl`].map((text, i): Step => ({ id: `last${i}`, map: { $: text } }));
  const { faults } = checkDefinition({ posthorn: 1, flow: "doubled", steps: [...steps, ...asking] });
  expect(faults.map(({ code, path: at }) => `${at} ${code}`)).toEqual(["steps[201].map unknown_field"]);
});

describe("hostile sources", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
    .split("")
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[i]}`).join(",")}]`)
    .join("\n")}`;
  test.each<[string, string, "yaml" | "json"]>([
    ["aliases upon aliases", bomb, "yaml"],
    ["an alias to itself", "a: &a [*a]", "yaml"],
    ["an alias to nothing", "a: *b", "yaml"],
    ["brackets without end", "[".repeat(200_000), "yaml"],
    ["JSON without end", "[".repeat(200_000), "json"],
    ["braces without end", '{"a":'.repeat(40_000), "json"],
    ["too many bytes", `posthorn: 1 # ${"x".repeat(262_144)}`, "yaml"],
    ["two documents", "a: 1\n---\nb: 1", "yaml"],
    ["a tag", "a: !!js/function 'x'", "yaml"],
    ["keys that are no names", "? [1]\n: 1", "yaml"],
    ["a key twice", '{"posthorn": 1, "posthorn": 1}', "json"],
    ["YAML where JSON was promised", "posthorn: 1", "json"],
    ["not a number", "posthorn: .nan", "yaml"],
    ["endless lists in steps", `posthorn: 1\nflow: a\nsteps: ${"[".repeat(300)}${"]".repeat(300)}`, "yaml"],
  ])("%s", (_, source, format) => {
    const { valid, definition, faults } = checkDefinition({ source, format });
    expect(valid).toBe(false);
    expect(definition).toBeNull();
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults).length).toBeLessThan(20_000);
  });

  test("limits of size are kept", () => {
    const many = Array.from({ length: 501 }, (_, i): Step => ({ id: `s${i}`, map: i }));
    expect(checkDefinition({ posthorn: 1, flow: "a", steps: many }).faults[0]?.code).toBe("too_many_steps");
    expect(checkDefinition({ posthorn: 1, flow: "a", steps: many.slice(1) }).valid).toBe(true);
    const deep = (depth: number): Step => ({
      id: `d${depth}`,
      if: "true",
      // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
      then: [depth === 1 ? { id: "d0", map: 1 } : deep(depth - 1)],
    });
    expect(checkDefinition({ posthorn: 1, flow: "a", steps: [deep(15)] }).valid).toBe(true);
    expect(checkDefinition({ posthorn: 1, flow: "a", steps: [deep(16)] }).faults[0]?.code).toBe("too_deep");
    expect(
      checkDefinition({ posthorn: 1, flow: "a", steps: [{ id: "a", map: "x".repeat(262_144) }] }).faults[0]?.code,
    ).toBe("too_large");
  });

  test("names of JavaScript's own are unknown like others", () => {
    const value = JSON.parse(
      '{"posthorn":1,"flow":"a","steps":[{"id":"a","map":1,"constructor":1,"__proto__":{"id":"b"}}],"toString":1}',
    );
    expect(checkDefinition(value).faults.map(({ code, path }) => `${path} ${code}`)).toEqual([
      "steps[0].constructor unknown_member",
      "steps[0].__proto__ unknown_member",
      "toString unknown_member",
    ]);
  });
});

// ------------------------------------------------------------------------------------------------------------ properties

const json = fc.jsonValue({ depthSize: "small" }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
const data = json.filter((value) => !JSON.stringify(value).includes('"$"'));
const { steps } = fc.letrec<{ steps: readonly object[]; step: object }>((tie) => ({
  steps: fc.array(tie("step"), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<readonly object[]>,
  step: fc.oneof(
    { depthSize: "small" },
    data.map((map) => ({ map })),
    data.map((value) => ({ emit: { type: "a.b", data: { value, at: { $: "run.started_at" } } } })),
    fc.constant({ http: { url: "https://x.example", headers: { a: "b" }, body: { $: "input" } } }),
    fc.constantFrom("1s", "3d").map((span) => ({ wait: { for: span } })),
    fc.string({ minLength: 1 }).map((code) => ({ code })),
    // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
    tie("steps").map((inner) => ({ if: "input == null", then: inner, else: [{ map: 1 }] })),
    tie("steps").map((inner) => ({ for_each: "[1, 2]", do: inner, parallel: 2, on_item_failure: "continue" })),
    tie("steps").map((inner) => ({ parallel: { one: inner, two: [{ map: 1 }] } })),
    tie("steps").map((inner) => ({ map: 1, on_failure: inner, compensate: [{ map: { $: "run.id" } }] })),
    tie("steps").map((inner) => ({ switch: [{ when: "true", do: inner }] })),
  ),
}));
const definitions = fc
  .tuple(
    steps,
    fc.option(data, { nil: undefined }),
    fc.option(fc.string({ minLength: 1, maxLength: 50 }), { nil: undefined }),
  )
  .map(([list, output, title]) => {
    let count = 0;
    const named = (value: unknown, isStep: boolean): unknown => {
      if (Array.isArray(value)) {
        return value.map((each) => named(each, isStep));
      }
      return value;
    };
    const withIds = (step: Record<string, unknown>): Record<string, unknown> => {
      const inner = (each: unknown): unknown => (named(each, true) as Record<string, unknown>[]).map(withIds);
      const copy: Record<string, unknown> = { id: `s${count++}`, ...step };
      for (const name of ["then", "else", "do", "on_failure", "compensate"]) {
        if (Array.isArray(copy[name])) {
          copy[name] = inner(copy[name]);
        }
      }
      if (Array.isArray(copy["switch"])) {
        copy["switch"] = copy["switch"].map((one: Record<string, unknown>) => ({ ...one, do: inner(one["do"]) }));
      }
      if (copy["parallel"] !== null && typeof copy["parallel"] === "object") {
        copy["parallel"] = Object.fromEntries(
          Object.entries(copy["parallel"]).map(([name, each]) => [name, inner(each)]),
        );
      }
      return copy;
    };
    return {
      posthorn: 1,
      flow: "random",
      ...(title === undefined ? {} : { title }),
      steps: (list as Record<string, unknown>[]).map(withIds),
      ...(output === undefined ? {} : { output }),
    } as unknown as Definition;
  });

test("the order of members means nothing, that of elements does", () => {
  const one = { posthorn: 1, flow: "a", steps: [{ id: "a", map: { x: 1, y: [1, 2] } }] } as const;
  const other = { steps: [{ map: { y: [1, 2], x: 1 }, id: "a" }], flow: "a", posthorn: 1 } as const;
  expect(digest(other)).toBe(digest(one));
  expect(digest({ ...one, steps: [{ id: "a", map: { x: 1, y: [2, 1] } }] })).not.toBe(digest(one));
});

describe("any definition", () => {
  test("is accepted by the published schema too, compiles, and survives YAML, JSON and its canonical text", () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const { faults } = checkDefinition(definition);
        expect(faults).toEqual([]);
        expect(published.validate(definition).errors).toEqual([]);
        compile(definition);
        for (const [source, format] of [
          [toYaml(definition), "yaml"],
          [JSON.stringify(definition), "json"],
          [canonical(definition), "json"],
        ] as const) {
          const again = checkDefinition({ source, format }).definition as Definition;
          expect(again).toEqual(definition);
          expect(digest(again)).toBe(digest(definition));
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test("with one part broken never throws, and what is refused has a known code", () => {
    const codes = new Set<string>(FAULT_CODES);
    fc.assert(
      fc.property(definitions, json, fc.nat(), (definition, part, which) => {
        let at = which;
        const broken: unknown = JSON.parse(JSON.stringify(definition), (_, value) => (at-- === 0 ? part : value));
        for (const { code } of checkDefinition(broken).faults) {
          expect(codes.has(code)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("garbage never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          json,
          fc.string().map((source) => ({ source, format: "yaml" })),
          fc
            .string({ unit: fc.constantFrom(..."{}[]:-,&*!|>#'\" \nab1") })
            .map((source) => ({ source, format: "yaml" })),
        ),
        (value) => {
          expect(checkDefinition(value).valid).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("the published schema", () => {
  test("is the file in the reference", async () => {
    expect(await Bun.file(new URL("../../../docs/reference/flow.schema.json", import.meta.url)).text()).toBe(
      definitionSchemaFile(),
    );
  });

  test("refuses what the check refuses for its structure", () => {
    for (const steps of [
      [],
      [{ map: 1 }],
      [{ id: "a" }],
      [{ id: "a", map: 1, titel: 1 }],
      [{ id: "A", map: 1 }],
      [{ id: "a", wait: { for: "5 minutes" } }],
      // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
      [{ id: "a", if: true, then: [{ id: "b", map: 1 }] }],
      // biome-ignore lint/suspicious/noThenProperty: the word of the language; nobody awaits a step.
      [{ id: "a", if: "true", then: [] }],
      [{ id: "a", map: 1, emit: { type: "x", data: 1 } }],
      [{ id: "a", map: { $: "1", x: 1 } }],
      [{ id: "a", map: 1, retry: { attempts: 101 } }],
      [{ id: "a", http: { url: "https://x.example", method: "GETT" } }],
      [{ id: "a", parallel: {} }],
    ]) {
      const definition = { posthorn: 1, flow: "a", steps };
      expect({ steps, valid: checkDefinition(definition).valid }).toEqual({ steps, valid: false });
      expect({ steps, valid: published.validate(definition).valid }).toEqual({ steps, valid: false });
    }
  });

  test("accepts the examples, which the check accepts without a warning", async () => {
    const root = join(import.meta.dir, "../../../examples/flows");
    let seen = 0;
    for await (const file of new Glob("*/flow.yaml").scan(root)) {
      const { definition, faults } = checkDefinition({
        source: await Bun.file(`${root}/${file}`).text(),
        format: "yaml",
      });
      expect({ file, faults }).toEqual({ file, faults: [] });
      expect({ file, errors: published.validate(definition).errors }).toEqual({ file, errors: [] });
      seen += 1;
    }
    expect(seen).toBeGreaterThan(15);
  });
});
