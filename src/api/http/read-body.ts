import { announcedLength } from "./content-length.ts";

/**
 * The bytes of a request, or undefined when they are more than `bytesMax`, or nobody can tell from their head: then reading stops there. It stops
 * too (`no_room`) when `hasRoom` says no to as many as came in chunks by then.
 */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array | undefined>;
export async function readBody(
  request: Request,
  bytesMax: number,
  hasRoom: (bytes: number) => boolean,
): Promise<Uint8Array | "no_room" | undefined>;
export async function readBody(
  request: Request,
  bytesMax: number,
  hasRoom: (bytes: number) => boolean = () => true,
): Promise<Uint8Array | "no_room" | undefined> {
  const announced = announcedLength(request);
  if (announced === "invalid" || (announced ?? 0) > bytesMax) return undefined;
  if (request.body === null) return new Uint8Array(0);
  if (announced !== undefined) {
    // Read whole it costs a third of what its chunks do. The server holds the client to what it announced; that is not taken on trust.
    const body = new Uint8Array(await request.arrayBuffer());
    return body.length > bytesMax ? undefined : body;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    if (!hasRoom(length)) return "no_room";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
