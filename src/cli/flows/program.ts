import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ImportModule } from "../operator/session.ts";

/** What a program that should make a definition said instead, and where in it: from 1, as far as it is known. */
export interface ProgramFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

export type Made =
  | { readonly ok: true; readonly definition: unknown }
  | { readonly ok: false; readonly fault: ProgramFault };

/** Runs a `.ts` file of the user's and takes its default export, as JSON, for a definition. Whatever it throws is its fault, and told. */
export async function runDefinition(path: string, importModule: ImportModule): Promise<Made> {
  const file = resolve(path);
  try {
    const { default: made } = await importModule(pathToFileURL(file).href);
    if (typeof made === "object" && made !== null) {
      return { ok: true, definition: JSON.parse(JSON.stringify(made, onlyFinite)) };
    }
    const message = "It has no default export that is a definition; `export default flow(…)` makes one";
    return { ok: false, fault: { message } };
  } catch (error) {
    return { ok: false, fault: faultOf(error, file) };
  }
}

/** Written as JSON a number that is none becomes null: it is told instead. */
function onlyFinite(name: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new RangeError(`${name} is ${value}, which is no JSON`);
  return value;
}

function faultOf(error: unknown, file: string): ProgramFault {
  // What does not parse is thrown as one error that holds a fault for each place; the first is the cause of most that follow.
  const [first = error] = error instanceof AggregateError ? error.errors : [];
  const message = `It cannot be run: ${first instanceof Error ? first.message : first}`;
  const at = placeOf(first);
  if (at === undefined) return { message };
  const { line, column } = at;
  return at.file === file ? { message, line, column } : { message: `${message} (${at.file}:${line}:${column})` };
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Of a fault of the parser, its position; of an error that was thrown, the first place that is a user's file. */
function placeOf(error: unknown): Place | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("position" in error && isPlace(error.position)) return error.position;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const [, file = "", line, column] of stack.matchAll(/^\s+at (?:.*\()?(?:file:\/\/)?(\/.+):(\d+):(\d+)\)?$/gm)) {
    if (!file.startsWith(OURS) && !file.includes("/node_modules/"))
      return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** A fault that the builder throws comes from the line of the user's that called it. */
const OURS = resolve(import.meta.dirname, "../..");

const isPlace = (value: unknown): value is Place =>
  typeof value === "object" && value !== null && "file" in value && "line" in value && "column" in value;
