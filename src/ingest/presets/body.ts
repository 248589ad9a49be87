const decoder = new TextDecoder();

/**
 * The body as a JSON object; nothing when it is none. Only for reading the type and the id out of it: what is stored and
 * sent stays the raw bytes. Bytes that are no UTF-8 inside a string become U+FFFD and do no harm there.
 */
export function jsonObject(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  return objectOf(decoder.decode(body));
}

/** The same for a form that carries JSON in one field, as GitHub and Slack send it. */
export function jsonObjectOfForm(body: Uint8Array, field: string): Readonly<Record<string, unknown>> | undefined {
  const text = new URLSearchParams(decoder.decode(body)).get(field);
  return text === null ? undefined : objectOf(text);
}

export function isForm(contentType: string | null): boolean {
  return contentType?.toLowerCase().startsWith("application/x-www-form-urlencoded") ?? false;
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON is an ordinary answer here: the caller decides whether its provider may send that.
    return undefined;
  }
  return isObject(value) ? value : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Follows a path like `data.object.id`; a field counts only when it is the object's own. */
export function fieldAt(value: unknown, path: readonly string[]): unknown {
  let at: unknown = value;
  for (const name of path) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** A field as text: strings as they are, numbers as written by JavaScript; anything else is nothing. */
export function textAt(value: unknown, path: readonly string[]): string | undefined {
  const field = fieldAt(value, path);
  if (typeof field === "string") return field === "" ? undefined : field;
  return typeof field === "number" ? String(field) : undefined;
}
