/** The pairs of OTEL_EXPORTER_OTLP_HEADERS and OTEL_RESOURCE_ATTRIBUTES; undefined when it is none of them. */
export function parsePairs(text: string): [string, string][] | undefined {
  const pairs: [string, string][] = [];
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const at = part.indexOf("=");
    const name = part.slice(0, at).trim();
    if (at < 1 || name === "") return undefined;
    try {
      pairs.push([decodeURIComponent(name), decodeURIComponent(part.slice(at + 1).trim())]);
    } catch {
      return undefined; // A percent sign that encodes nothing.
    }
  }
  return pairs;
}
