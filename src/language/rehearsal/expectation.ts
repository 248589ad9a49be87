import { compileExpression } from "../cel/expression.ts";
import type { Json } from "../definition.ts";
import type { Expected } from "./case-file.ts";
import { inputOf, type Rehearsal, type Rehearsed, type RehearsedStep } from "./rehearse.ts";

/** One thing that is not as expected. */
export interface Mismatch {
  /** Where: `output.total`, `steps.charge.attempts`, `that[0]`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** How what was rehearsed differs from what is expected; nothing: it does not. */
export function mismatches(expected: Expected, rehearsed: Rehearsed, rehearsal: Rehearsal): readonly Mismatch[] {
  if (rehearsed.problem !== undefined) {
    return [{ path: rehearsed.problem.path, expected: "an end of the run", actual: rehearsed.problem.message }];
  }
  const run = runOf(rehearsed);
  const found: Mismatch[] = [];
  for (const name of ["state", "output", "error", "emitted", "tasks", "requests", "calls", "response"] as const) {
    const wanted = expected[name];
    if (wanted !== undefined) {
      compare(name, wanted, run[name] ?? null, found);
    }
  }
  for (const [name, wanted] of Object.entries(expected.steps ?? {})) {
    const step = rehearsed.steps.find(({ path }) => path === name) ?? rehearsed.steps.find(({ id }) => id === name);
    compare(`steps.${name}`, wanted, step === undefined ? null : stepJson(step), found);
  }
  const took = run["took_ms"];
  if (expected.within_ms !== undefined && typeof took === "number" && took > expected.within_ms) {
    found.push({ path: "within", expected: `at most ${expected.within_ms} ms`, actual: `${took} ms` });
  }
  for (const [index, text] of (expected.that ?? []).entries()) {
    const why = unheld(text, rehearsed, rehearsal, run);
    if (why !== undefined) {
      found.push({ path: `that[${index}]`, expected: text, actual: why });
    }
  }
  return found;
}

/** The mismatches as text for people: one paragraph each. */
export function mismatchText(found: readonly Mismatch[]): string {
  return found
    .map(
      ({ path, expected, actual }) =>
        `${path === "" ? "the run" : path}\n  expected  ${expected}\n  but was   ${actual}`,
    )
    .join("\n");
}

/** Objects: the members that are written; lists: as many, element by element; the rest: equal. */
function compare(path: string, wanted: Json, actual: Json, found: Mismatch[]): void {
  if (isList(wanted)) {
    if (!isList(actual) || actual.length !== wanted.length) {
      const what = `${wanted.length} ${wanted.length === 1 ? "element" : "elements"}`;
      found.push({ path, expected: `${what}: ${shown(wanted)}`, actual: shown(actual) });
      return;
    }
    for (const [index, element] of wanted.entries()) {
      compare(`${path}[${index}]`, element, actual[index] ?? null, found);
    }
  } else if (isObject(wanted)) {
    if (!isObject(actual)) {
      found.push({ path, expected: shown(wanted), actual: shown(actual) });
      return;
    }
    for (const [name, member] of Object.entries(wanted)) {
      if (Object.hasOwn(actual, name)) {
        compare(`${path}.${name}`, member, actual[name] ?? null, found);
      } else {
        found.push({ path: `${path}.${name}`, expected: shown(member), actual: "nothing of this name" });
      }
    }
  } else if (wanted !== actual) {
    found.push({ path, expected: shown(wanted), actual: shown(actual) });
  }
}

function unheld(
  text: string,
  rehearsed: Rehearsed,
  rehearsal: Rehearsal,
  run: { readonly [name: string]: Json },
): string | undefined {
  const compiled = compileExpression(text);
  if (!compiled.ok) {
    return `no expression: ${compiled.faults.map(({ message }) => message).join(" ")}`;
  }
  const outputs = new Map(
    rehearsed.steps.flatMap(({ id, output }) => (output === undefined ? [] : [[id, output] as const])),
  );
  const evaluated = compiled.expression.evaluate({ input: inputOf(rehearsal), run, steps: outputs });
  if (!evaluated.ok) {
    return evaluated.error.message;
  }
  return evaluated.value === true ? undefined : shown(evaluated.value);
}

function runOf(rehearsed: Rehearsed): { readonly [name: string]: Json } {
  const { ending, emitted, tasks, requests, calls, response, startedAtMs, endedAtMs } = rehearsed;
  return plain({
    state: ending?.state ?? null,
    output: ending?.state === "completed" ? ending.output : null,
    error: ending?.state === "failed" ? ending.error : null,
    emitted,
    tasks,
    requests: requests.map(({ path, attempt, key, request }) => ({
      path,
      attempt,
      key,
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: request.body ?? null,
    })),
    calls,
    response: response ?? null,
    took_ms: endedAtMs - startedAtMs,
  });
}

function stepJson({ path, kind, state, attempts, startedAtMs, endedAtMs, output, error }: RehearsedStep): Json {
  const took_ms = endedAtMs === undefined ? null : endedAtMs - startedAtMs;
  return plain({ path, kind, state, attempts, took_ms, output: output ?? null, error: error ?? null });
}

/** Values of ours are JSON but for members that are undefined. */
function plain(value: object): { readonly [name: string]: Json } {
  return JSON.parse(JSON.stringify(value));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
