// The HTTP API: every operation, the reference, and beside them the road of events.

export { type Api, createApi } from "./app.ts";
export { createHotRoutes, type HotOptions, type HotRoutes } from "./hot.ts";
export type { ApiDeps, Readiness } from "./http/deps.ts";
export { applicationFrom } from "./routes/applications.ts";
