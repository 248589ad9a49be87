import { nameOf, readNaming } from "./naming.ts";
import { OptionReader } from "./options.ts";
import type { Preset } from "./preset.ts";

/**
 * Believes whoever knows the URL, whose token has 256 random bits. For senders that cannot sign. Options: the event
 * type's, and `idHeader` or `idField` to deduplicate by; see `readNaming`.
 */
export const none: Preset = {
  name: "none",
  secretFrom: "nobody",
  answers: { successStatus: 202, successBody: "json", disbelievedStatus: 401, sameIdOtherBody: "conflict" },
  parseSecret: () => ({ ok: false, message: "The preset none has no secret." }),
  configure(raw) {
    const options = new OptionReader(raw);
    const naming = readNaming(options, "ids");
    options.unknownNames("none");
    if (options.faults.length > 0) return { ok: false, faults: options.faults };
    return {
      ok: true,
      options: options.given,
      verify: ({ headers, body }) => {
        const { eventType, id } = nameOf(naming, headers, body);
        return id === undefined || id === ""
          ? { kind: "verified", eventType }
          : { kind: "verified", eventType, dedupeKey: id };
      },
    };
  },
};
