import { Secret } from "../secret.ts";

/** What stands beside time, level, event and message; those four names are taken. */
export type Fields = Readonly<Record<string, unknown>> & {
  readonly time?: never;
  readonly level?: never;
  readonly event?: never;
  readonly message?: never;
};

const MASK = "[secret]";
const DEPTH_MAX = 6;
const ITEMS_MAX = 50;
const TEXT_MAX = 4096;

/** Names whose values are masked whatever they hold, without regard to case, dashes and underscores. */
const SECRET_NAMES = new Set([
  "accesstoken",
  "apikey",
  "apitoken",
  "authorization",
  "clientsecret",
  "cookie",
  "databaseurl",
  "masterkey",
  "masterkeys",
  "password",
  "privatekey",
  "proxyauthorization",
  "refreshtoken",
  "secret",
  "secrets",
  "setcookie",
  "signingsecret",
  "sourcetoken",
  "token",
  "webhooksecret",
  "xapikey",
]);

/**
 * Plain JSON values of bounded depth, length and breadth, with secrets masked: `Secret` values, values under names that
 * hold secrets, and credentials inside URLs. Errors keep name, code, message, stack and cause.
 */
export function clean(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return cleanEntries(Object.entries(fields), 0);
}

function cleanEntries(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of entries.slice(0, ITEMS_MAX)) {
    if (value !== undefined) {
      out[name] = SECRET_NAMES.has(name.toLowerCase().replace(/[-_]/g, "")) ? MASK : cleanValue(value, depth + 1);
    }
  }
  return out;
}

function cleanValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return cleanText(value);
    case "bigint":
      return value.toString();
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
    case "undefined":
      return value;
    case "symbol":
    case "function":
      return String(value).slice(0, 100);
    case "object":
      return value === null ? null : cleanObject(value, depth);
  }
}

function cleanObject(value: object, depth: number): unknown {
  if (value instanceof Secret) {
    return MASK;
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  }
  if (ArrayBuffer.isView(value)) {
    return `<${value.byteLength} bytes>`;
  }
  if (depth >= DEPTH_MAX) {
    return "[deeper]";
  }
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    const code = "code" in value ? value.code : undefined;
    const errors = value instanceof AggregateError ? value.errors : undefined;
    return cleanEntries(Object.entries({ name, code, message, stack, cause, errors }), depth);
  }
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value];
    const kept = items.slice(0, ITEMS_MAX).map((item) => cleanValue(item, depth + 1));
    return items.length > ITEMS_MAX ? [...kept, `[${items.length - ITEMS_MAX} more]`] : kept;
  }
  if (value instanceof Map) {
    return cleanEntries(
      [...value].map(([name, item]) => [String(name), item] as const),
      depth,
    );
  }
  if (value instanceof URL) {
    return cleanText(value.href);
  }
  return cleanEntries(Object.entries(value), depth);
}

/** Ours by their prefix (signing secrets, tokens), and what stands in an Authorization header. */
const SHAPES = /\b(?:wh(?:sec|sk)_[A-Za-z0-9+/=]{16,}|ph[a-z]?_[A-Za-z0-9_-]{16,}|Bearer [A-Za-z0-9._~+/=-]{8,})/g;

/** Credentials reach logs through messages of libraries, which no wrapper can reach: in URLs, and as they look. */
export function cleanText(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}[${text.length - TEXT_MAX} more]` : text;
  return cut.replace(/:\/\/[^\s/@"'<>]+@/g, `://${MASK}@`).replace(SHAPES, MASK);
}
