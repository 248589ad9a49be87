import { isHeaderName } from "./headers.ts";

/** A response head may have this many bytes, interim responses included; servers commonly stop at 8 to 16 kB. */
export const HEAD_BYTES_MAX = 65_536;
/** Of the header fields this many characters are kept for the record. */
const HEADER_CHARS_KEPT = 16_384;
const HEADER_FIELDS_KEPT = 256;
/** A body that drips in is joined now and then: an object per byte would cost more than the body. */
const PIECES_MAX = 32;
const INTERIM_RESPONSES_MAX = 16;
/** A chunk-size line or the trailer section: nobody needs more. */
const CHUNK_LINE_BYTES_MAX = 8_192;
const NOTHING = new Uint8Array(0);

/** Where the reader stands. `done` says in `truncated` and `reusable` what that means. */
export type Progress = "more" | "done" | "invalid";

type Framing = "none" | "length" | "chunked" | "until_close";
type Stage =
  | "head"
  | "length"
  | "chunk_size"
  | "chunk_data"
  | "chunk_end"
  | "trailers"
  | "until_close"
  | "done"
  | "invalid";

/**
 * Reads one HTTP/1.1 response (RFC 9112) out of bytes as they arrive, however they are cut, up to a cap on its body.
 * Knows nothing of sockets and time.
 *
 * Strict where a mistake could make two messages of one (lengths that differ, codings it does not know, white space
 * before a colon), lenient where it could not (line ends without CR, any reason phrase).
 */
export class ResponseReader {
  status = 0;
  headers: [string, string][] = [];
  /** The body was longer than the cap; what is above it was not read. */
  truncated = false;
  /** After `invalid`: what was wrong. */
  fault = "";
  #stage: Stage = "head";
  #head = "";
  #headBytes = 0;
  #interim = 0;
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Bytes of the body, or of the chunk, still to come. */
  #remaining = 0;
  #line = "";
  #lineBytes = 0;
  #persistent = false;
  #excess = false;
  readonly #isHead: boolean;
  readonly #bytesMax: number;

  /** @param isHead whether the request was a HEAD, whose response has no body whatever it announces. */
  constructor(isHead: boolean, bytesMax: number) {
    this.#isHead = isHead;
    this.#bytesMax = bytesMax;
  }

  /** Whether the final status and all header fields have come. */
  get hasHead(): boolean {
    return this.status !== 0;
  }

  /** Whether the connection may carry another request: the message ended by itself and nothing came after it. */
  get reusable(): boolean {
    return this.#stage === "done" && this.#persistent && !this.truncated && !this.#excess;
  }

