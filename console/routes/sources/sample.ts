import type { OptionName } from "./presets.ts";
import type { Source } from "./source.ts";

/** A webhook as the provider would send it, with a signature that is right. */
export interface Sample {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** What the event will be called. */
  readonly eventType: string;
  /** The signature is refused after that; undefined: never. */
  readonly goodForSeconds: number | undefined;
}

/** Why it cannot be made here. */
export type Unsigned = "no_secret" | "public_key" | "no_crypto" | "bad_secret";

/** Nobody listens to it but those who listen to everything. */
const TYPE = "test.sent";
const TOLERANCE_S = 300;

type Hash = "SHA-1" | "SHA-256" | "SHA-512";
type Encoding = "hex" | "base64" | "base64url";

/**
 * Makes and signs a webhook in the browser; nothing is sent anywhere.
 *
 * @param secret the source's newest; undefined: it has none.
 * @param id new each time, or the webhook is a duplicate.
 */
export async function sampleOf(
  { preset, options }: Pick<Source, "preset" | "options">,
  secret: string | undefined,
  now: Date,
  id: string,
): Promise<Sample | Unsigned> {
  const option = (name: OptionName): string | undefined => {
    const value = options[name];
    return value === undefined || value === null ? undefined : String(value);
  };
  const seconds = String(Math.floor(now.getTime() / 1_000));
  const tolerance = Number(option("toleranceSeconds") ?? TOLERANCE_S);
  const json = ["Content-Type", "application/json"] as const;
  const named = naming(option, id);
  if (preset === "none")
    return {
      headers: [json, ...named.headers],
      body: named.body,
      eventType: named.eventType,
      goodForSeconds: undefined,
    };

  if (secret === undefined) return "no_secret";
  if (preset === "standard-webhooks" && secret.startsWith("whpk_")) return "public_key";
  // Browsers compute only on https and localhost.
  if (globalThis.crypto?.subtle === undefined) return "no_crypto";
  const key = keyOf(preset, secret, option("secretEncoding"));
  if (key === undefined || key.length === 0) return "bad_secret";

  switch (preset) {
    case "stripe": {
      const body = JSON.stringify({ id: `evt_${id}`, object: "event", type: TYPE });
      const signature = await hmac("SHA-256", key, `${seconds}.${body}`, "hex");
      const header = ["Stripe-Signature", `t=${seconds},v1=${signature}`] as const;
      return { headers: [json, header], body, eventType: TYPE, goodForSeconds: tolerance };
    }
    case "github": {
      const body = JSON.stringify({ zen: "A test made in the console", hook_id: 1 });
      const signature = await hmac("SHA-256", key, body, "hex");
      const headers = [
        json,
        ["X-GitHub-Event", "ping"],
        ["X-GitHub-Delivery", id],
        ["X-Hub-Signature-256", `sha256=${signature}`],
      ] as const;
      return { headers, body, eventType: "ping", goodForSeconds: undefined };
    }
    case "shopify": {
      const body = JSON.stringify({ id, note: "A test made in the console" });
      const headers = [
        json,
        ["X-Shopify-Topic", TYPE.replace(".", "/")],
        ["X-Shopify-Event-Id", id],
        ["X-Shopify-Hmac-SHA256", await hmac("SHA-256", key, body, "base64")],
      ] as const;
      return { headers, body, eventType: TYPE, goodForSeconds: undefined };
    }
    case "slack": {
      const body = JSON.stringify({ type: "event_callback", event_id: `Ev${id}`, event: { type: TYPE } });
      const headers = [
        json,
        ["X-Slack-Request-Timestamp", seconds],
        ["X-Slack-Signature", `v0=${await hmac("SHA-256", key, `v0:${seconds}:${body}`, "hex")}`],
      ] as const;
      return { headers, body, eventType: TYPE, goodForSeconds: tolerance };
    }
    case "standard-webhooks": {
      const signature = await hmac("SHA-256", key, `msg_${id}.${seconds}.${named.body}`, "base64");
      const headers = [
        json,
        ...named.headers,
        ["webhook-id", `msg_${id}`],
        ["webhook-timestamp", seconds],
        ["webhook-signature", `v1,${signature}`],
      ] as const;
      return { headers, body: named.body, eventType: named.eventType, goodForSeconds: tolerance };
    }
    case "hmac": {
      const timestamp = option("timestampUnit") === "ms" ? String(now.getTime()) : seconds;
      const parts: Readonly<Record<string, string>> = { "{body}": named.body, "{timestamp}": timestamp, "{id}": id };
      const content = (option("template") ?? "{body}").replace(
        /\{(?:body|timestamp|id)\}/g,
        (part) => parts[part] ?? part,
      );
      const signature = await hmac(hashOf(option("algorithm")), key, content, encodingOf(option("encoding")));
      const timestampHeader = option("timestampHeader");
      const headers = [
        json,
        ...named.headers,
        ...(timestampHeader === undefined ? [] : [[timestampHeader, timestamp] as const]),
        [option("signatureHeader") ?? "X-Signature", `${option("signaturePrefix") ?? ""}${signature}`] as const,
      ];
      const goodForSeconds = timestampHeader === undefined ? undefined : tolerance;
      return { headers, body: named.body, eventType: named.eventType, goodForSeconds };
    }
  }
}

/** Puts the event type and the id where the options say that the sender puts them. */
function naming(option: (name: OptionName) => string | undefined, id: string) {
  const body: Record<string, unknown> = {};
  const headers: (readonly [string, string])[] = [];
  const typeHeader = option("eventTypeHeader");
  const idHeader = option("idHeader");
  const idField = option("idField");
  if (typeHeader === undefined) put(body, option("eventTypeField") ?? "type", TYPE);
  else headers.push([typeHeader, TYPE]);
  if (idHeader !== undefined) headers.push([idHeader, id]);
  if (idField !== undefined) put(body, idField, id);
  return { headers, body: JSON.stringify(body), eventType: TYPE };
}

function put(into: Record<string, unknown>, way: string, value: string): void {
  const [name = "", ...rest] = way.split(".");
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const known = into[name];
  const inner: Record<string, unknown> = typeof known === "object" && known !== null ? { ...known } : {};
  put(inner, rest.join("."), value);
  into[name] = inner;
}

function keyOf(
  preset: Source["preset"],
  secret: string,
  encoding: string | undefined,
): Uint8Array<ArrayBuffer> | undefined {
  if (preset === "standard-webhooks") return fromBase64(secret.replace(/^whsec_/, ""));
  if (preset === "hmac" && encoding === "base64") return fromBase64(secret);
  if (preset === "hmac" && encoding === "hex")
    return Uint8Array.from(secret.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return Uint8Array.from(new TextEncoder().encode(secret));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const plain = text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

async function hmac(hash: Hash, raw: Uint8Array<ArrayBuffer>, content: string, encoding: Encoding): Promise<string> {
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(content)));
  if (encoding === "hex") return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = btoa(String.fromCharCode(...mac));
  return encoding === "base64" ? base64 : base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const hashOf = (name: string | undefined): Hash =>
  name === "sha1" ? "SHA-1" : name === "sha512" ? "SHA-512" : "SHA-256";
const encodingOf = (name: string | undefined): Encoding => (name === "base64" || name === "base64url" ? name : "hex");
