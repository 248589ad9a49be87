/** Names of members whose values say what was done and hide nothing; a value under any other name is not recorded. */
const SHOWN = new Set([
  "name",
  "uid",
  "role",
  "appId",
  "description",
  "eventType",
  "eventTypes",
  "channels",
  "filterTypes",
  "mode",
  "preset",
  "status",
  "since",
  "until",
  "what",
  "expiresAt",
  "endpointIds",
  "ids",
  "outcomes",
  "reasons",
  "task",
  "logLevel",
  "tags",
  "tag",
  "app_id",
  "event_types",
  "flows",
  "order",
]);
/** URLs carry credentials in their path and query: the server is enough to know them by. */
const URLS = new Set(["url"]);
const MASKED = "•••";
const TEXT_MAX = 200;
const ITEMS_MAX = 10;
const DEPTH_MAX = 3;
const DETAIL_MAX = 4_096;
const BODY_BYTES_MAX = 64 * 1024;

/**
 * What was asked, for the record: every name, and the values that are numbers, flags or known to hide nothing. Secrets,
 * tokens, headers, metadata and payloads are masked because they are not on the list, not because somebody thought of them.
 */
export function masked(search: URLSearchParams, body: Uint8Array): Readonly<Record<string, unknown>> {
  const query = Object.fromEntries(
    [...search].slice(0, 20).map(([name, value]) => [name.slice(0, 64), shown(name, value, 1)]),
  );
  const detail = {
    ...(search.size > 0 && { query }),
    ...(body.length > 0 && { body: bodyShown(body) }),
  };
  return JSON.stringify(detail).length <= DETAIL_MAX ? detail : { bodyBytes: body.length };
}

function bodyShown(body: Uint8Array): unknown {
  if (body.length > BODY_BYTES_MAX) return { bytes: body.length };
  try {
    return shown("", JSON.parse(Buffer.from(body).toString()), 0);
  } catch {
    return { bytes: body.length }; // Not JSON: whoever takes such a body says so, or takes no body at all.
  }
}

function shown(name: string, value: unknown, depth: number): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") {
    if (SHOWN.has(name)) return clean(value);
    return URLS.has(name) && URL.canParse(value) ? new URL(value).origin : MASKED;
  }
  if (depth >= DEPTH_MAX) return MASKED;
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_MAX).map((item) => shown(name, item, depth + 1));
    return value.length > ITEMS_MAX ? [...items, `and ${value.length - ITEMS_MAX} more`] : items;
  }
  if (typeof value !== "object") return MASKED;
  // The names inside metadata and headers are data too, but they are what their owner calls things, not what he keeps there.
  const members = Object.entries(value).slice(0, 50);
  return Object.fromEntries(members.map(([key, member]) => [clean(key.slice(0, 64)), shown(key, member, depth + 1)]));
}

/** What the database can store. */
function clean(text: string): string {
  return text
    .slice(0, TEXT_MAX)
    .toWellFormed()
    .replace(/\p{Cc}/gu, "\u{fffd}");
}
