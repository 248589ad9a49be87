import type { components } from "./schema.d.ts";

// The shapes of the instruments, as the API's document has them.
type Schemas = components["schemas"];

export type OverviewOut = Schemas["OverviewOut"];
export type ProcessState = Schemas["ProcessOut"];
export type Attention = Schemas["AttentionOut"];
export type SeriesOut = Schemas["OverviewSeriesOut"];
export type SeriesPoint = Schemas["OverviewPoint"];
export type TopRow = Schemas["TopOut"]["data"][number];
