import { z } from "@hono/zod-openapi";
import { IDEMPOTENCY_KEY_LENGTH_MAX, isReservedUid, UID_LENGTH_MAX, UID_PATTERN } from "#tenancy";

/** PostgreSQL stores neither NUL nor half a surrogate pair; Svix refuses the other control characters of its list too. */
export function isStorable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose.
  return text.isWellFormed() && !/[\u0000-\u0008]/.test(text);
}

export const text = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .refine(isStorable, "Control characters U+0000 to U+0008 and lone surrogates are not allowed");

const name = (lengthMax: number) =>
  z.string().min(1).max(lengthMax).regex(UID_PATTERN, "should be letters, digits and -_. only");

/** What a customer may choose as a uid. */
export const uid = (example: string) =>
  name(UID_LENGTH_MAX)
    .refine((value) => !isReservedUid(value), "should not begin like an id (app_, ep_, msg_, src_, atmpt_)")
    .openapi({ example, description: "Unique identifier of your own, usable wherever an id is" });

/** An id or a uid in a path. */
export const idOrUid = (example: string) => name(UID_LENGTH_MAX).openapi({ example });

export const EventTypeName = name(256).openapi({ example: "user.signup" });
export const Channel = name(128).openapi({ example: "project_1337" });
export const Tag = name(128).openapi({ example: "import-2026-01" });

/** Unique items, and the document says so. */
export function uniqueList<T extends z.ZodType>(item: T, min: number, max: number) {
  return z
    .array(item)
    .min(min)
    .max(max)
    .refine((items) => new Set(items).size === items.length, "should have no item twice")
    .openapi({ uniqueItems: true });
}

const METADATA_LENGTH_MAX = 16_384;

export const Metadata = z
  .record(text(256), text(METADATA_LENGTH_MAX))
  .refine(
    (value) => JSON.stringify(value).length <= METADATA_LENGTH_MAX,
    `should have at most ${METADATA_LENGTH_MAX} characters in all`,
  );

/** uint16 on Svix's wire. */
export const ThrottleRate = z.number().int().min(1).max(65_535);

export const Timestamp = z.iso.datetime().openapi({ format: "date-time" });

export const LIST_LIMIT_DEFAULT = 50;
export const LIST_LIMIT_MAX = 250;

const limit = z.coerce
  .number()
  .int()
  .min(0)
  .max(LIST_LIMIT_MAX)
  .optional()
  .openapi({
    type: "integer",
    minimum: 0,
    maximum: LIST_LIMIT_MAX,
    description: `How many items at most; ${LIST_LIMIT_DEFAULT} unless given`,
  });

const iterator = (example: string) =>
  z.string().min(1).max(300).optional().openapi({
    example,
    description: "The `iterator`, or for the page before, the `prevIterator` of an earlier answer",
  });

export const Ordering = z
  .enum(["ascending", "descending"])
  .openapi("Ordering", { description: "The order of the items" });

/** Queries of a list of configuration. */
export const listQuery = (example: string) => ({ limit, iterator: iterator(example), order: Ordering.optional() });

/** `true` or `false` in a query string. */
export const flag = (byDefault: boolean, description: string) =>
  z
    .enum(["true", "false"])
    .transform((value) => value === "true")
    .optional()
    .transform((value) => value ?? byDefault)
    .openapi({ type: "boolean", default: byDefault, description });

export const moment = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .transform((value) => Date.parse(value))
    .optional()
    .openapi({ type: "string", format: "date-time", description });

/** Queries of a list of what happened, newest first. */
export const historyQuery = (example: string) => ({
  limit,
  iterator: iterator(example),
  before: moment("Only items from before; not heeded with an iterator"),
  after: moment("Only items from after, the oldest first page; not heeded with an iterator"),
  channel: Channel.optional().openapi({ description: "Only messages with this channel" }),
  tag: Tag.optional().openapi({ description: "Only messages with this tag" }),
  event_types: z
    .array(EventTypeName)
    .optional()
    .openapi({ description: "Only messages of these types: repeated, or joined by commas", uniqueItems: true }),
});

/** The one header that POSTs take. */
export const IdempotencyKey = z.object({
  "idempotency-key": z.string().max(IDEMPOTENCY_KEY_LENGTH_MAX).optional().openapi({
    description:
      "The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409",
  }),
});

export const EmptyResponse = z.object({}).openapi("EmptyResponse");

export const OWED_STOPPED_HEADER = "Posthorn-Owed-Stopped";
export const owedStoppedHeader = {
  [OWED_STOPPED_HEADER]: "How many deliveries were waiting and will not be sent; `100000+` for that many or more",
};

/** A page of a list. */
export function listResponse<T extends z.ZodType>(item: T, componentName: string) {
  return z
    .object({
      data: z.array(item),
      done: z.boolean().openapi({ description: "Whether nothing lies beyond in this direction" }),
      iterator: z.string().nullable().optional().openapi({ example: "iterator" }),
      prevIterator: z.string().nullable().optional().openapi({ example: "-iterator" }),
    })
    .openapi(componentName);
}
