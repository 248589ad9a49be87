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
