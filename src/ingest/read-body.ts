const EMPTY = new Uint8Array(0);

/**
 * Reads the body of a request, or nothing when it is longer than `bytesMax`: then no more of it than that was held. Rejects
 * when the client goes away.
 */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  const announced = request.headers.get("content-length");
  if (announced !== null) {
    // What is no number (a header that came twice) is above no bound: only what is within it is read.
    if (!(Number(announced) <= bytesMax)) return undefined;
    // The server holds the client to what it announced, so the whole may be taken at once; that is not taken on trust.
    const body = new Uint8Array(await request.arrayBuffer());
    return body.byteLength > bytesMax ? undefined : body;
  }
  if (request.body === null) return EMPTY;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.byteLength;
    if (length > bytesMax) return undefined; // Leaving the loop cancels the stream.
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : new Uint8Array(Buffer.concat(chunks, length));
}
