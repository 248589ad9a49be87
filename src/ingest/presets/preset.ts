import type { KeyObject } from "node:crypto";

export type PresetName = "stripe" | "github" | "shopify" | "slack" | "standard-webhooks" | "hmac" | "none";

/** The part of `Headers` a preset needs. Names are looked up without regard to case. */
export interface HeaderLookup {
  get(name: string): string | null;
}

/** What arrived, as far as believing it is concerned. `body` is the raw bytes as they came off the wire (P9). */
export interface Incoming {
  readonly headers: HeaderLookup;
  readonly body: Uint8Array;
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A secret made ready once, when the source is loaded, so that a request only hashes. */
export type Key =
  | { readonly kind: "hmac"; readonly bytes: Uint8Array }
  | { readonly kind: "ed25519"; readonly publicKey: KeyObject };

/** Why a request was not believed by its preset. Stable codes: the answer, the operator's page and the metrics show them. */
export type DisbeliefReason =
  | "secret_missing"
  | "signature_missing"
  | "signature_malformed"
  | "signature_mismatch"
  | "timestamp_missing"
  | "timestamp_malformed"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "id_missing"
  | "id_malformed"
  | "event_type_missing"
  | "body_malformed";

/** `detail` helps an operator; it never holds a secret, a signature or payload. */
export interface Disbelieved {
  readonly kind: "rejected";
  readonly reason: DisbeliefReason;
  readonly detail: string;
}

export interface Verified {
  readonly kind: "verified";
  /** Fits `^[a-zA-Z0-9\-_.]+$`, at most 256 characters. */
  readonly eventType: string;
  /** The provider's own id of what happened; the same on each of its retries. Absent: nothing to deduplicate by. */
  readonly dedupeKey?: string;
}

/** The provider only asks whether somebody who knows the secret is at home; there is no event in it. */
export interface Handshake {
  readonly kind: "handshake";
  readonly body: string;
}

export type Verdict = Verified | Disbelieved | Handshake;

export interface OptionFault {
  /** Path to the option, e.g. `["options", "encoding"]`. */
  readonly loc: readonly string[];
  readonly message: string;
}

export type Configured =
  | {
      readonly ok: true;
      /** The options as they are stored: defaults left out, nothing unknown. */
      readonly options: Readonly<Record<string, unknown>>;
      readonly verify: (incoming: Incoming, keys: readonly Key[]) => Verdict;
    }
  | { readonly ok: false; readonly faults: readonly OptionFault[] };

export type ParsedSecret = { readonly ok: true; readonly key: Key } | { readonly ok: false; readonly message: string };

export interface Preset {
  readonly name: PresetName;
  /** Checks the options of a source, and returns a verifier that has them built in. Takes what a client sent. */
  configure(options: unknown): Configured;
  /** Reads a secret as the provider shows it to people. `options` are those that `configure` accepted. */
  parseSecret(text: string, options: Readonly<Record<string, unknown>>): ParsedSecret;
  /**
   * Who makes the secret: the provider shows it (`provider`, so a source starts without one), either side may choose it
   * (`either`, so one is made when none is given), or there is none (`nobody`).
   */
  readonly secretFrom: "provider" | "either" | "nobody";
  /** A fresh secret in the provider's format, from 32 random bytes; only with `secretFrom: "either"`. */
  readonly formatSecret?: (random: Uint8Array) => string;
  readonly answers: Answers;
}

/** How the provider wants to be answered. */
export interface Answers {
  /** After the commit, and for a repeat of what was committed before. */
  readonly successStatus: 200 | 202;
  /** Providers that show or interpret an answer's body get none. */
  readonly successBody: "json" | "empty";
  /** When the request is not believed for its signature, its timestamp or its id. */
  readonly disbelievedStatus: 400 | 401;
  /**
   * The same provider id with other bytes. `repeat`: the provider says that its id is the identity and that the bytes
   * around it may vary, so the first is kept and the answer is success. `conflict`: 409, recorded, nothing kept.
   */
  readonly sameIdOtherBody: "repeat" | "conflict";
  /** Sent beside a refusal that a retry cannot cure. */
  readonly refusalHeaders?: Readonly<Record<string, string>>;
}
