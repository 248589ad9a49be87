import { timingSafeEqual } from "node:crypto";
import { type KeyRole, type Permission, ROLE_PERMISSIONS } from "./access.ts";
import { TOKEN_PREFIXES, tokenHash } from "./bearer.ts";

/** Who asks: the root token of the installation, a key, an application's user at the portal, or the console in development. */
export interface Principal {
  readonly kind: "root" | "key" | "portal" | "console";
  /** `root`, or a public id. */
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  /** Those of the role, or fewer. */
  readonly permissions: readonly Permission[];
  /** The one application it is for; undefined: the organisation. */
  readonly appId: string | undefined;
  readonly expiresAtMs: number | undefined;
}

export type Unauthenticated =
  | "missing"
  | "not_bearer"
  | "wrong"
  | "expired"
  /** Not looked up: too many tokens that nobody knows wait already. */
  | "busy";

export type Authentication =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly reason: Unauthenticated };

/**
 * Tells who sent a request, from its headers alone. At once for the root token and for every token that is remembered;
 * otherwise after a look into the database, which may reject with DatabaseError.
 */
export type Authenticate = (request: { readonly headers: Headers }) => Authentication | Promise<Authentication>;

/** A holder of tokens, asked by the hash of one in hexadecimal. */
export interface TokenSource {
  find(hash: string): Authentication | Promise<Authentication>;
}

export interface TokenSources {
  /** Keys and portal sessions. */
  readonly stored?: TokenSource | undefined;
  /** Sessions of the console in development. */
  readonly console?: TokenSource | undefined;
}

export const ROOT: Principal = Object.freeze({
  kind: "root",
  id: "root",
  name: "Root token",
  role: "admin",
  permissions: ROLE_PERMISSIONS.admin,
  appId: undefined,
  expiresAtMs: undefined,
});

const AS_ROOT: Authentication = Object.freeze({ ok: true, principal: ROOT });
const refused = (reason: Unauthenticated): Authentication => Object.freeze({ ok: false, reason });
export const WRONG = refused("wrong");
export const EXPIRED = refused("expired");
export const BUSY = refused("busy");
const MISSING = refused("missing");
const NOT_BEARER = refused("not_bearer");
const BEARER = /^bearer +([^\s]+) *$/i;

/**
 * Recognises bearer tokens. Digests are compared, so that neither the time it takes nor a difference in length tells a
 * guesser anything; and the root token, which carries the road of events, is compared first and asks nobody.
 */
export function createAuthenticate(rootToken: string, sources: TokenSources = {}): Authenticate {
  const expected = tokenHash(rootToken);
  return (request) => {
    const header = request.headers.get("authorization");
    if (header === null) return MISSING;
    const token = BEARER.exec(header)?.[1];
    if (token === undefined) return NOT_BEARER;
    const hash = tokenHash(token);
    if (timingSafeEqual(hash, expected)) return AS_ROOT;
    const source =
      token.startsWith(TOKEN_PREFIXES.key) || token.startsWith(TOKEN_PREFIXES.portal)
        ? sources.stored
        : token.startsWith(TOKEN_PREFIXES.console)
          ? sources.console
          : undefined;
    return source === undefined ? WRONG : source.find(hash.toString("hex"));
  };
}
