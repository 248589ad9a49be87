import { z } from "@hono/zod-openapi";
import { ApplicationIn } from "./application.ts";
import { Timestamp, text, uniqueList } from "./common.ts";

const LOGO_LENGTH_MAX = 131_072;

const colour = z
  .string()
  .regex(/^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i, "should be a colour such as #0af, #00aaff or #00aaffcc")
  .nullable()
  .optional()
  .openapi({ example: "#0055ff" });

export const PortalTheme = z
  .object({
    name: text(100).min(1).nullable().optional().openapi({ description: "Of the product, as the portal calls it" }),
    logoUrl: z
      .string()
      .max(LOGO_LENGTH_MAX)
      .regex(
        /^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/,
        "should be a data:image/…;base64 URL of a PNG, JPEG, GIF, WebP or SVG: the portal loads nothing from elsewhere",
      )
      .nullable()
      .optional(),
    primary: colour,
    background: colour,
    text: colour,
    radiusPx: z.number().int().min(0).max(32).nullable().optional(),
    mode: z.enum(["light", "dark", "auto"]).nullable().optional(),
  })
  .openapi("PortalTheme", { description: "What is absent is as the organisation has it, or as the portal comes" });

export const PortalOut = z
  .object({
    application: z.object({ id: z.string(), uid: z.string().nullable(), name: z.string() }),
    theme: PortalTheme,
    readOnly: z.boolean(),
    expiresAt: Timestamp.nullable(),
  })
  .openapi("PortalOut");

const seconds = (description: string) =>
  z.number().int().min(60).max(604_800).nullable().optional().openapi({ description });

export const AppPortalAccessIn = z
  .object({
    application: ApplicationIn.nullable().optional().openapi({
      description: "Creates the application if there is none of this uid; takes the permission `admin`",
    }),
    featureFlags: uniqueList(text(256).min(1), 0, 100).optional().openapi({ default: [], description: "Not heeded" }),
    readOnly: z.boolean().nullable().optional().openapi({ description: "May look, and change nothing" }),
    capabilities: z
      .array(
        z.enum([
          "ViewBase",
          "ViewEndpointSecret",
          "ManageEndpointSecret",
          "ManageTransformations",
          "CreateAttempts",
          "ManageEndpoint",
        ]),
      )
      .nullable()
      .optional()
      .openapi({ description: "Svix's: without `ManageEndpoint` among them the session is read-only" }),
    expiry: seconds("Seconds the token is good for, 7 days unless given"),
    expiresInSeconds: seconds("The same; not part of Svix's API"),
    sessionId: text(256).min(1).nullable().optional().openapi({ description: "A name by which `expire-all` ends it" }),
    theme: PortalTheme.optional().openapi({ description: "For this session. Not part of Svix's API" }),
  })
  .openapi("AppPortalAccessIn");

export const AppPortalAccessOut = z
  .object({
    token: z.string().openapi({ example: "appsk_kV3ts5tKPNJN4Dl25cMTfUNdmabxbX0O" }),
    url: z.string().openapi({ format: "uri", example: "https://example.com/portal#key=eyJhcHBJZCI6ImFwcF8…" }),
  })
  .openapi("AppPortalAccessOut");

export const ApplicationTokenExpireIn = z
  .object({
    expiry: z.number().int().min(0).max(604_800).nullable().optional().openapi({
      description: "In how many seconds they end; at once unless given",
    }),
    sessionIds: uniqueList(text(256).min(1), 0, 1_000).optional().openapi({
      default: [],
      description: "Only those created with one of these names; all unless given",
    }),
  })
  .openapi("ApplicationTokenExpireIn");
