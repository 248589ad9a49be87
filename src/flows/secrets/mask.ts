import type { Json } from "#language";

const MASK = "•••";

/**
 * What came back of a request, before it is recorded: the values of the secrets that went with it are masked wherever they stand, as they
 * are, in base64 and as parts of URLs. Gives the same value when there is nothing to mask, which is nearly always.
 */
export function maskSecrets(values: Iterable<string>, json: Json): Json {
  const forms = formsOf(values);
  if (forms.length === 0) return json;
  return masked(json, forms);
}

/**
 * The beginning of a text, in at most `bytesMax` bytes, masked before it is cut: a value that stands across the cut would leave its beginning.
 * `isCut`: the text itself was cut before, so that at its end a value may have begun.
 */
export function maskedBeginning(values: Iterable<string>, text: string, bytesMax: number, isCut: boolean): string {
  const forms = formsOf(values);
  const shown = maskedText(text, forms);
  const whole = isCut ? shown.slice(0, shown.length - begunAtEnd(shown, forms)) : shown;
  // A character that does not fit whole is left out.
  return Buffer.from(whole)
    .subarray(0, bytesMax)
    .toString()
    .replace(/\ufffd$/u, "");
}

/** So many characters at the end of the text are the beginning of one of these. */
function begunAtEnd(text: string, forms: readonly string[]): number {
  let longest = 0;
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(form.slice(0, length))) longest = length;
    }
  }
  return longest;
}

/** Longest first, so that one form that is the beginning of another leaves no rest of it. */
function formsOf(values: Iterable<string>): readonly string[] {
  const forms = new Set<string>();
  for (const value of values) {
    if (value === "") continue;
    forms.add(value);
    forms.add(Buffer.from(value).toString("base64"));
    forms.add(Buffer.from(value).toString("base64url"));
    forms.add(encodeURIComponent(value));
    // As it stands inside JSON that somebody quotes in a text.
    forms.add(JSON.stringify(value).slice(1, -1));
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

function maskedText(text: string, forms: readonly string[]): string {
  let shown = text;
  for (const form of forms) if (shown.includes(form)) shown = shown.replaceAll(form, MASK);
  return shown;
}

function masked(json: Json, forms: readonly string[]): Json {
  if (typeof json === "string") return maskedText(json, forms);
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) {
    let changed = false;
    const items = (json as readonly Json[]).map((item) => {
      const shown = masked(item, forms);
      changed ||= shown !== item;
      return shown;
    });
    return changed ? items : json;
  }
  let changed = false;
  const members = Object.entries(json).map(([name, member]): [string, Json] => {
    const shown: [string, Json] = [maskedText(name, forms), masked(member, forms)];
    changed ||= shown[0] !== name || shown[1] !== member;
    return shown;
  });
  // `fromEntries` defines members: `__proto__` stays a name like any other.
  return changed ? Object.fromEntries(members) : json;
}
