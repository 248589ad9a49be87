import type { Json } from "../definition.ts";
import type { StepError } from "../journal.ts";

/** What the world answers to one attempt of a step: decided by a seed, the path and the attempt alone, so that two runs meet the same world. */
export interface Answer {
  /** From when it was first asked. Not a whole number: two answers never come at one instant. */
  readonly afterMs: number;
  readonly result: { readonly ok: true; readonly output: Json } | { readonly ok: false; readonly error: StepError };
  /** No answer at all: the step is waited for until its timeout. */
  readonly silent: boolean;
  /** Comes even when nobody waits for it any more. */
  readonly comesLate: boolean;
}

export type Script = (path: string, attempt: number) => Answer;

const FAILURES = [
  { class: "retryable", code: "http_503" },
  { class: "retryable", code: "connect" },
  { class: "retryable", code: "http_429" },
  { class: "timeout", code: "timeout" },
  { class: "ambiguous", code: "broke_off" },
  { class: "permanent", code: "http_404" },
  { class: "code", code: "threw" },
] as const;

/** `failing` of a hundred attempts fail. */
export function scriptOf(seed: number, failing: number): Script {
  return (path, attempt) => {
    const chance = (salt: string) => hash(`${seed}|${path}|${attempt}|${salt}`) / 2 ** 32;
    const fails = chance("fails") * 100 < failing;
    const failure = FAILURES[Math.floor(chance("how") * FAILURES.length)] ?? FAILURES[0];
    return {
      afterMs: 0.1 + chance("after") * 4000,
      result: fails
        ? { ok: false, error: { ...failure, message: `Scripted: ${failure.code}.`, path } }
        : { ok: true, output: { n: Math.floor(chance("n") * 1000), from: path } },
      silent: chance("silent") < 0.15,
      comesLate: chance("late") < 0.5,
    };
  };
}

/** FNV-1a, stirred. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
