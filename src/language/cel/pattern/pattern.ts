// Regular expressions of RE2's kind: what a pattern can ask is less than JavaScript allows (no look-around, no references back), and
// in return a match takes time proportional to text × pattern, whatever both are. The text is read once, with all states that the pattern
// may be in at the same time; there is nothing to go back to.
import { matcherOf, type Pattern } from "./match.ts";
import { Unfit } from "./piece.ts";
import { Reader } from "./reader.ts";
import { emit, Program } from "./states.ts";

export const PATTERN_MAX = 1_000;

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string };

const known = new Map<string, ParsedPattern>();

const KNOWN_MAX = 256;

/** The pattern of this text; the last few hundred are kept, because a pattern is used far more often than it is written. */
export function parsePattern(source: string): ParsedPattern {
  const before = known.get(source);
  if (before !== undefined) {
    return before;
  }
  const parsed = parse(source);
  const [oldest] = known.keys();
  if (known.size >= KNOWN_MAX && oldest !== undefined) {
    known.delete(oldest);
  }
  known.set(source, parsed);
  return parsed;
}

function parse(source: string): ParsedPattern {
  if (source.length > PATTERN_MAX) {
    return { ok: false, message: `The pattern has ${source.length} characters; ${PATTERN_MAX} are the most.` };
  }
  try {
    const reader = new Reader(source);
    const piece = reader.either(0);
    reader.expectEnd();
    const states = new Program();
    emit(piece, states);
    states.push({ kind: "match" });
    return { ok: true, pattern: matcherOf([...states]) };
  } catch (error) {
    if (error instanceof Unfit) {
      return { ok: false, message: `${JSON.stringify(source.slice(0, 100))} is not a pattern: ${error.message}` };
    }
    throw error;
  }
}
