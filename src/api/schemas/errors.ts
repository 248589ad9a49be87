import { z } from "@hono/zod-openapi";

export const HttpErrorOut = z
  .object({ code: z.string().openapi({ example: "not_found" }), detail: z.string() })
  .openapi("HttpErrorOut", { description: "The code is stable: switch on it. The detail is for people." });

export const ValidationErrorItem = z
  .object({
    loc: z.array(z.string()).openapi({
      description: "`body`, `query`, `path` or `header`, then the way to the value.",
      example: ["body", "url"],
    }),
    msg: z.string().openapi({ description: "What is, and what should be." }),
    type: z.string().openapi({ description: "`value_error`, `type_error`, or one of them with more after a dot." }),
  })
  .openapi("ValidationErrorItem");

export const HTTPValidationError = z.object({ detail: z.array(ValidationErrorItem) }).openapi("HTTPValidationError");

const error = (description: string) => ({ description, content: { "application/json": { schema: HttpErrorOut } } });
const retryAfter = { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" as const } } };

/** What any operation may answer besides what it is for. */
export const errorResponses = {
  401: error("Unauthorized"),
  403: error("Forbidden"),
  404: error("Not Found"),
  409: error("Conflict"),
  422: { description: "Validation Error", content: { "application/json": { schema: HTTPValidationError } } },
  429: { ...error("Too Many Requests"), headers: retryAfter },
  503: {
    ...error("Not confirmed, or not available; retrying with the same Idempotency-Key is safe"),
    headers: retryAfter,
  },
};

export const bodyErrors = { 413: error("The body is too large") };
