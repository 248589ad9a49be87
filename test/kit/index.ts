// What the tests that cross rooms are told with.
export { type ApiAnswer, apiOf, type Sent, type TestApi } from "./api.ts";
export { type SteppedEngine, startStepped } from "./clock.ts";
export { type Answered, KeepAlive, type Sending } from "./connection.ts";
export { type EndedRun, type FlowClient, flowsOf } from "./flows.ts";
export { type Installation, installation } from "./installation.ts";
export { type AttemptRow, type Ledger, openLedger } from "./ledger.ts";
export { type Load, type LoadOptions, type Refusal, startLoad } from "./load.ts";
export { residentBytes } from "./memory.ts";
export { type CollectedSpan, type Collector, collector } from "./otlp.ts";
export { PGBOUNCER, type Pooler, startPgbouncer } from "./pgbouncer.ts";
export { type Proxy, proxyTo } from "./proxy.ts";
export { randomOf } from "./random.ts";
export { until } from "./until.ts";
export { byDelivery, byEvent, mostWithin } from "./wire.ts";
export { startWorker, taskFolder, type WorkerProcess } from "./worker.ts";
