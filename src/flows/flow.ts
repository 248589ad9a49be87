import type { Definition } from "#language";

/** Whether a flow takes new runs. `paused`: they wait, and those that go on stop at their next commit. `disabled`: none are made. */
export type FlowMode = "enabled" | "paused" | "disabled";

export interface Flow {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly mode: FlowMode;
  /** New runs begin with it. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Never changed. */
export interface FlowVersion {
  readonly version: number;
  readonly definition: Definition;
  /** As it was written, when that was not JSON. */
  readonly source: string | undefined;
  readonly note: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** JSON with its members in order: two definitions that mean the same have the same. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
