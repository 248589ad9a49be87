/** A request as it stood on the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly target: string;
  /** Request line and headers as the bytes were, without the empty line (latin1). */
  readonly head: string;
  /** In the order and the case sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first header of that name, whatever its case. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
  text(): string;
  /** Which connection brought it, counted from 1: the same number means that the connection was used again. */
  readonly connection: number;
  /** `performance.now()` when it was complete. */
  readonly atMs: number;
}

/** The first complete request of these bytes and its length; undefined while bytes are missing. */
export function parseRequest(
  bytes: Buffer,
  connection: number,
): { request: ReceivedRequest; bytes: number } | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const [line = "", ...fields] = head.split("\r\n");
  const [method = "", target = ""] = line.split(" ");
  const headers = fields.map((field): readonly [string, string] => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const header = (name: string) => headers.find(([n]) => n.toLowerCase() === name.toLowerCase())?.[1];
  const rest = bytes.subarray(headEnd + 4);
  const framed =
    header("transfer-encoding")?.toLowerCase() === "chunked"
      ? unchunk(rest)
      : byLength(rest, Number(header("content-length") ?? 0));
  if (framed === undefined) return undefined;
  const { body } = framed;
  const text = () => new TextDecoder().decode(body);
  const request = { method, target, head, headers, header, body, text, connection, atMs: performance.now() };
  return { request, bytes: headEnd + 4 + framed.bytes };
}

function byLength(rest: Buffer, length: number): { body: Uint8Array; bytes: number } | undefined {
  return rest.length < length ? undefined : { body: Uint8Array.from(rest.subarray(0, length)), bytes: length };
}

function unchunk(rest: Buffer): { body: Uint8Array; bytes: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(rest.toString("latin1", at, lineEnd), 16);
    const start = lineEnd + 2;
    if (rest.length < start + size + 2) return undefined;
    at = start + size + 2;
    if (size === 0) return { body: Uint8Array.from(Buffer.concat(parts)), bytes: at };
    parts.push(rest.subarray(start, start + size));
  }
}
