export interface Token {
  readonly kind: "key" | "string" | "number" | "word" | "plain";
  readonly text: string;
}

const CHARS_MAX = 4_000;

/** One line of laid-out JSON in its parts, for colouring. A very long line stays plain. */
export function tokensOf(line: string): readonly Token[] {
  if (line.length > CHARS_MAX) return [{ kind: "plain", text: line }];
  const tokens: Token[] = [];
  let at = 0;
  for (const match of line.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g)) {
    if (match.index > at) tokens.push({ kind: "plain", text: line.slice(at, match.index) });
    const [whole, string, colon] = match;
    if (string !== undefined) {
      tokens.push({ kind: colon === undefined ? "string" : "key", text: string });
      if (colon !== undefined) tokens.push({ kind: "plain", text: colon });
    } else tokens.push({ kind: /^[-\d]/.test(whole) ? "number" : "word", text: whole });
    at = match.index + whole.length;
  }
  if (at < line.length) tokens.push({ kind: "plain", text: line.slice(at) });
  return tokens;
}
