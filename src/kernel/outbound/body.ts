/** What was read of a response body. `broken` says why it did not end as announced. */
export interface BodyRead {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
  readonly broken?: unknown;
}

const EMPTY = new Uint8Array(0);

/**
 * Reads a body of unknown length, or of one above the cap, up to `bytesMax` and then lets go of the connection: a body of
 * 10 GB costs the cap and what the sockets buffer. Never rejects; an abort shows as `broken`.
 */
export async function readUpTo(body: ReadableStream<Uint8Array> | null, bytesMax: number): Promise<BodyRead> {
  if (body === null) return { bytes: EMPTY, truncated: false };
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { bytes: joined(chunks, length), truncated: false };
      if (length + value.byteLength > bytesMax) {
        // A copy: a view would hold the whole chunk, which may be large, for as long as the attempt is kept.
        chunks.push(value.slice(0, bytesMax - length));
        // The outcome is decided; a fault while closing the connection changes nothing about it.
        reader.cancel().catch(() => undefined);
        return { bytes: joined(chunks, bytesMax), truncated: true };
      }
      chunks.push(value);
      length += value.byteLength;
    }
  } catch (broken) {
    return { bytes: joined(chunks, length), truncated: false, broken };
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
