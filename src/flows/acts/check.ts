import { listEventTypes } from "#events";
import type { Queryable } from "#kernel";
import { type CheckedDefinition, checkDefinition, type Json, type Surroundings } from "#language";
import { FLOWS_MAX, listFlows } from "../flow-store.ts";
import { FLOW_SECRETS_MAX, listFlowSecrets } from "../secrets/secret-store.ts";

/** More event types than these are not asked for their schemas: what is not known is not held against a definition. */
const EVENT_TYPES_MAX = 2_000;

/** Holds a definition (JSON, or `{ source, format }`) against the language, and against what its application has. Changes nothing. */
export async function checkFlow(q: Queryable, appId: string, input: unknown): Promise<CheckedDefinition> {
  return checkDefinition(input, await surroundingsOf(q, appId));
}

async function surroundingsOf(q: Queryable, appId: string): Promise<Surroundings> {
  const all = { after: undefined, order: "ascending" } as const;
  const types = await listEventTypes(q, { ...all, limit: EVENT_TYPES_MAX }, false);
  const flows = await listFlows(q, appId, { limit: FLOWS_MAX });
  const secrets = await listFlowSecrets(q, appId, { ...all, limit: FLOW_SECRETS_MAX });
  return {
    // Where there are more than were read, a type that is not among them says nothing.
    ...(types.length < EVENT_TYPES_MAX && {
      eventTypes: new Map(types.map(({ name, schemas }) => [name, newestSchema(schemas)])),
    }),
    flows: flows.map(({ name }) => name),
    secrets: secrets.map(({ name }) => name),
  };
}

/** Of a type's schemas by version, as Svix keeps them: the one of the highest version. */
function newestSchema(schemas: Readonly<Record<string, unknown>> | undefined): Json | undefined {
  const versions = Object.keys(schemas ?? {}).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const newest = schemas?.[versions.at(-1) ?? ""];
  return typeof newest === "object" && newest !== null ? (newest as Json) : undefined;
}
