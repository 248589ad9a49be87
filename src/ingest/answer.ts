import type { IntakeRefusal } from "#kernel";

/** Why a request is not taken although nothing is wrong with it: asking again later may help. */
export type NotNowCode = IntakeRefusal["code"] | "not_confirmed" | "source_broken" | "events_per_second_exceeded";

/** `code` is stable; `detail` is for people. */
export function refuse(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify({ code, detail }), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
}

/** Not now: whoever asks again after `retryAfterS` may be luckier. */
export function askAgain(code: NotNowCode, detail: string, retryAfterS: number, status: 429 | 503 = 503): Response {
  return refuse(status, code, detail, { "Retry-After": String(retryAfterS) });
}

export function accepted(status: 200 | 202, publicEventId: string, repeated: boolean): Response {
  // Written by hand: an id needs no escaping, and this is the road of every event.
  return new Response(`{"id":"${publicEventId}","repeated":${repeated}}`, {
    status,
    headers: { "Content-Type": "application/json" },
  });
}
