import { expect, test } from "bun:test";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import fc from "fast-check";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import type { Json } from "#language";
import { LOG_LINES_MAX, MEMORY_BYTES, memoryBytesOf } from "./limits.ts";
import type { ProgramOutcome } from "./outcome.ts";
import { runProgram } from "./program.ts";

// A virtual machine that a test breaks must not fail the others.
let machine = await newQuickJSWASMModuleFromVariant(variant);

/** Each look at the clock is a millisecond, so that time is a number of looks and not of this machine's moments. */
function looks(): () => number {
  let ms = 0;
  return () => ms++;
}

async function run(code: string, input: Json = null, memoryBytesMax = MEMORY_BYTES): Promise<ProgramOutcome> {
  const { outcome, broken } = runProgram(
    machine,
    { code, input: JSON.stringify(input), timeoutMs: 2_000, memoryBytesMax },
    looks(),
  );
  if (broken) machine = await newQuickJSWASMModuleFromVariant(variant);
  return outcome;
}

async function output(code: string, input: Json = null): Promise<unknown> {
  const outcome = await run(code, input);
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
  return JSON.parse(outcome.output);
}

async function error(code: string, input: Json = null) {
  const outcome = await run(code, input);
  if (outcome.ok) throw new Error(`It was to fail, and returned ${outcome.output.slice(0, 100)}`);
  return outcome.error;
}

test("JSON goes in, JSON comes out", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await output("return input", value as Json)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 60 },
  );
});

test("a program may await, and gets the value of a promise that it returns", async () => {
  expect(await output("const n = await Promise.resolve(input + 1); return Promise.all([n, n])", 1)).toEqual([2, 2]);
});

test("dates become text, and members that are undefined are left out, as everywhere in JSON", async () => {
  expect(await output("return { at: new Date(0), note: input.note }", {})).toEqual({ at: "1970-01-01T00:00:00.000Z" });
});

test.each([
  ["return { list: [1, NaN] }", "The output.list[1] is NaN, which JSON cannot say"],
  ["return [undefined]", "The output[0] is undefined, which JSON cannot say"],
  ["input", "The output is undefined (does the code return a value?), which JSON cannot say"],
  ["return { f() {} }", "The output.f is a function, which JSON cannot say"],
  ["return { n: 1n }", "The output.n is a bigint, which JSON cannot say"],
  ["return Symbol.iterator", "The output is a symbol, which JSON cannot say"],
  ["return new Map([[1, 2]])", "The output is a Map, which JSON cannot say"],
  ["return { e: new Error('x') }", "The output.e is a Error, which JSON cannot say"],
  ["const a = {}; a.b = [a]; return a", "The output.b[0] is a circle: it contains itself, which JSON cannot say"],
])("%s is refused, and says where", async (code, message) => {
  expect(await error(code)).toEqual({ code: "code_output", message });
});

test("the same object twice is no circle", async () => {
  expect(await output("const a = { x: 1 }; return [a, a]")).toEqual([{ x: 1 }, { x: 1 }]);
});

test("what it throws is told with the lines of its own code", async () => {
  expect(
    await error("const total = (items) => items.map((item) => item.price.net);\n\nreturn total(input)", [{}]),
  ).toEqual({
    code: "code_threw",
    message: "TypeError: cannot read property 'net' of undefined",
    stack: expect.stringMatching(
      /^at <anonymous> \(code:1:\d+\)\nat map \(native\)\nat total \(code:1:\d+\)\nat <anonymous> \(code:3:\d+\)$/,
    ),
  });
});

test.each([
  ["throw 'no'", "no"],
  ["throw { reason: 1 }", '{"reason":1}'],
  ["throw null", "null"],
  ["await Promise.reject(new RangeError('far'))", "RangeError: far"],
])("%s says %s", async (code, message) => {
  expect(await error(code)).toMatchObject({ code: "code_threw", message });
});

test("code that cannot be read says where", async () => {
  expect(await error("const a = 1;\nreturn a +;")).toMatchObject({
    code: "code_syntax",
    message: expect.stringMatching(/^SyntaxError: /),
    stack: expect.stringContaining("code:2:"),
  });
  expect((await error("return '\0'")).code).toBe("code_syntax");
});

