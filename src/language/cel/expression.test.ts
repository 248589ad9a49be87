import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Budget, type Context, Timestamp } from "../compiled.ts";
import { compileExpression } from "./expression.ts";
import { createBudget, STEPS_MAX } from "./fail.ts";

const context: Context = {
  event: {
    id: "msg_1",
    type: "cart.updated",
    channels: ["web"],
    data: JSON.parse(
      '{"net":100,"big":12.5,"items":[{"p":1.5,"q":2},{"p":3,"q":1}],"__proto__":{"x":7},"email":"A@b.c","none":null}',
    ),
    received_at: new Timestamp(Date.UTC(2026, 0, 31, 9, 30)),
  },
  input: [1, 2, 3],
  steps: new Map([["quote", { status: 200, body: { total: 5 } }]]),
  run: { id: "run_1", started_at: new Timestamp(0) },
};

function evaluate(text: string, budget?: Budget, within: Context = context) {
  const made = compileExpression(text);
  if (!made.ok) {
    throw new Error(`${text}: ${made.faults.map(({ message }) => message).join(" ")}`);
  }
  return made.expression.evaluate(within, budget);
}
function value(text: string) {
  const result = evaluate(text);
  if (!result.ok) {
    throw new Error(`${text}: ${result.error.message}`);
  }
  return result.value;
}
function failure(text: string): string {
  const result = evaluate(text);
  return result.ok ? `gave ${JSON.stringify(result.value)}` : `${result.error.code}: ${result.error.message}`;
}
function fault(text: string): string {
  const made = compileExpression(text);
  return made.ok ? "none" : `${made.faults[0]?.code}: ${made.faults[0]?.message} ${made.faults[0]?.hint ?? ""}`;
}

