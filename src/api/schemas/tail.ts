import { z } from "@hono/zod-openapi";

export const TAIL_KINDS = ["event", "attempt", "rejection"] as const;

export const tailQuery = {
  kinds: z
    .string()
    .max(100)
    .optional()
    .transform((text, context) => {
      const kinds = new Set<(typeof TAIL_KINDS)[number]>();
      for (const word of text?.split(",") ?? TAIL_KINDS) {
        const kind = TAIL_KINDS.find((known) => known === word.trim());
        if (kind === undefined) {
          context.addIssue({ code: "custom", message: `should be some of ${TAIL_KINDS.join(", ")}, joined by commas` });
          return z.NEVER;
        }
        kinds.add(kind);
      }
      return kinds;
    })
    .openapi({ type: "string", description: "event, attempt, rejection, joined by commas; unless given, all" }),
  q: z.string().min(1).max(200).optional().openapi({ description: "Only what has this in its type or one of its ids" }),
};

export const TailStream = z.string().openapi("TailStream", {
  description:
    "Server-sent events. `hello` first; then `batch` at most every 250 ms, with `{items, skipped}`: what happened, and how much more of each kind was too much to show; `bye` before an end of the server's own.",
});
