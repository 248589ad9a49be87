import { z } from "@hono/zod-openapi";
import { EventTypeName, listResponse, Timestamp, text } from "./common.ts";

export const eventTypeParams = z.object({ event_type_name: EventTypeName });

const SCHEMAS_LENGTH_MAX = 262_144;
/** What jsonb cannot hold, as JSON.stringify writes it: NUL, and half a surrogate pair. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

const Schemas = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .refine((value) => {
    const written = JSON.stringify(value);
    return written.length <= SCHEMAS_LENGTH_MAX && !UNSTORABLE.test(written);
  }, `should be JSON of at most ${SCHEMAS_LENGTH_MAX} characters, without U+0000 and lone surrogates`)
  .openapi({
    description: "A JSON Schema for each version",
    example: { "1": { title: "Invoice paid", type: "object" } },
  });

const fields = {
  description: text(4_096).openapi({ example: "A user has signed up" }),
  archived: z
    .boolean()
    .optional()
    .openapi({ default: false, description: "Out of use: new endpoints cannot choose it" }),
  deprecated: z.boolean().optional().openapi({ default: false }),
  featureFlag: EventTypeName.nullable().optional().openapi({ example: "cool-new-feature" }),
  schemas: Schemas.nullable().optional(),
};

export const EventTypeIn = z.object({ name: EventTypeName, ...fields }).openapi("EventTypeIn");
export const EventTypeUpdate = z.object(fields).openapi("EventTypeUpdate");
export const EventTypePatch = z
  .object({ ...fields, description: fields.description.optional() })
  .openapi("EventTypePatch");

export const EventTypeOut = z
  .object({
    name: z.string(),
    description: z.string(),
    archived: z.boolean().optional(),
    deprecated: z.boolean(),
    featureFlag: z.string().nullable().optional(),
    schemas: z.record(z.string(), z.unknown()).nullable().optional(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .openapi("EventTypeOut");

export const EventTypeList = listResponse(EventTypeOut, "ListResponse_EventTypeOut_");
