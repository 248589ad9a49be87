import { requestTo, send } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";

export type Message = components["schemas"]["MessageOut"];

export type Payload =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly base64: string }
  /** Its owner had it erased. */
  | { readonly kind: "erased" };

/** A message with its payload as it was accepted, byte for byte (P9). */
export async function loadMessage(appId: string, messageId: string, signal?: AbortSignal) {
  const path = `/api/v1/app/${encodeURIComponent(appId)}/msg/${encodeURIComponent(messageId)}`;
  const response = await send(
    requestTo(path, { query: { with_content: true }, ...(signal !== undefined && { signal }) }),
  );
  const text = await response.text();
  const message: Message = JSON.parse(text);
  return { message, payload: payloadOf(message, text) };
}

const BEFORE = ',"payload":';

/**
 * The payload as the API wrote it: a parser would change the digits of its numbers. It stands last in the document, and what stands before
 * it holds no unescaped quotation mark within a string.
 */
export function payloadOf(message: Message, document: string): Payload {
  if (message.payloadBase64 !== undefined) return { kind: "binary", base64: message.payloadBase64 };
  const at = document.indexOf(BEFORE);
  if (at === -1) return { kind: "text", text: JSON.stringify(message.payload) };
  const raw = document.slice(at + BEFORE.length, document.lastIndexOf("}"));
  if (raw === '{"expired":true}') return { kind: "erased" };
  // What is no JSON is told as a string.
  const text: unknown = isJson(message.contentType ?? "application/json") ? raw : JSON.parse(raw);
  return { kind: "text", text: typeof text === "string" ? text : raw };
}

const isJson = (contentType: string): boolean => /^application\/(?:[\w.+-]+\+)?json(?:;|$)/i.test(contentType);
