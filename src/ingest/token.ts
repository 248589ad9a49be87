import { randomBytes } from "node:crypto";
import type { Sealer } from "#kernel";

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** The secret part of a source's URL: 32 random bytes as base64url, so 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** What the database and the cache know a token by: who reads either cannot post with it. */
export function hashToken(token: string): Buffer {
  return Buffer.from(Bun.SHA256.hash(token).buffer);
}

export function tokenContext(sourceId: string): string {
  return `source_token:${sourceId}`;
}

export function sealToken(sealer: Sealer, sourceId: string, token: string): Buffer {
  return sealer.seal(Buffer.from(token), tokenContext(sourceId));
}
