import { createHash, timingSafeEqual } from "node:crypto";

/** Who asks. Keys of one application with scopes will be another member of this union. */
export type Principal = { readonly kind: "admin"; readonly id: "admin" };

export type Authentication =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly reason: "missing" | "not_bearer" | "wrong" };

/** Tells who sent a request, from its headers alone. */
export type Authenticate = (request: { readonly headers: Headers }) => Authentication;

const ADMIN: Authentication = Object.freeze({ ok: true, principal: Object.freeze({ kind: "admin", id: "admin" }) });
const BEARER = /^bearer +([^\s]+) *$/i;

const sha256 = (text: string) => createHash("sha256").update(text).digest();

/**
 * Recognises the organisation-wide admin token. Digests are compared, so that neither the time it takes nor a difference in
 * length tells a guesser anything.
 */
export function createAuthenticate(adminToken: string): Authenticate {
  const expected = sha256(adminToken);
  return (request) => {
    const header = request.headers.get("authorization");
    if (header === null) return { ok: false, reason: "missing" };
    const token = BEARER.exec(header)?.[1];
    if (token === undefined) return { ok: false, reason: "not_bearer" };
    return timingSafeEqual(sha256(token), expected) ? ADMIN : { ok: false, reason: "wrong" };
  };
}
