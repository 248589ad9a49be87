// The HTTP API: every operation, the reference, and beside them the road of events.

export type { Api } from "./app.ts";
export { type ConsoleFace, type ConsoleOptions, createConsole } from "./console/console.ts";
export { bundleKey } from "./console/key.ts";
export { createHotRoutes, type HotOptions, type HotRoutes } from "./hot.ts";
export { refuseMisframed } from "./http/content-length.ts";
export { createCors } from "./http/cors.ts";
export type { ApiDeps, Readiness } from "./http/deps.ts";
export { answerProbe, createProbes, type Health, servedElsewhere } from "./probes.ts";
export { createMetricsRoute, exposed, type MetricsRoute } from "./routes/metrics.ts";

/** Everything but the road of events. Loaded when asked for: a process that only takes events in does without 15 MB of schemas. */
export const loadApi = () => import("./operations.ts");
