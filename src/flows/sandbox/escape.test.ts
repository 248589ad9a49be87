import { expect, test } from "bun:test";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
import type { Json } from "#language";
import { MEMORY_BYTES } from "./limits.ts";
import { runProgram } from "./program.ts";

const machine = await newQuickJSWASMModuleFromVariant(variant);

function run(code: string, input: Json = null) {
  let looks = 0;
  const program = { code, input: JSON.stringify(input), timeoutMs: 5_000, memoryBytesMax: MEMORY_BYTES };
  const { outcome, broken } = runProgram(machine, program, () => looks++);
  expect(broken).toBe(false);
  return outcome.ok ? JSON.parse(outcome.output) : outcome.error.message;
}

const HOST = [
  "process", "require", "module", "Bun", "fetch", "WebSocket", "XMLHttpRequest", "setTimeout", "setInterval", "setImmediate",
  "queueMicrotask", "WebAssembly", "Worker", "postMessage", "onmessage", "performance", "crypto", "navigator", "std", "os",
  "scriptArgs", "print", "load", "gc", "tell", "Atomics",
]; // biome-ignore format: a list of names

test("P8 nothing of the host has a name inside", () => {
  expect(run(`return ${JSON.stringify(HOST)}.filter((name) => name in globalThis)`)).toEqual([]);
});

test("P8 everything that can be reached from the global object is the language's own, and console", () => {
  const own = run("return Object.getOwnPropertyNames(globalThis).filter((name) => !/^[A-Z]/.test(name)).sort()");
  expect(own).toEqual([
    "console", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "eval", "globalThis", "isFinite",
    "isNaN", "parseFloat", "parseInt", "undefined", "unescape",
  ]); // biome-ignore format: a list of names
});

test.each([
  "return this.constructor.constructor('return process')()",
  "return (() => {}).constructor('return this')().process.env",
  "return Function('return this')().process.env",
  "return (async () => {}).constructor('return process')()",
  "return (function* () {}).constructor('return process')().next()",
  "return console.log.constructor('return process')()",
  "return input.constructor.constructor('return process')()",
  "return (0, eval)('process')",
  "return new Function('return require(\"fs\")')()",
  "return (await import('fs')).readFileSync('/etc/passwd')",
  "return (await import('/etc/passwd'))",
  "return (await import('data:text/javascript,export default 1'))",
  "return globalThis.constructor.constructor('return Bun')()",
  "try { null.x } catch (error) { return error.constructor.constructor('return process')() }",
  "return new Proxy({}, { get: () => Function('return process')() }).x",
  "return Reflect.construct(Function, ['return process'])()",
  "return [].filter.constructor('return process')()",
  "return Promise.resolve().constructor.constructor('return process')()",
])("P8 %s reaches nothing", (code) => {
  const told = run(code, {});
  expect(typeof told === "string" ? told : JSON.stringify(told)).toMatch(
    /not defined|undefined|could not load module|no imports|cannot|not a function|not extensible/i,
  );
});

test("P8 a stack holds no frame, no file and no function of the host", () => {
  const stack = run("return new Error('x').stack");
  expect(stack).not.toMatch(/posthorn\/|\.ts|file:|node_modules|emscripten/);
  const frames = run(`
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error("x").stack;
    return Array.isArray(sites) ? sites.map((site) => typeof site.getThis?.() + typeof site.getFunction?.()) : typeof sites`);
  expect(JSON.stringify(frames)).not.toContain("object");
});

test("P8 what one program leaves behind, the next does not find", () => {
  run(`
    globalThis.left = 1;
    Object.prototype.left = 2;
    Array.prototype.map = () => "mine";
    JSON.parse = JSON.stringify = () => "mine";
    Promise.prototype.then = () => "mine";
    Reflect.apply = () => "mine";
    console.log = () => "mine";
    return 1`);
  expect(run("return [typeof left, typeof {}.left, [1].map(String), JSON.parse('[2]')]")).toEqual([
    "undefined",
    "undefined",
    ["1"],
    [2],
  ]);
});

test("P8 a program that replaces the builtins fools itself alone: what comes out is JSON all the same", () => {
  expect(run("JSON.stringify = () => '{'; return { a: 1 }")).toEqual({ a: 1 });
  expect(run("Array.prototype.toJSON = () => 'x'; return [1]")).toBe("x");
  expect(run("Set.prototype.has = () => true; Object.keys = () => ['z']; return { a: 1 }")).toEqual({ a: 1 });
  expect(run("String.prototype.slice = () => { throw 1 }; throw new Error('x')")).toBe("Error: x");
  expect(run("Error.prototype.toString = () => { throw 1 }; Object.prototype.message = 'p'; throw { a: 1 }")).toMatch(
    /p/,
  );
});

test("P8 __proto__ is a name like any other, in what goes in and in what comes out", () => {
  const hostile = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
  expect(run("return [input.polluted === undefined, {}.polluted === undefined, Object.keys(input)]", hostile)).toEqual([
    true,
    true,
    ["__proto__", "constructor"],
  ]);
  const back = run("return input", hostile);
  expect(Object.keys(back)).toEqual(["__proto__", "constructor"]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(run('return JSON.parse(\'{"__proto__":{"a":1}}\')')).toEqual(JSON.parse('{"__proto__":{"a":1}}'));
});

test("P8 a getter or a proxy is read once: it cannot show one thing to the check and another to the writer", () => {
  expect(run("let n = 0; return { get a() { n++; return n === 1 ? 1 : () => {} } }")).toEqual({ a: 1 });
  const two =
    "let n = 0; return new Proxy({ a: 1 }, { get: (_, name) => (name === 'a' ? (n++ === 0 ? 1 : 1n) : undefined) })";
  expect(run(two)).toEqual({ a: 1 });
});

test("P8 traps and getters that throw are an error of the program", () => {
  expect(run("return { get a() { throw new Error('mine') } }")).toBe("Error: mine");
  expect(run("return new Proxy({}, { ownKeys() { throw new Error('mine') } })")).toBe("Error: mine");
  expect(run("return new Proxy([], { get() { throw new Error('mine') } })")).toBe("Error: mine");
  expect(run("throw new Proxy({}, { get() { throw 1 }, has() { throw 2 } })")).toBe("What it threw cannot be shown");
  expect(run("return { then(resolve) { throw new Error('mine') } }")).toBe("Error: mine");
});

test("P8 eval and shared memory are the language's own, and give nothing more", () => {
  expect(run("return eval('1 + 1')")).toBe(2);
  expect(run("return new SharedArrayBuffer(8).byteLength")).toBe(8);
  expect(run("return new SharedArrayBuffer(2 ** 30).byteLength")).toMatch(/may allocate/);
});

test("P8 code that closes the function around it is still inside the same world", () => {
  expect(run("}); globalThis.z = 1; (async function (input) { return [typeof process, z]")).toEqual(["undefined", 1]);
});

test("P8 finalizers and weak references hold nothing past the call", () => {
  expect(run("new FinalizationRegistry(() => { for (;;) {} }).register({}, 1); new WeakRef({}); return 1")).toBe(1);
});
