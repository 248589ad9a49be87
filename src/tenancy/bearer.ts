import { createHash, randomBytes } from "node:crypto";

/** What a token is for, visible in its first letters: to people, to secret scanners, and to nobody else's advantage. */
export const TOKEN_PREFIXES = { key: "phk_", portal: "appsk_", console: "phc_" } as const;
export type TokenKind = keyof typeof TOKEN_PREFIXES;

const RANDOM_BYTES = 32;
/** Of the random part, in the prefix that is shown in lists: enough to tell two tokens apart, and 220 bits stay unknown. */
const SHOWN = 6;

export interface NewToken {
  /** Shown once. */
  readonly token: string;
  readonly hash: Buffer;
  /** The beginning of it, which may be kept and shown. */
  readonly prefix: string;
}

export function newToken(kind: TokenKind): NewToken {
  const token = `${TOKEN_PREFIXES[kind]}${randomBytes(RANDOM_BYTES).toString("base64url")}`;
  return { token, hash: tokenHash(token), prefix: token.slice(0, TOKEN_PREFIXES[kind].length + SHOWN) };
}

/** SHA-256, unsalted and quick: a token is 256 random bits, so there is nothing to guess that a slow hash would protect. */
export function tokenHash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
