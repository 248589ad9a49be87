export const EVENT_TYPE_CHARS_MAX = 256;

/**
 * Makes a provider's name of what happened fit an event type: characters outside `[a-zA-Z0-9-_.]` become `_`, what is
 * longer than 256 characters is cut. Returns nothing for what has no name.
 */
export function toEventType(text: unknown): string | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  return text.slice(0, EVENT_TYPE_CHARS_MAX).replace(/[^a-zA-Z0-9\-_.]/g, "_");
}
