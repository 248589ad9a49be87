import { isUtf8 } from "node:buffer";
import { mayBeOutOfRange, valueEnd } from "#kernel";

const [SPACE, QUOTE, COMMA, MINUS, ZERO, NINE, COLON] = [0x20, 0x22, 0x2c, 0x2d, 0x30, 0x39, 0x3a];
const [BRACKET_OPEN, BACKSLASH, BRACKET_CLOSE, BRACE_OPEN, BRACE_CLOSE, DELETE] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f];
const DIGITS_MAX = 15;

/**
 * Reads JSON of a known shape out of its bytes, once and without making values of it: what a client put into a task is sliced out and kept as
 * it is. It knows plain JSON only: texts without escapes, whole numbers, no member that was not expected or comes twice. Each method
 * answers false or undefined when it is not plain there, and then nothing more is to be asked of it: the body is to be read in the
 * other way, which knows all of JSON and can say what is wrong.
 */
export class PlainJson {
  readonly #body: Buffer;
  #at = 0;
  #depth = 0;

  constructor(body: Uint8Array) {
    this.#body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  /** Reads the document; `root` reads its only value. */
  static read(body: Uint8Array, root: (json: PlainJson) => boolean): boolean {
    if (!isUtf8(body)) return false;
    const json = new PlainJson(body);
    return root(json) && json.#next() === undefined;
  }

  /** An object; `read` takes the value of the member of that name. */
  members(read: (name: string) => boolean): boolean {
    if (!this.#take(BRACE_OPEN)) return false;
    if (this.#take(BRACE_CLOSE)) return true;
    this.#depth++;
    do {
      const name = this.text();
      if (name === undefined || !this.#take(COLON) || !read(name)) return false;
    } while (this.#take(COMMA));
    this.#depth--;
    return this.#take(BRACE_CLOSE);
  }

  /** An array of 1 to `max` items. */
  items(max: number, read: () => boolean): boolean {
    if (!this.#take(BRACKET_OPEN)) return false;
    this.#depth++;
    let n = 0;
    do {
      if (++n > max || !read()) return false;
    } while (this.#take(COMMA));
    this.#depth--;
    return this.#take(BRACKET_CLOSE);
  }

  /** A text of printable ASCII without escapes. */
  text(): string | undefined {
    if (!this.#take(QUOTE)) return undefined;
    const body = this.#body;
    const start = this.#at;
    for (let i = start; ; i++) {
      const c = body[i];
      if (c === QUOTE) {
        this.#at = i + 1;
        return body.toString("latin1", start, i);
      }
      if (c === undefined || c < SPACE || c >= DELETE || c === BACKSLASH) return undefined;
    }
  }

  /** A whole number of at most 15 digits. */
  integer(): number | undefined {
    const isNegative = this.#next() === MINUS;
    const start = isNegative ? this.#at + 1 : this.#at;
    let i = start;
    let n = 0;
    for (let c = this.#body[i]; c !== undefined && c >= ZERO && c <= NINE; c = this.#body[++i]) n = n * 10 + (c - ZERO);
    const digits = i - start;
    if (digits === 0 || digits > DIGITS_MAX || (digits > 1 && this.#body[start] === ZERO)) return undefined;
    this.#at = i;
    return isNegative ? -n : n;
  }

  /** The bytes of any value. */
  span(): Uint8Array | undefined {
    if (this.#next() === undefined) return undefined;
    const start = this.#at;
    const end = valueEnd(this.#body, start, this.#depth);
    if (end === undefined || mayBeOutOfRange(this.#body.toString("latin1", start, end))) return undefined;
    this.#at = end;
    return this.#body.subarray(start, end);
  }

  isTrue(): boolean {
    if (this.#next() === undefined || this.#body.toString("latin1", this.#at, this.#at + 4) !== "true") return false;
    this.#at += 4;
    return true;
  }

  /** The byte after the space that is here. */
  #next(): number | undefined {
    for (;;) {
      const c = this.#body[this.#at];
      if (c !== SPACE && c !== 0x0a && c !== 0x0d && c !== 0x09) return c;
      this.#at++;
    }
  }

  #take(byte: number): boolean {
    if (this.#next() !== byte) return false;
    this.#at++;
    return true;
  }
}
