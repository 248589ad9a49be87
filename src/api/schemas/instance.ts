import { z } from "@hono/zod-openapi";
import { LOG_LEVELS } from "#kernel";
import { Timestamp } from "./common.ts";

export const LogLevelName = z
  .enum([...LOG_LEVELS, "silent"])
  .openapi({ description: "The least important line written" });

export const InstanceOut = z
  .object({
    process: z.string().openapi({ example: "posthorn-0:1", description: "The process that answered: host and pid" }),
    version: z.string(),
    bun: z.string(),
    platform: z.string().openapi({ example: "linux x64" }),
    startedAt: Timestamp,
    roles: z.array(z.string()),
    schema: z.array(
      z.object({
        number: z.number().int(),
        name: z.string().openapi({ example: "0001_spine" }),
        appliedAt: Timestamp,
        engineVersion: z.string().openapi({ description: "Of the Posthorn that applied it" }),
      }),
    ),
    postgres: z.object({
      version: z.string().openapi({ example: "18.1" }),
      embedded: z.boolean(),
      settings: z.record(z.string(), z.string()).openapi({ description: "Those that Posthorn's promises rest on" }),
    }),
    settings: z
      .array(
        z.object({
          name: z.string().openapi({ example: "POSTHORN_RETENTION" }),
          value: z.string().openapi({ description: "As one would write it; what is secret reads `[secret]`" }),
          source: z.enum(["default", "environment"]),
          description: z.string(),
        }),
      )
      .openapi({ description: "What is in force in the process that answered" }),
    retention: z.object({ days: z.number() }),
    log: z.object({ level: LogLevelName }),
  })
  .openapi("InstanceOut");

export const InstancePatch = z.strictObject({ logLevel: LogLevelName.optional() }).openapi("InstancePatch");

/** Which process answered: behind one address there may be several. */
export const PROCESS_HEADER = "Posthorn-Process";
