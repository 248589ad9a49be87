import { type Reply, refuse, toResponse } from "./reply.ts";

/**
 * Bytes that a request announces; undefined: it says nothing, so they come in chunks or not at all. `invalid`: no number, as when the header came
 * twice and was joined with a comma; no bound may be computed with that (RFC 9110, 8.6).
 */
export function announcedLength(request: Request): number | undefined | "invalid" {
  const text = request.headers.get("content-length");
  if (text === null) return undefined;
  return /^\d+$/.test(text) ? Number(text) : "invalid";
}

export function lengthInvalid(): Reply {
  return refuse(400, "content_length_invalid", "Content-Length should be one number of bytes, and stand there once");
}

/** The answer to a request whose body has no length to go by, before anybody reads it; undefined: it may go on. */
export function refuseMisframed(request: Request): Response | undefined {
  return announcedLength(request) === "invalid" ? toResponse(lengthInvalid()) : undefined;
}
