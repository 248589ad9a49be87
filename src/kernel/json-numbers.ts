// A number that is beyond a double has two hundred digits, or an exponent of three: nearly no text does, and only one that does is looked through.
const MAYBE_BEYOND = /(?<!\d)\d{200}|[eE]\+?0*[1-9]\d\d/;

/** Whether JSON may hold a number that is larger than a double can be: true is no more than a reason to look. */
export function mayBeOutOfRange(text: string): boolean {
  return MAYBE_BEYOND.test(text);
}

/**
 * Where parsed JSON holds a number that is larger than a double can be, as `1e400`: it was parsed as infinite, and would be written as null.
 * The names and indexes that lead there; undefined: there is none. `text` is what was parsed.
 */
export function numberOutOfRange(text: string, value: unknown): string[] | undefined {
  return mayBeOutOfRange(text) ? infiniteAt(value) : undefined;
}

/** Without recursion: what was parsed may be nested deeper than a stack is. */
function infiniteAt(value: unknown): string[] | undefined {
  interface Place {
    readonly value: unknown;
    readonly name: string;
    readonly of: Place | undefined;
  }
  const left: Place[] = [{ value, name: "", of: undefined }];
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { value: here } = place;
    if (typeof here === "number" && !Number.isFinite(here)) {
      const path: string[] = [];
      for (let at: Place = place; at.of !== undefined; at = at.of) path.push(at.name);
      return path.reverse();
    }
    if (typeof here !== "object" || here === null) continue;
    for (const [name, member] of Object.entries(here)) left.push({ value: member, name, of: place });
  }
  return undefined;
}
