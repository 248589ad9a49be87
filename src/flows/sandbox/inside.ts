import { LOG_CHARS_MAX, MESSAGE_CHARS_MAX, OUTPUT_BYTES_MAX, OUTPUT_DEPTH_MAX } from "./limits.ts";

/**
 * The only code of ours inside the virtual machine, run before the program in the same global scope; it is text because it is
 * another world's. It keeps the builtins that it needs, so that a program that replaces them fools itself and nobody else: all
 * that leaves is a string, which is parsed outside.
 *
 * Evaluates to `(tell) => [parse, run, describe]`: `run(program, input)` is a promise of the output as JSON, `describe(reason)` is
 * the JSON of `{ kind, message, stack }`, and `tell(json)` is the one function of the host, reachable through `console` alone.
 */
export const INSIDE = `(function () {
"use strict";
const { parse, stringify } = JSON;
const { apply, ownKeys } = Reflect;
const { isArray } = Array;
const { create, keys, prototype: { toString: tagOf } } = Object;
const { isFinite } = Number;
const { slice } = String.prototype;
const { has, add, delete: remove } = Set.prototype;
const { push, pop } = Array.prototype;
const text = String;
const Under = Set;
const cut = (value, length) => apply(slice, value, [0, length]);

class NotJson extends Error {}
class TooLarge extends Error {}

function serialise(root) {
  const under = new Under();
  const at = [];
  const refuse = (what) => {
    let where = "The output";
    for (let i = 0; i < at.length; i++) where += typeof at[i] === "number" ? "[" + at[i] + "]" : "." + at[i];
    throw new NotJson(cut(where, 200) + " is " + what + ", which JSON cannot say");
  };
  const copy = (value, depth) => {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return isFinite(value) ? value : refuse(text(value));
      case "undefined":
        return refuse(depth === 0 ? "undefined (does the code return a value?)" : "undefined");
      case "object":
        break;
      default:
        return refuse("a " + typeof value);
    }
    if (value === null) return null;
    if (depth >= ${OUTPUT_DEPTH_MAX}) return refuse("nested more than ${OUTPUT_DEPTH_MAX} deep");
    if (apply(has, under, [value])) return refuse("a circle: it contains itself");
    apply(add, under, [value]);
    let copied;
    const own = value.toJSON;
    if (typeof own === "function") {
      copied = copy(apply(own, value, []), depth + 1);
    } else if (isArray(value)) {
      copied = [];
      const length = value.length;
      for (let i = 0; i < length; i++) {
        apply(push, at, [i]);
        apply(push, copied, [copy(value[i], depth + 1)]);
        apply(pop, at, []);
      }
    } else {
      const tag = apply(tagOf, value, []);
      if (tag !== "[object Object]") return refuse("a " + tag.slice(8, -1));
      copied = create(null);
      const names = keys(value);
      for (let i = 0; i < names.length; i++) {
        const member = value[names[i]];
        if (member === undefined) continue;
        apply(push, at, [names[i]]);
        copied[names[i]] = copy(member, depth + 1);
        apply(pop, at, []);
      }
    }
    apply(remove, under, [value]);
    return copied;
  };
  const json = stringify(copy(root, 0));
  if (json.length > ${OUTPUT_BYTES_MAX}) throw new TooLarge("The code returned " + json.length + " bytes or more");
  return json;
}

function describe(reason) {
  const told = { kind: "thrown", message: "", stack: "" };
  try {
    if (reason instanceof NotJson) {
      told.kind = "output";
      told.message = reason.message;
    } else if (reason instanceof TooLarge) {
      told.kind = "large";
      told.message = reason.message;
    } else if (typeof reason === "object" && reason !== null && "message" in reason) {
      const name = text(reason.name);
      told.message = cut(name + ": " + text(reason.message), ${MESSAGE_CHARS_MAX});
      told.stack = cut(text(reason.stack), 100000);
      if (name === "InternalError" && reason.message === "out of memory") told.kind = "memory";
      // The parser of JSON says it with a SyntaxError.
      if ((name === "InternalError" || name === "SyntaxError") && reason.message === "stack overflow") told.kind = "stack";
    } else {
      told.message = cut(typeof reason === "string" ? reason : text(stringify(reason)), ${MESSAGE_CHARS_MAX});
    }
  } catch {
    told.message = "What it threw cannot be shown";
  }
  return stringify(told);
}

return function (tell) {
  const shown = (value) => {
    if (typeof value === "string") return value;
    if (value instanceof Error) return text(value);
    try {
      const json = stringify(value);
      return json === undefined ? text(value) : json;
    } catch {
      return text(value);
    }
  };
  const log = (...values) => {
    let line = "";
    for (let i = 0; i < values.length && line.length < ${LOG_CHARS_MAX}; i++) line += (i === 0 ? "" : " ") + shown(values[i]);
    tell(stringify(cut(line, ${LOG_CHARS_MAX})));
  };
  globalThis.console = { log, debug: log, info: log, warn: log, error: log };
  return [parse, async (program, input) => serialise(await program(input)), describe];
};
})()`;
