import type { components } from "../../api/schema.d.ts";

/** A secret as it may be seen: everything but its value. */
export type FlowSecret = components["schemas"]["FlowSecretOut"];
