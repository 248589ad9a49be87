import { z } from "@hono/zod-openapi";
import { SECRET_LENGTH_MAX, SECRET_LENGTH_MIN, SECRET_NAME, secretValueFault } from "#flows";
import { applicationParams } from "./application.ts";
import { listQuery, listResponse, Timestamp, uniqueList } from "./common.ts";

const FLOWS_MAX = 1_000;
const name = z
  .string()
  .regex(SECRET_NAME, "should be letters, digits and _, at most 64, and not begin with a digit")
  .openapi({ example: "stripe_key" });
const flowName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "should be the name of a flow: small letters, digits and -")
  .openapi({ example: "refund" });

export const flowSecretParams = applicationParams.extend({ secret_name: name });
export const flowSecretListQuery = z.object(listQuery("stripe_key"));

const flows = uniqueList(flowName, 0, FLOWS_MAX).nullable();

export const FlowSecretOut = z
  .object({
    name,
    flows: flows.openapi({ description: "Names of the flows that may use it; null: all of the application" }),
    version: z.number().int().openapi({ description: "Raised by each new value" }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    updatedBy: z.string(),
    lastUsedOn: z.string().nullable().openapi({ format: "date", description: "The last day a request left with it" }),
  })
  .openapi("FlowSecretOut");
export const FlowSecretList = listResponse(FlowSecretOut, "ListResponseFlowSecretOut");

export const FlowSecretIn = z
  .object({
    value: z
      .string()
      .superRefine((value, context) => {
        const fault = secretValueFault(value);
        if (fault !== undefined) context.addIssue({ code: "custom", message: `The value ${fault}` });
      })
      .optional()
      .openapi({
        minLength: SECRET_LENGTH_MIN,
        maxLength: SECRET_LENGTH_MAX,
        example: "sk_live_example_1234",
        description: "Visible ASCII. Absent: the value it has. No answer shows it",
      }),
    flows: flows.optional().openapi({
      description:
        "Names of the flows that may use it, also of ones that are made later; null: all. Absent: as it is, none for a new one",
    }),
  })
  .openapi("FlowSecretIn");
