/** Places in text count characters, as `size` does, and not halves of them. */
const HALVES = /[\uD800-\uDFFF]/;

/** The place in UTF-16 units of a place in characters. */
export function unitsAt(text: string, place: number): number {
  if (!HALVES.test(text)) {
    return place;
  }
  let units = 0;
  for (let i = 0; i < place && units < text.length; i++) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}

export function characters(text: string): number {
  if (!HALVES.test(text)) {
    return text.length;
  }
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}
