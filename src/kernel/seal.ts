/**
 * Secrets at rest (P8). A sealed record is
 *
 *     version 1 | key id (4 bytes) | nonce (12 bytes) | ciphertext | tag (16 bytes)
 *
 * by AES-256-GCM. The first five bytes and the record's context (what it is the secret of) are authenticated too, so a
 * record that is moved to another row does not open. The nonce is random: 2^32 records may be sealed with one master key
 * before a repeat gets as likely as 2^-32 (NIST SP 800-38D, 8.3), far above what an installation has secrets.
 *
 * The master key itself never encrypts: by HKDF-SHA256 it yields one key for the cipher and one whose hash names it. Several
 * master keys may be live: the first seals, the others only open, so that a key rotates while everything runs.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

const VERSION = 1;
const KEY_ID_BYTES = 4;
const HEADER_BYTES = 1 + KEY_ID_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MASTER_KEY_BYTES = 32;

/** The first key seals; the previous ones only open what they sealed. Each is 32 random bytes. */
export interface MasterKeys {
  current: Uint8Array;
  previous?: readonly Uint8Array[];
}

export interface Sealer {
  /** Encrypts for one context, e.g. `endpoint_secret:<id>`. The same plaintext never gives the same record twice. */
  seal(plaintext: Uint8Array, context: string): Buffer;
  /** Decrypts what was sealed for the same context. Throws SealError. */
  open(sealed: Uint8Array, context: string): Buffer;
  /** Whether a record was sealed by another key than the current one. Throws SealError when it is no record of ours. */
  needsReseal(sealed: Uint8Array): boolean;
  /** Which key sealed a record, by its first bytes alone; `unknown`: none of ours, or it is no record. Nothing is opened. */
  sealedBy(beginning: Uint8Array): "current" | "previous" | "unknown";
}

/** So many bytes of a record tell which key sealed it. */
export const SEAL_HEADER_BYTES = HEADER_BYTES;

/**
 * - `unknown_key`: none of the configured master keys sealed this record.
 * - `tampered`: the key is known, but the record was changed, or belongs to another context.
 * - `malformed`: too short to be a record, or of a version that this program does not know.
 */
export type SealErrorCode = "unknown_key" | "tampered" | "malformed";

export class SealError extends Error {
  override readonly name = "SealError";
  readonly code: SealErrorCode;

