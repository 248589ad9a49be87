// Traces: contexts in and out, the decision at the head, and spans on their way to a collector. otlp.ts is loaded when needed.
export { parseTraceparent, readStoredTrace, spanIdOf, storedTrace, type TraceContext, traceparent } from "./context.ts";
export type { SpanStats } from "./queue.ts";
export { SAMPLERS, type SamplerName } from "./sampler.ts";
export type { Span } from "./span.ts";
export { createTracing, type Tracing, type TracingConfig } from "./tracing.ts";
