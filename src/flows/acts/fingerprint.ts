import { createHash } from "node:crypto";
import type { StepError } from "#language";

/** Of a message, so much counts: what differs later differs by chance. */
const MESSAGE_LENGTH_MAX = 300;

/**
 * By what failures look alike: the code of the error, the step with its item left out, and the message without what differs
 * from run to run. A UUID (version 8) made of their SHA-256. Pure; never fails.
 */
export function fingerprintOf(error: Pick<StepError, "code" | "message" | "path">): string {
  const parts = [error.code, stepOf(error.path ?? ""), normalMessage(error.message)];
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A step whatever item it did: `orders[12].charge` is `orders[*].charge`. */
export function stepOf(path: string): string {
  return path.replace(/\[\d+\]/g, "[*]");
}

/**
 * A message without what differs from run to run: quoted values, ids, numbers, times, addresses. What is left is the sentence of
 * whoever wrote it, cut to a bound.
 */
export function normalMessage(message: string): string {
  return (
    message
      // Bounded first: a message may be as long as a result.
      .slice(0, 4 * MESSAGE_LENGTH_MAX)
      .replace(/"(?:[^"\\]|\\.)*"?|`[^`]*`?|(?<!\w)'[^']*'/g, "…")
      .replace(/\bhttps?:\/\/\S+/g, "…")
      // Words with a digit in them: numbers, UUIDs, public ids, dates, hex. `http` and `utf` are words, `a1b2` is an id.
      .replace(/[\w.:+-]*\d[\w.:+-]*/g, "#")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, MESSAGE_LENGTH_MAX)
  );
}
