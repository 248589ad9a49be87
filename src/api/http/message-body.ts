import type { StoredEvent } from "#events";
import { idTimeMs, publicId } from "#kernel";

/** Why there is no payload, or the payload. */
export type Content =
  | { readonly kind: "not_asked" }
  | { readonly kind: "erased" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

const isJson = (contentType: string) => /^application\/(?:[\w.+-]+\+)?json(?:;|$)/i.test(contentType);

/**
 * A message as JSON text. The payload's own bytes stand in it, not what a parser and a writer would make of them (P9):
 * numbers keep their digits, keys their order and their twins. What came through a source may be no JSON: it is shown as a
 * string, or when it is not even text, in base64.
 */
export function messageBody(event: StoredEvent, content: Content): string {
  const { payload, more } = payloadText(event.contentType, content);
  const rest = JSON.stringify({
    channels: event.channels ?? null,
    contentType: event.contentType,
    eventId: event.uid ?? null,
    eventType: event.type,
    id: publicId("msg", event.id),
    sourceId: event.sourceId === undefined ? null : publicId("src", event.sourceId),
    tags: event.tags ?? null,
    timestamp: new Date(idTimeMs(event.id)).toISOString(),
    ...more,
  });
  return `${rest.slice(0, -1)},"payload":${payload}}`;
}

function payloadText(contentType: string, content: Content): { payload: string; more?: Record<string, string> } {
  switch (content.kind) {
    case "not_asked":
      return { payload: "{}" };
    case "erased":
      return { payload: '{"expired":true}' };
    case "bytes":
      break;
  }
  const bytes = Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.length);
  const text = bytes.toString("utf8");
  // A decoder that had to replace something gives other bytes back.
  if (!Buffer.from(text).equals(bytes)) return { payload: "{}", more: { payloadBase64: bytes.toString("base64") } };
  // Only what was proven to be JSON may stand in JSON: a stranger's body must not end our document.
  return { payload: isJson(contentType) && parses(text) ? text : JSON.stringify(text) };
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Whatever is wrong with it, it is shown as a string.
  }
}