  constructor(code: SealErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

interface SealingKey {
  id: number;
  header: Buffer;
  key: Buffer;
}

/** Throws when a key is not 32 bytes: keys from outside come through parseMasterKeys, which tells it as a value. */
export function createSealer({ current, previous = [] }: MasterKeys): Sealer {
  const sealing = deriveKey(current);
  const opening = new Map<number, SealingKey>();
  for (const key of [sealing, ...previous.map(deriveKey)]) {
    const twin = opening.get(key.id);
    if (twin !== undefined && !twin.key.equals(key.key)) {
      throw new Error("Two different master keys have the same 4-byte id, by a chance of 2^-32: generate another key");
    }
    opening.set(key.id, key);
  }

  return {
    seal(plaintext, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", sealing.key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(authenticated(sealing.header, context));
      return Buffer.concat([sealing.header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },

    open(sealed, context) {
      const record = viewOf(sealed, context);
      const known = opening.get(record.readUInt32BE(1));
      if (known === undefined) {
        throw new SealError("unknown_key", `Cannot open the secret of ${context}: no configured master key sealed it`);
      }
      const nonceEnd = HEADER_BYTES + NONCE_BYTES;
      const decipher = createDecipheriv("aes-256-gcm", known.key, record.subarray(HEADER_BYTES, nonceEnd), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(authenticated(known.header, context));
      decipher.setAuthTag(record.subarray(record.length - TAG_BYTES));
      const plaintext = decipher.update(record.subarray(nonceEnd, record.length - TAG_BYTES));
      try {
        return Buffer.concat([plaintext, decipher.final()]);
      } catch (cause) {
        const message = `Cannot open the secret of ${context}: it was changed, or sealed for something else`;
        throw new SealError("tampered", message, { cause });
      }
    },

    needsReseal(sealed) {
      return viewOf(sealed, "a record").readUInt32BE(1) !== sealing.id;
    },

    sealedBy(beginning) {
      const header = Buffer.from(beginning.buffer, beginning.byteOffset, beginning.byteLength).subarray(
        0,
        HEADER_BYTES,
      );
      if (header.equals(sealing.header)) return "current";
      return [...opening.values()].some((key) => key.header.equals(header)) ? "previous" : "unknown";
    },
  };
}

function deriveKey(master: Uint8Array): SealingKey {
  if (master.length !== MASTER_KEY_BYTES) throw new RangeError(wrongLength(master.length));
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", master, "", `posthorn seal 1 ${purpose}`, 32));
  const id = createHash("sha256").update(derive("key id")).digest().subarray(0, KEY_ID_BYTES);
  return { id: id.readUInt32BE(), header: Buffer.from([VERSION, ...id]), key: derive("aes-256-gcm") };
}

/** The header has a fixed length, so header and context cannot run into each other. */
function authenticated(header: Buffer, context: string): Buffer {
  return Buffer.concat([header, Buffer.from(context)]);
}

function viewOf(sealed: Uint8Array, context: string): Buffer {
  const least = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;
  if (sealed.length < least) {
    const message = `Cannot open the secret of ${context}: it has ${sealed.length} bytes, a sealed record has at least ${least}`;
    throw new SealError("malformed", message);
  }
  if (sealed[0] !== VERSION) {
    const message = `Cannot open the secret of ${context}: it is of version ${sealed[0]}, this program knows version ${VERSION}`;
    throw new SealError("malformed", message);
  }
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
}

export type ParsedMasterKey = { ok: true; key: Uint8Array } | { ok: false; message: string };
export type ParsedMasterKeys = { ok: true; keys: MasterKeys } | { ok: false; message: string };

/** A new master key in the form that parseMasterKey reads: base64 of 32 random bytes. */
export function generateMasterKey(): string {
  return randomBytes(MASTER_KEY_BYTES).toString("base64");
}

/**
 * Reads one master key: 32 bytes as 64 hexadecimal digits, or as base64 (either alphabet, padding optional). A message never
 * quotes the text: it ends up in logs and on screens.
 */
export function parseMasterKey(text: string): ParsedMasterKey {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: false, message: "The master key is empty" };
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return { ok: true, key: Buffer.from(trimmed, "hex") };
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) {
    const message = `The master key has characters that neither base64 nor hexadecimal has (it is ${trimmed.length} characters long)`;
    return { ok: false, message };
  }
  const key = Buffer.from(trimmed, "base64");
  return key.length === MASTER_KEY_BYTES ? { ok: true, key } : { ok: false, message: wrongLength(key.length) };
}

/** Reads the setting POSTHORN_MASTER_KEY: keys separated by commas, of which the first seals and the others only open. */
export function parseMasterKeys(text: string): ParsedMasterKeys {
  const keys: Uint8Array[] = [];
  for (const [i, part] of text.split(",").entries()) {
    const parsed = parseMasterKey(part);
    if (!parsed.ok)
      return {
        ok: false,
        message: text.includes(",") ? `Key ${i + 1} of the list: ${parsed.message}` : parsed.message,
      };
    keys.push(parsed.key);
  }
  const [current, ...previous] = keys;
  return current === undefined
    ? { ok: false, message: "The master key is empty" }
    : { ok: true, keys: { current, previous } };
}

function wrongLength(bytes: number): string {
  return `The master key has ${bytes} bytes, it should have ${MASTER_KEY_BYTES} (base64 or hexadecimal; one is made by: openssl rand -base64 32)`;
}