describe("numbers are JSON's", () => {
  test.each([
    ["event.data.net + 1", 101],
    ["event.data.net * 1.5", 150],
    ["event.data.big + 1", 13.5],
    ["7 / 2", 3.5],
    ["8 / 2", 4],
    ["-7 % 4", -3],
    ["1 == 1.0", true],
    ["1u + 1", 2],
    ["size([1, 2]) / 4", 0.5],
    ["int(7 / 2)", 3],
    ["int('42') + int(-1.9)", 41],
    ["double('1e3')", 1000],
    ["math.round(2.345, 2)", 2.35],
    ["math.round(-2.5)", -3],
    ["math.greatest([3, 9, 4])", 9],
    ["0 - 0", 0],
    ["-(0)", 0],
  ])("%s is %p", (text, expected) => {
    expect(value(text)).toBe(expected as number);
  });

  test("whole numbers beyond 2^53 are refused where they are written", () => {
    expect(fault("event.id == 9007199254740993")).toContain("number_too_large");
    expect(value("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("no result is infinite or no number", () => {
    expect(failure("1 / 0")).toContain("divided by zero");
    expect(failure("1e308 * 10.0")).toContain("larger than any number");
    expect(failure("math.sqrt(-1)")).toContain("no finite number");
    expect(failure("[1e308, 1e308].sum()")).toContain("no finite number");
  });
});

describe("the language", () => {
  test.each<[string, unknown]>([
    ["event.data.items.map(i, i.p * i.q).sum()", 6],
    ["event.data.items.filter(i, i.q > 1).size()", 1],
    ["event.data.items.sortBy(i, i.q)[0].p", 3],
    [
      "input.map(a, input.map(b, a * b))",
      [
        [1, 2, 3],
        [2, 4, 6],
        [3, 6, 9],
      ],
    ],
    ["input.map(a, [4].map(a, a).map(b, a + b))", [[5], [6], [7]]],
    ["input.map(a, a > 1, a)", [2, 3]],
    ["input.exists_one(a, a == 2)", true],
    ["input.all(i, a, a == i + 1)", true],
    ["{'a': 1, 'b': 2}.transformMap(k, v, v > 1, k + 'x')", { b: "bx" }],
    ["{'a': 1}.transformList(k, v, k)", ["a"]],
    ["{'a': 1}.merge({'b': 2}).keys()", ["a", "b"]],
    ["cel.bind(x, input.size(), x * x)", 9],
    ["event.data.?nope.orValue(3)", 3],
    ["event.data.?email.orValue('')", "A@b.c"],
    ["event.data.?nope.deeper.hasValue()", false],
    ["event.data[?'net'].value()", 100],
    ["has(event.data.nope)", false],
    ["has(event.data.none)", true],
    ["has(steps.quote)", true],
    ["has(steps.other)", false],
    ["steps['quote'].body.total", 5],
    ["steps.?other.orValue(null)", null],
    ["event.data.nope == 1 || true", true],
    ["false && event.data.nope", false],
    ["event.data.items.exists(i, i.nope == 1 || i.p == 3)", true],
    ["[1, 2, 2, {'a': 1}, {'a': 1}].distinct()", [1, 2, { a: 1 }]],
    ["[[1], [2, 3]].flatten()", [1, 2, 3]],
    ["[3, 1, 2].sort().reverse()", [3, 2, 1]],
    ["['b', 'a'].sort().join('-')", "a-b"],
    ["'a,b,c'.split(',', 2)", ["a", "b,c"]],
    ["'aXbXc'.replace('X', '-', 1)", "a-bXc"],
    ["'ÄbC'.lowerAscii() + ' x '.trim()", "Äbcx"],
    ["'hello'.substring(1, 3)", "el"],
    ["'😀'.size()", 1],
    ["2 in input && 'net' in event.data && !('x' in event.data)", true],
    ["string(1.5) + string(true) + string(12)", "1.5true12"],
    ["[1, 2] + [3] == [1, 2, 3]", true],
    ["{'a': [1]} == {'a': [1]}", true],
    ["1 == dyn('1')", false],
    ["timestamp('2026-01-01T00:00:00Z') + duration('72h')", "2026-01-04T00:00:00Z"],
    ["event.received_at + duration('1d') > timestamp('2026-02-01T00:00:00Z')", true],
    ["(timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z')).getHours()", 24],
    ["timestamp('2026-03-29T00:59:59Z').getHours('Europe/Berlin')", 1],
    ["timestamp('2026-03-29T01:00:00Z').getHours('Europe/Berlin')", 3],
    ["timestamp('2026-07-01T00:00:00Z').getDayOfWeek('+02:00')", 3],
    ["duration('90s')", "90s"],
    ["timestamp(0)", "1970-01-01T00:00:00Z"],
    ["[timestamp(0), duration('1.5s')]", ["1970-01-01T00:00:00Z", "1.5s"]],
    ["base64.encode('hé')", "aMOp"],
    ["string(base64.decode('aMOp'))", "hé"],
    ["event.data.none == null ? 'no' : 'yes'", "no"],
  ])("%s", (text, expected) => {
    expect(value(text)).toEqual(expected as never);
  });

  test.each([
    ["timestamp('2026-02-30T00:00:00Z')", "no timestamp"],
    ["duration('soon')", "no duration"],
    ["'x'.matches('(')", "not a pattern"],
    ["'a' + 1", "does not go with"],
    ["!input.size()", "true or false"],
    ["1 < 'a'", "does not go with"],
    ["'a' == 1", "never equal"],
    ["nope", "There is no `nope`"],
    ["evnt.data", "Do you mean `event`"],
    ["'x'.startWith('a')", "Do you mean `startsWith`"],
    ["size(1)", "does not take number"],
    ["trim('a')", "Call it on the value"],
    ["now()", "the same each time"],
    ["steps", "Name a step"],
    ["secrets.key", "secret_not_allowed"],
    ["a = 1", "Equality is `==`"],
    ["{{ event.id }}", "without braces"],
    ["input.map(1, 2)", "expression_syntax"],
    ["input.map(x, y, z, 4)", "takes a name and an expression"],
    ["{'a': 1, 'a': 2}", "two members"],
    ["", "empty"],
    ["1 +", "ends too early"],
  ])("%s is refused before it runs", (text, why) => {
    expect(fault(text)).toContain(why);
  });

  test("a failure says where and quotes the value", () => {
    const result = evaluate("1 + dyn(event.data.email).nope");
    expect(result).toMatchObject({ ok: false, error: { code: "expression_failed", offset: 4 } });
    expect(failure("dyn(event.data.email) * 2")).toContain('"A@b.c"');
  });

  test("what is read is known beforehand", () => {
    const made = compileExpression(
      "event.data.items.map(i, i.p * steps.quote.body.total)[0] + input[2].x[event.data.net]",
    );
    expect(made.ok && made.expression.reads).toEqual({
      paths: ["event.data.items", "event.data.items[].p", "event.data.net", "input[].x[]", "steps.quote.body.total"],
      steps: ["quote"],
      secrets: [],
    });
  });
});

describe("data never reaches the machinery", () => {
  test.each(["constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"])("%s is no member", (name) => {
    expect(failure(`dyn(event.data).${name}`)).toContain("There is no");
    expect(value(`has(event.data.${name})`)).toBe(false);
    expect(value(`'${name}' in event.data`)).toBe(false);
    expect(value(`event.data.?${name}.hasValue()`)).toBe(false);
    expect(failure(`dyn('text').${name}`)).toContain("has no member");
    expect(failure(`dyn(input).${name}`)).toContain("has no member");
  });

  test("__proto__ is a name like others", () => {
    expect(value("event.data.__proto__.x")).toBe(7);
    const made = value("{'__proto__': {'polluted': true}}");
    expect(Object.keys(made as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect((made as { polluted?: boolean }).polluted).toBeUndefined();
    const merged = value("{'a': 1}.merge(event.data).__proto__.x");
    expect(merged).toBe(7);
    expect(JSON.stringify(value("{'__proto__': timestamp(0)}"))).toBe('{"__proto__":"1970-01-01T00:00:00Z"}');
  });

  test("the context is used as it is, and never changed", () => {
    const data = Object.freeze({ deep: Object.freeze({ list: Object.freeze([3, 1, 2]) }) });
    const result = evaluate("event.data.deep", undefined, { event: { data } });
    expect(result.ok && result.value).toBe(data.deep as never);
    expect(evaluate("event.data.deep.list.sort()", undefined, { event: { data } })).toEqual({
      ok: true,
      value: [1, 2, 3],
    });
  });
});

describe("every evaluation ends, whatever the expression and the data", () => {
  const thousand = { input: Array.from({ length: 1_000 }, (_, i) => i) };
  const doubling = (depth: number): string => (depth === 0 ? "x.size()" : `cel.bind(x, x + x, ${doubling(depth - 1)})`);
  const lists = (depth: number): string => (depth === 0 ? "x" : `cel.bind(x, [x, x], ${lists(depth - 1)})`);

  test.each<[string, string, Context]>([
    ["loops in loops", "input.map(a, input.map(b, input.map(c, a * b * c)))", thousand],
    ["loops that make nothing", "input.all(a, input.all(b, input.all(c, a + b + c >= 0)))", thousand],
    ["text that doubles", `cel.bind(x, 'xxxxxxxxxxxxxxxx', ${doubling(24)})`, {}],
    [
      "text that doubles and is never looked at",
      `cel.bind(x, 'xxxxxxxxxxxxxxxx', ${doubling(24)})`.replace("x.size()", "x == ''"),
      {},
    ],
    ["lists that double", `cel.bind(x, [1, 2, 3, 4], ${doubling(24)})`, {}],
    ["lists of lists, small in memory and large as JSON", `cel.bind(x, 'text', ${lists(24)})`, {}],
    ["comparing lists of lists", `cel.bind(x, 'text', ${lists(20)} == ${lists(20)})`, {}],
    [
      "an input given out again and again",
      "input.map(a, input)",
      { input: Array.from({ length: 3_000 }, () => "text") },
    ],
    ["ranges", "lists.range(100000000)", {}],
    ["ranges in ranges", "lists.range(1000).map(i, lists.range(100000).sum())", {}],
    [
      "replacing",
      "cel.bind(x, 'a'.replace('a', 'aaaaaaaaaa'), x.replace('a', x + x + x).replace('a', x + x + x).replace('a', x + x + x).replace('a', x + x + x).replace('a', x + x + x))",
      {},
    ],
    ["splitting", "input.map(a, text.split(''))".replace("text", `'${"x".repeat(5_000)}'`), thousand],
    ["sorting in loops", "input.map(a, input.sort())", thousand],
    ["membership in loops", "input.filter(a, input.exists(b, a in input.map(c, c + b)))", thousand],
    [
      "distinct objects",
      "input.map(i, {'i': i}).distinct().size() + input.map(a, input.map(i, {'i': i}).distinct()).size()",
      thousand,
    ],
    [
      "a pattern over long text, in a loop",
      `input.all(a, '${"a".repeat(2_000)}'.matches('(a*)*b') == false)`,
      thousand,
    ],
  ])("%s", (_, text, within) => {
    const budget = createBudget();
    const result = evaluate(text, budget, within);
    expect(result).toMatchObject({ ok: false, error: { code: "expression_too_expensive" } });
  });

  test("patterns that make others backtrack cost little", () => {
    const text = `${"a".repeat(5_000)}!`;
    for (const pattern of ["^(a+)+$", "(a|aa)+$", "(a|a)*b", "(.*.*.*)*=", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"]) {
      const budget = createBudget();
      expect(evaluate(`input.matches(r'${pattern}')`, budget, { input: text })).toEqual({ ok: true, value: false });
      expect(STEPS_MAX - budget.steps).toBeLessThan(300_000);
    }
  });

  test("text and nesting are limited before anything is evaluated", () => {
    expect(fault("1".padEnd(20_000, " "))).toContain("expression_too_large");
    expect(fault(`${"(".repeat(200)}1${")".repeat(200)}`)).toContain("expression_too_large");
    expect(fault(`${"!".repeat(10_000)}true`)).toContain("expression_too_large");
    expect(fault(Array.from({ length: 1_000 }, () => "1").join("+"))).toContain("expression_too_large");
    expect(fault(`[${Array.from({ length: 1_500 }, () => "1").join(",")}]`)).toContain("expression_too_large");
  });

  test("budgets can be shared", () => {
    const budget = createBudget();
    const large = { input: Array.from({ length: 30_000 }, () => 1) };
    let turns = 0;
    for (; turns < 100 && evaluate("input.map(a, a + 1)", budget, large).ok; turns++) {
      // Until it is used up.
    }
    expect(turns).toBeGreaterThan(2);
    expect(turns).toBeLessThan(20);
  });
});

describe("whatever comes", () => {
  const word = fc.constantFrom(
    "event",
    "event.data",
    "input",
    "steps.quote",
    "1",
    "2.5",
    "'text'",
    "true",
    "null",
    "[1, 'a']",
    "{'k': 1}",
    "duration('1h')",
    "event.received_at",
    "event.data.?x",
    "nope",
    "secrets.x",
    "b'x'",
  );
  const { text } = fc.letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      word,
      fc
        .tuple(tie("text"), fc.constantFrom("+", "-", "*", "/", "%", "==", "<", "in", "&&", "||"), tie("text"))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(
          tie("text"),
          fc.constantFrom(
            "size",
            "sum",
            "sort",
            "keys",
            "trim",
            "first",
            "distinct",
            "getHours",
            "hasValue",
            "join",
            "max",
            "reverse",
            "flatten",
          ),
        )
        .map(([a, f]) => `${a}.${f}()`),
      fc
        .tuple(tie("text"), fc.constantFrom("map", "filter", "all", "exists", "sortBy"), tie("text"))
        .map(([a, f, b]) => `${a}.${f}(x, ${b} == x)`),
      fc
        .tuple(
          tie("text"),
          fc.constantFrom("contains", "split", "matches", "indexOf", "orValue", "merge", "substring"),
          tie("text"),
        )
        .map(([a, f, b]) => `${a}.${f}(${b})`),
      fc
        .tuple(
          fc.constantFrom(
            "string",
            "int",
            "double",
            "timestamp",
            "duration",
            "bytes",
            "bool",
            "dyn",
            "math.abs",
            "lists.range",
          ),
          tie("text"),
        )
        .map(([f, a]) => `${f}(${a})`),
      fc.tuple(tie("text"), tie("text")).map(([a, b]) => `dyn(${a})[dyn(${b})]`),
      fc.tuple(tie("text"), tie("text"), tie("text")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    ),
  }));

  test("an expression that is accepted gives JSON or a failure, and never throws", () => {
    let accepted = 0;
    fc.assert(
      fc.property(text, fc.jsonValue({ maxDepth: 3 }), (source, input) => {
        const made = compileExpression(source);
        if (!made.ok) {
          return;
        }
        accepted += 1;
        const result = made.expression.evaluate({ ...context, input: input as never });
        if (result.ok) {
          expect(JSON.parse(JSON.stringify(result.value))).toEqual(result.value as never);
        } else {
          expect(result.error.message).toMatch(/\.$/);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  test("garbage is refused, and never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."abx'\"()[]{}.,?:!-+*/%&|=<>1\\\n e") })),
        (source) => {
          const made = compileExpression(source);
          if (made.ok) {
            made.expression.evaluate(context);
          } else {
            expect(made.faults.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
