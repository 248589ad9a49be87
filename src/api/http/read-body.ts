/** The bytes of a request, or undefined when they are more than `bytesMax`: then reading stops there. */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return undefined;
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
