import { z } from "@hono/zod-openapi";
import { applicationParams } from "./application.ts";
import { idOrUid, listQuery, listResponse, Timestamp, text } from "./common.ts";

const ID = "flow_01h455vb4pex5vsknk084sn02q";
const RUN_ID = "run_01h455vb4pex5vsknk084sn02q";
/** As much text as a definition may have (256 KiB), and the quoting of it as JSON. */
export const SOURCE_LENGTH_MAX = 262_144;

export const flowParams = applicationParams.extend({
  flow_id: idOrUid("abandoned-cart").openapi({ description: "Its id, or its name" }),
});
export const flowVersionParams = flowParams.extend({
  version: z.coerce.number().int().min(1).max(2_147_483_647).openapi({ type: "integer", minimum: 1, example: 3 }),
});
export const flowListQuery = z.object(listQuery(ID));

export const FlowMode = z.enum(["enabled", "paused", "disabled"]).openapi("FlowMode", {
  description:
    "`enabled`: it takes new runs. `paused`: new runs wait, and those that go on stop where they next could. `disabled`: no new runs; those there go on",
});
export const RunState = z.enum(["running", "waiting", "completed", "failed", "cancelled"]).openapi("RunState");
export const EndState = z.enum(["completed", "failed", "cancelled"]).openapi("RunEndState");

/** As `src/language/definition.ts` has it, and as the published JSON Schema says in full. */
export const FlowDefinition = z.record(z.string(), z.unknown()).openapi("FlowDefinition", {
  description: "The definition; its JSON Schema is at `/api/v1/flow.schema.json`",
  example: { posthorn: 1, flow: "greet", on: [{ event: "user.signup" }], steps: [] },
});

const trigger = z.record(z.string(), z.unknown()).openapi("FlowTrigger", {
  description: "As the definition has it: what starts a run",
  example: { event: "user.signup" },
});

export const FlowFault = z
  .object({
    path: z
      .string()
      .openapi({ example: "steps[2].http.url", description: "Where in the definition; empty: all of it" }),
    line: z.number().int().optional().openapi({ description: "Of the source, from 1" }),
    column: z.number().int().optional(),
    code: z.string().openapi({ example: "expression_unknown_field" }),
    message: z.string(),
    hint: z.string().optional(),
  })
  .openapi("FlowFault");

export const FlowDeployRuns = z
  .object({
    finish: z.number().int().openapi({ description: "Go on with the version they began with" }),
    migrate: z.number().int().openapi({ description: "Move to the new version" }),
    cancel: z.number().int(),
    cannot: z
      .array(z.object({ runId: z.string(), reason: z.string() }))
      .openapi({ description: "Would be moved and cannot, and why: the first 100" }),
    isComplete: z.boolean().openapi({ description: "False: there are more runs than were looked at" }),
  })
  .openapi("FlowDeployRuns");
export const FlowDeployOut = z
  .object({ dryRun: z.boolean(), version: z.number().int(), runs: FlowDeployRuns })
  .openapi("FlowDeployOut");

const out = {
  id: z.string().openapi({ example: ID }),
  name: z.string().openapi({ example: "abandoned-cart" }),
  title: z.string().nullable(),
  mode: FlowMode,
  version: z.number().int().openapi({ description: "New runs begin with it" }),
  triggers: z.array(trigger),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  live: z.number().int().openapi({ description: "Runs in the hands of a process now" }),
  waiting: z.number().int().openapi({ description: "Runs that wait; counted up to 10,000" }),
  lastRun: z
    .object({ id: z.string().openapi({ example: RUN_ID }), state: EndState, endedAt: Timestamp })
    .nullable()
    .openapi({ description: "The newest run that ended" }),
};
const written = {
  definition: FlowDefinition,
  source: z.string().nullable().openapi({ description: "As it was written, when that was YAML: with its comments" }),
};

export const FlowOut = z.object(out).openapi("FlowOut");
export const FlowList = listResponse(FlowOut, "ListResponse_FlowOut_");
export const FlowDetailOut = z.object({ ...out, ...written }).openapi("FlowDetailOut");
export const FlowPutOut = z
  .object({
    ...out,
    dryRun: z.boolean(),
    created: z.boolean().openapi({ description: "The flow is new" }),
    changed: z.boolean().openapi({ description: "The definition differs from the version before: there is a new one" }),
    warnings: z.array(FlowFault),
    runs: FlowDeployRuns.nullable(),
  })
  .openapi("FlowPutOut");

export const SourceFormat = z.enum(["yaml", "json"]).openapi("FlowSourceFormat");
const asked = {
  definition: FlowDefinition.optional().openapi({ description: "Either this, or `source`" }),
  source: z
    .string()
    .max(SOURCE_LENGTH_MAX)
    .optional()
    .openapi({ description: "The definition as text; faults then have lines and columns" }),
  format: SourceFormat.optional().openapi({ default: "yaml", description: "Of `source`" }),
};
const either = (body: { definition?: unknown; source?: unknown }) =>
  (body.definition === undefined) !== (body.source === undefined);
const EITHER = "should have either definition or source";

export const FlowCheckIn = z.object(asked).refine(either, EITHER).openapi("FlowCheckIn");
export const FlowCheckOut = z
  .object({
    valid: z.boolean(),
    faults: z.array(FlowFault),
    warnings: z.array(FlowFault),
    definition: FlowDefinition.nullable().openapi({ description: "In its canonical form; null: it is not valid" }),
  })
  .openapi("FlowCheckOut");

export const RunningPolicy = z.enum(["finish", "migrate", "cancel"]).openapi("FlowRunningPolicy", {
  description:
    "What becomes of runs of the versions before: they finish as they began; those that can move to the new version do; they are cancelled",
});
const running = RunningPolicy.optional().openapi({ default: "finish" });
const dryRun = z
  .boolean()
  .optional()
  .openapi({ default: false, description: "Changes nothing, and tells what would be" });

export const FlowIn = z
  .object({
    ...asked,
    note: text(1_000).optional().openapi({ default: "", description: "Why it changed" }),
    running,
    dryRun,
  })
  .refine(either, EITHER)
  .openapi("FlowIn");
export const FlowPatch = z.object({ mode: FlowMode }).openapi("FlowPatch");

export const FlowDefinitionInvalid = z
  .object({
    code: z.literal("definition_invalid"),
    detail: z.string(),
    faults: z.array(FlowFault),
  })
  .openapi("FlowDefinitionInvalid");

const version = {
  version: z.number().int(),
  isCurrent: z.boolean(),
  note: z.string(),
  createdBy: z.string(),
  createdAt: Timestamp,
  live: z.number().int().openapi({ description: "Runs of this version that have not ended; counted up to 10,000" }),
};
export const FlowVersionOut = z.object(version).openapi("FlowVersionOut");
export const FlowVersionDetailOut = z.object({ ...version, ...written }).openapi("FlowVersionDetailOut");
export const FlowVersionList = z.object({ data: z.array(FlowVersionOut) }).openapi("FlowVersionList");

export const FlowDeployIn = z.object({ running, dryRun }).openapi("FlowDeployIn");
