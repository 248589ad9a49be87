/**
 * Names of things. In the database an id is a UUIDv7; outside it is a TypeID (github.com/jetify-com/typeid, spec 0.3):
 * a prefix that says what it names, `_`, and the 128 bits as 26 characters of lower-case Crockford base32. Both texts
 * sort as the bits do, so the order of ids is the order of time in either form.
 *
 * Every event passes here several times, so the work is table look-ups over char codes: no BigInt, no regular expression.
 */

/** What an id names: application, endpoint, event (*message* on the wire), attempt, source, delivery, secret, rejection, API key, portal session, audit record, background task (Svix's prefix), flow, run, task, worker. */
export type IdPrefix =
  | "app"
  | "ep"
  | "msg"
  | "atmpt"
  | "src"
  | "dlv"
  | "sec"
  | "rej"
  | "key"
  | "psn"
  | "aud"
  | "qtask"
  | "flow"
  | "run"
  | "task"
  | "wkr";

const MS_MAX = 2 ** 48 - 1;
const UUID_LENGTH = 36;
const BODY_LENGTH = 26;
const NOT_A_DIGIT = 255;

const BASE32 = "0123456789abcdefghjkmnpqrstvwxyz";
const HEX = "0123456789abcdef";

/** The 32 digits of a uuid's text, without its dashes. */
const HEX_AT = new Uint8Array(
  [...Array(UUID_LENGTH).keys()].filter((i) => i !== 8 && i !== 13 && i !== 18 && i !== 23),
);
/** Ten bits to two base32 digits: 13 look-ups make a body. */
const BASE32_PAIRS = [...BASE32].flatMap((a) => [...BASE32].map((b) => a + b));
/** Eight bits to two hexadecimal digits: 16 look-ups make a uuid. */
const HEX_PAIRS = [...HEX].flatMap((a) => [...HEX].map((b) => a + b));
const HEX_VALUE = digitValues(HEX, HEX.toUpperCase());
const BASE32_VALUE = digitValues(BASE32);

function digitValues(...alphabets: string[]): Uint8Array {
  const values = new Uint8Array(256).fill(NOT_A_DIGIT);
  for (const alphabet of alphabets) {
    for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  }
  return values;
}

/**
 * A new UUIDv7 in canonical lower-case text. Within one process each is greater than the one before while the clock does
 * not step back: Bun counts in the 12 bits after the milliseconds. Between processes only the millisecond orders.
 */
export function newId(): string {
  return Bun.randomUUIDv7();
}

/** A new UUIDv7 of the given moment (integer milliseconds since 1970, as Date.now() tells). Throws outside 48 bits. */
export function newIdAt(ms: number): string {
  return Bun.randomUUIDv7("hex", checkedMs(ms));
}

/** The milliseconds since 1970 inside a UUIDv7. Throws on text that is not a uuid. */
export function idTimeMs(uuid: string): number {
  let ms = 0;
  if (!isUuid(uuid)) throw notAUuid("read the time of", uuid);
  for (let i = 0; i < 12; i++) ms = ms * 16 + hexDigit(uuid, i);
  return ms;
}

/** The smallest UUIDv7 of a millisecond: partitions begin there, and time ranges become ranges of ids. */
export function uuidLowerBound(ms: number): string {
  const hex = checkedMs(ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Whether a text is a uuid as PostgreSQL prints it (dashes in place; either case; any version). */
export function isUuid(text: string): boolean {
  if (text.length !== UUID_LENGTH) return false;
  if (text[8] !== "-" || text[13] !== "-" || text[18] !== "-" || text[23] !== "-") return false;
  for (let i = 0; i < 32; i++) if (hexDigit(text, i) === NOT_A_DIGIT) return false;
  return true;
}

/** The TypeID of a uuid: `publicId("msg", "01890a5d-ac96-774b-bcce-b302099a8057")` is `msg_01h455vb4pex5vsknk084sn02q`. Throws on text that is not a uuid. */
export function publicId(prefix: IdPrefix, uuid: string): string {
  if (!isUuid(uuid)) throw notAUuid(`make a public ${prefix} id of`, uuid);
  // 26 digits hold 130 bits: the 128 stand at the low end, behind two zero bits.
  let bits = 0;
  let count = 2;
  let text = `${prefix}_`;
  for (let i = 0; i < 32; i++) {
    bits = (bits << 4) | hexDigit(uuid, i);
    count += 4;
    if (count >= 10) {
      count -= 10;
      text += BASE32_PAIRS[bits >>> count];
      bits &= (1 << count) - 1;
    }
  }
  return text;
}

/**
 * The uuid inside a TypeID, or undefined when the text is not a TypeID of this prefix: another prefix, another length, a
 * character outside the lower-case alphabet, or more than 128 bits (a first digit above 7).
 */
export function parsePublicId(prefix: IdPrefix, text: string): string | undefined {
  const from = prefix.length + 1;
  if (text.length !== from + BODY_LENGTH || !text.startsWith(prefix) || text.charCodeAt(prefix.length) !== 0x5f)
    return undefined;
  let bits = base32Digit(text, from);
  if (bits > 7) return undefined;
  let count = 3;
  let uuid = "";
  for (let i = 1, bytes = 0; i < BODY_LENGTH; i++) {
    const digit = base32Digit(text, from + i);
    if (digit === NOT_A_DIGIT) return undefined;
    bits = (bits << 5) | digit;
    count += 5;
    if (count >= 8) {
      count -= 8;
      uuid += HEX_PAIRS[bits >>> count];
      bits &= (1 << count) - 1;
      bytes++;
      if (bytes === 4 || bytes === 6 || bytes === 8 || bytes === 10) uuid += "-";
    }
  }
  return uuid;
}

function hexDigit(uuid: string, i: number): number {
  return HEX_VALUE[uuid.charCodeAt(HEX_AT[i] ?? 0)] ?? NOT_A_DIGIT;
}

function base32Digit(text: string, at: number): number {
  return BASE32_VALUE[text.charCodeAt(at)] ?? NOT_A_DIGIT;
}

function checkedMs(ms: number): number {
  if (Number.isInteger(ms) && ms >= 0 && ms <= MS_MAX) return ms;
  throw new RangeError(
    `Cannot put the time ${ms} into a UUIDv7: it should be whole milliseconds between 0 and ${MS_MAX}`,
  );
}

function notAUuid(attempt: string, text: string): TypeError {
  return new TypeError(`Cannot ${attempt} ${JSON.stringify(text)}: it is not a uuid`);
}