test.each([
  "for (;;) {}",
  "for (;;) { try { for (;;) {} } catch {} finally { continue } }",
  "for (;;) await 1",
  "const again = () => void Promise.resolve().then(again); again(); await new Promise(() => {})",
  "return { get a() { for (;;) {} } }",
  "return { toJSON() { for (;;) {} } }",
  "return { then() { for (;;) {} } }",
  "return new Proxy({}, { ownKeys() { for (;;) {} } })",
  "return /^(a+)+$/.test('a'.repeat(60) + 'b')",
  "(function () { for (;;) {} })()",
  "}); for (;;) {} (async function () {",
])("P7 %s ends at its time", async (code) => {
  expect((await error(code)).code).toBe("code_timeout");
});

test("P7 what it throws gets a moment to be shown, and not more", async () => {
  expect(await error("throw { get message() { for (;;) {} } }")).toEqual({
    code: "code_threw",
    message: "What the code threw takes too long to be shown",
  });
});

test.each([
  "const held = []; for (;;) held.push(new Uint8Array(65536))",
  "return new Array(2 ** 31).fill(0)",
  "return new ArrayBuffer(64 * 1024 * 1024).byteLength",
  "return 'x'.repeat(2 ** 28)",
])("P7 %s runs into its memory", async (code) => {
  expect((await error(code)).code).toBe("code_memory");
});

test("P7 promises that wait for each other without end run into one of the limits", async () => {
  // Which one: where memory ends, the machine may drop a job without a word.
  const { code } = await error("const longer = () => Promise.resolve().then(longer); await longer()");
  expect(["code_memory", "code_timeout", "code_unsettled"]).toContain(code);
});

test.each([
  "(function deeper() { deeper() })()",
  "const deeper = async () => { await deeper() }; await deeper()",
  "let o = {}; for (let i = 0; i < 50000; i++) o = { o }; return JSON.stringify(o)",
  "return [new Array(50000).fill('(').join('')].map((open) => new RegExp(open))",
])("P7 %s runs into its stack, and the machine goes on", async (code) => {
  const { outcome, broken } = runProgram(
    machine,
    { code, input: "null", timeoutMs: 20_000, memoryBytesMax: MEMORY_BYTES },
    looks(),
  );
  expect(outcome).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^code_(stack|threw)$/) } });
  expect(broken).toBe(false);
});

test("P7 a machine that a program broke is told to be broken, and what the program did is still an outcome", () => {
  // The parser of this machine loses count of its objects when its stack ends.
  const code = "return JSON.parse('['.repeat(50000))";
  const program = { code, input: "null", timeoutMs: 20_000, memoryBytesMax: MEMORY_BYTES };
  const { outcome, broken } = runProgram(machine, program, looks());
  expect(outcome).toMatchObject({ ok: false, error: { code: "code_stack" } });
  expect(broken).toBe(true);
});

test("what it returns is bounded in bytes and depth", async () => {
  expect(await run("return 'x'.repeat(9 * 1024 * 1024)", null, 64 * 1024 * 1024)).toMatchObject({
    ok: false,
    error: { code: "result_too_large" },
  });
  // Three bytes each outside, one character inside.
  expect(await run("return '\\u4e2d'.repeat(3 * 1024 * 1024)", null, 64 * 1024 * 1024)).toMatchObject({
    ok: false,
    error: { code: "result_too_large" },
  });
  expect((await error("let o = 1; for (let i = 0; i < 300; i++) o = [o]; return o")).code).toBe("code_output");
});

test("an input of eight megabytes fits", async () => {
  const text = "x".repeat(8 * 1024 * 1024 - 2);
  const outcome = await run("return input.length", text, memoryBytesOf(text.length));
  expect(outcome).toMatchObject({ ok: true, output: String(text.length) });
});

test("what awaits something that cannot happen says so", async () => {
  expect((await error("await new Promise(() => {})")).code).toBe("code_unsettled");
});

test("lines of console are kept, in bounds", async () => {
  const few = await run("console.log('total', { a: 1 }, [2], undefined, 3n); console.warn(new Error('x')); return 1");
  expect(few.logs).toEqual(['total {"a":1} [2] undefined 3', "Error: x"]);
  const odd = await run("console.log('a\\u0000b', '\\ud800', 'ä'); return 1");
  expect(odd.logs).toEqual(["a\u0000b \ud800 ä"]);
  const many = await run("for (let i = 0; i < 1000; i++) console.log(i); throw 1");
  expect(many.logs).toHaveLength(LOG_LINES_MAX + 1);
  expect(many.logs.at(-1)).toBe("… and 900 more");
  const long = await run("console.log('x'.repeat(100000)); console.log('y'); return 1");
  expect(long.logs.join("").length).toBeLessThanOrEqual(16 * 1024 + 20);
});