  /** The body as far as it came; a copy that holds nothing else. */
  body(): Uint8Array {
    const [only] = this.#pieces;
    if (only === undefined) return NOTHING;
    if (this.#pieces.length === 1) return only;
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    return bytes;
  }

  feed(bytes: Buffer): Progress {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#stage) {
        case "head":
          at = this.#readHead(bytes, at);
          break;
        case "length":
        case "chunk_data":
          at = this.#readCounted(bytes, at);
          break;
        case "until_close":
          this.#keep(bytes, at, bytes.length);
          at = bytes.length;
          break;
        case "chunk_size":
        case "chunk_end":
        case "trailers":
          at = this.#readLine(bytes, at);
          break;
        case "done":
          this.#excess = true;
          return "done";
        case "invalid":
          return "invalid";
      }
    }
    return this.#progress();
  }

  /** The peer closed in an orderly way: the end of a body without length or chunks, and of nothing else. */
  end(): Progress {
    this.#persistent = false;
    if (this.#stage === "until_close") this.#stage = "done";
    return this.#progress();
  }

  #progress(): Progress {
    if (this.#stage === "done" || this.#stage === "invalid") return this.#stage;
    return "more";
  }

  #invalid(fault: string): void {
    this.fault = fault;
    this.#stage = "invalid";
  }

  #readHead(bytes: Buffer, from: number): number {
    const before = this.#head.length;
    this.#head += bytes.toString("latin1", from, Math.min(bytes.length, from + HEAD_BYTES_MAX + 1));
    const head = this.#head;
    if (!"HTTP/1.".startsWith(head.slice(0, 7))) {
      this.#invalid("it is not HTTP/1");
      return bytes.length;
    }
    // A line end may straddle what came before; looking back three characters finds it and keeps a drip linear.
    const end = endOfHead(head, Math.max(0, before - 3));
    if (this.#headBytes + (end === undefined ? head.length : end.next) > HEAD_BYTES_MAX) {
      this.#invalid(`its head has more than ${HEAD_BYTES_MAX} bytes`);
      return bytes.length;
    }
    if (end === undefined) return bytes.length;
    this.#headBytes += end.next;
    this.#head = "";
    const wrong = this.#parseHead(head.slice(0, end.at));
    if (wrong !== undefined) this.#invalid(wrong);
    return from + end.next - before;
  }

  /** Takes over a head that is complete; returns what is wrong with it. */
  #parseHead(head: string): string | undefined {
    const lines = head.split("\n");
    const first = lines[0] ?? "";
    const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?\r?$/.exec(first);
    if (match === null) return "its status line does not parse";
    const status = Number(match[2]);
    if (status < 200) {
      if (status === 101) return "it switches to a protocol that nobody asked for";
      if (++this.#interim > INTERIM_RESPONSES_MAX) return `it has more than ${INTERIM_RESPONSES_MAX} interim responses`;
      return undefined;
    }

    let room = HEADER_CHARS_KEPT;
    let length: string | undefined;
    let coding: string | undefined;
    let connection = "";
    const headers: [string, string][] = [];
    for (let i = 1; i < lines.length; i++) {
      const line = lines[i] ?? "";
      const colon = line.indexOf(":");
      const name = line.slice(0, colon);
      // Also refuses folded lines, which RFC 9112 §5.2 has long made obsolete.
      if (colon <= 0 || !isHeaderName(name)) return "a header line does not parse";
      const value = line.slice(colon + 1).trim();
      if (value.includes("\0") || value.includes("\r")) return "a header value has control characters";
      switch (name.length) {
        case 14:
          if (name.toLowerCase() !== "content-length") break;
          if (length !== undefined && length !== value) return "its lengths differ";
          length = value;
          break;
        case 17:
          if (name.toLowerCase() === "transfer-encoding") coding = coding === undefined ? value : `${coding}, ${value}`;
          break;
        case 10:
          if (name.toLowerCase() === "connection") connection += `,${value.toLowerCase()}`;
          break;
      }
      room -= name.length + value.length;
      if (room >= 0 && headers.length < HEADER_FIELDS_KEPT) headers.push([name, value]);
    }
    if (length !== undefined && !/^\d{1,15}$/.test(length))
      return `its length ${JSON.stringify(length.slice(0, 40))} is no number`;

    const framing = framingOf(status, this.#isHead, length, coding);
    if (framing === undefined) return `its transfer coding ${JSON.stringify(coding?.slice(0, 40))} is not known`;
    this.status = status;
    this.headers = headers;
    // Both a length and a coding is how requests are smuggled; RFC 9112 §6.1 has the connection closed after it.
    this.#persistent =
      match[1] === "1" &&
      !/(?:^|,)\s*close\s*(?:,|$)/.test(connection) &&
      (length === undefined || coding === undefined);
    this.#remaining = framing === "length" ? Number(length) : 0;
    this.#stage =
      framing === "none" || (framing === "length" && this.#remaining === 0)
        ? "done"
        : framing === "chunked"
          ? "chunk_size"
          : framing;
    return undefined;
  }

  #readCounted(bytes: Buffer, from: number): number {
    const to = Math.min(bytes.length, from + this.#remaining);
    this.#remaining -= to - from;
    this.#keep(bytes, from, to);
    if (this.#remaining === 0 && this.#stage !== "done") this.#stage = this.#stage === "length" ? "done" : "chunk_end";
    return to;
  }

  #readLine(bytes: Buffer, from: number): number {
    const found = bytes.indexOf(0x0a, from);
    const to = found < 0 ? bytes.length : found + 1;
    this.#lineBytes += to - from;
    if (this.#lineBytes > CHUNK_LINE_BYTES_MAX) {
      this.#invalid("a chunk or trailer line is too long");
      return bytes.length;
    }
    this.#line += bytes.toString("latin1", from, to);
    if (found < 0) return to;
    const line = this.#line.replace(/\r?\n$/, "");
    this.#line = "";
    const wrong = this.#endLine(line);
    if (wrong !== undefined) this.#invalid(wrong);
    return to;
  }

  /** Takes a line of the chunked coding; returns what is wrong with it. */
  #endLine(line: string): string | undefined {
    if (this.#stage === "trailers") {
      // Trailer fields are read and dropped. Their bytes add up, so the section is bounded as a whole.
      if (line === "") this.#stage = "done";
      return undefined;
    }
    this.#lineBytes = 0;
    if (this.#stage === "chunk_end") {
      if (line !== "") return "a chunk is longer than it said";
      this.#stage = "chunk_size";
      return undefined;
    }
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line)?.[1];
    if (size === undefined) return `the chunk size ${JSON.stringify(line.slice(0, 40))} is no number`;
    this.#remaining = Number.parseInt(size, 16);
    this.#stage = this.#remaining === 0 ? "trailers" : "chunk_data";
    return undefined;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const room = this.#bytesMax - this.#length;
    const kept = Math.min(to - from, room);
    if (kept > 0) {
      // A copy: a view would hold what the socket delivered with it for as long as the attempt is kept.
      this.#pieces.push(new Uint8Array(bytes.subarray(from, from + kept)));
      this.#length += kept;
      if (this.#pieces.length > PIECES_MAX) this.#pieces = [this.body()];
    }
    if (to - from > room) {
      this.truncated = true;
      this.#stage = "done";
    }
  }
}

/** The empty line. Line ends without CR are taken as they are (RFC 9112 §2.2), so that the cut of the bytes changes nothing. */
function endOfHead(text: string, from: number): { at: number; next: number } | undefined {
  const emptyLine = /\r?\n\r?\n/g;
  emptyLine.lastIndex = from;
  const match = emptyLine.exec(text);
  return match === null ? undefined : { at: match.index, next: emptyLine.lastIndex };
}

/** RFC 9112 §6.3. Undefined for a coding that is not known. */
function framingOf(status: number, isHead: boolean, length?: string, coding?: string): Framing | undefined {
  if (isHead || status === 204 || status === 304) return "none";
  if (coding !== undefined) return coding.toLowerCase() === "chunked" ? "chunked" : undefined;
  return length === undefined ? "until_close" : "length";
}
