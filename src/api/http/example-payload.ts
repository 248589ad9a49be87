/** What of a JSON Schema examples are made from; a stranger wrote it, so nothing of it is believed. */
type Schema = Readonly<Record<string, unknown>>;

const DEPTH_MAX = 8;
const PROPERTIES_MAX = 100;

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * An example of an event type: from the newest version of its schema, an example that stands there, or one made by its
 * types; without a schema a default that says what it is. Always an object, always the same for the same schema.
 */
export function examplePayload(
  eventType: string,
  schemas: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  const versions = Object.keys(schemas ?? {}).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const schema = schemas?.[versions.at(-1) ?? ""];
  const made = isObject(schema) ? exampleOf(schema, 0) : undefined;
  return isObject(made)
    ? made
    : { example: true, eventType, note: "An example, because no schema of this event type is known" };
}

function exampleOf(schema: Schema, depth: number): unknown {
  const { examples } = schema;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  for (const given of ["example", "default", "const"]) if (schema[given] !== undefined) return schema[given];
  if (Array.isArray(schema["enum"]) && schema["enum"].length > 0) return schema["enum"][0];
  if (depth >= DEPTH_MAX) return null;
  for (const choice of ["oneOf", "anyOf", "allOf"]) {
    const options = schema[choice];
    if (Array.isArray(options) && isObject(options[0])) return exampleOf(options[0], depth + 1);
  }
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  switch (type ?? (isObject(schema["properties"]) ? "object" : undefined)) {
    case "object": {
      const properties = isObject(schema["properties"]) ? schema["properties"] : {};
      return Object.fromEntries(
        Object.entries(properties)
          .slice(0, PROPERTIES_MAX)
          .map(([name, property]) => [name, isObject(property) ? exampleOf(property, depth + 1) : null]),
      );
    }
    case "array":
      return isObject(schema["items"]) ? [exampleOf(schema["items"], depth + 1)] : [];
    case "string":
      return stringOf(schema["format"]);
    case "integer":
    case "number":
      return typeof schema["minimum"] === "number" ? schema["minimum"] : 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}

function stringOf(format: unknown): string {
  switch (format) {
    case "date-time":
      return "2026-01-01T00:00:00Z";
    case "date":
      return "2026-01-01";
    case "email":
      return "someone@example.com";
    case "uri":
    case "url":
      return "https://example.com/";
    case "uuid":
      return "01890a5d-ac96-774b-bcce-b302099a8057";
    default:
      return "string";
  }
}
