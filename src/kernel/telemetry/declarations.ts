/**
 * Every metric, declared once: its name on the wire, what it means, and which labels with which values it may carry. The
 * exposition, the reference (docs/reference/metrics.md) and the counting all stand on this.
 *
 * Labels are bounded: a route is an operation's template, an outcome one of a closed list. No tenant is ever a label; who
 * wants to know which application or endpoint asks GET /api/v1/overview/top.
 */
export type MetricType = "counter" | "gauge" | "histogram";

export interface Declaration {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** Label to what it may be. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of a histogram: its least and greatest bound; those between are 1, 2 and 5 times the powers of ten. */
  readonly range?: readonly [number, number];
}

const HOT =
  "delivery_leased, delivery_owed, run_leased, run_waiting, run_signal, task_owed, task_leased, dedupe, event, attempt, run_step, run_ended";

export const METRICS = {
  httpRequests: {
    name: "posthorn_http_requests_total",
    type: "counter",
    help: "Requests answered by the HTTP server.",
    labels: { method: "HTTP method", route: "template of the operation, or unmatched", status: "2xx, 3xx, 4xx, 5xx" },
  },
  httpDuration: {
    name: "posthorn_http_request_duration_seconds",
    type: "histogram",
    help: "From the arrival of a request's head until its answer is handed to the connection.",
    labels: { route: "template of the operation, or unmatched" },
    range: [0.0005, 10],
  },
  ack: {
    name: "posthorn_ack_duration_seconds",
    type: "histogram",
    help: "From the arrival of an event's request until its acknowledgement; only those that were acknowledged.",
    labels: { origin: "api, source" },
    range: [0.0005, 10],
  },
  eventsAppended: {
    name: "posthorn_events_appended_total",
    type: "counter",
    help: "Events committed to the log; repetitions of one that is there do not count.",
    labels: { origin: "api, source" },
  },
  eventsBytes: {
    name: "posthorn_events_payload_bytes_total",
    type: "counter",
    help: "Payload bytes of the events committed to the log.",
    labels: {},
  },
  ingestRequests: {
    name: "posthorn_ingest_requests_total",
    type: "counter",
    help: "Webhooks received, by what became of them.",
    labels: {
      preset: "preset of the source, or unknown",
      outcome: "accepted, repeated, handshake, rejected, refused, not_confirmed, failed",
    },
  },
  ingestDuration: {
    name: "posthorn_ingest_request_duration_seconds",
    type: "histogram",
    help: "From the arrival of a webhook's head until its answer.",
    labels: { preset: "preset of the source, or unknown" },
    range: [0.0005, 10],
  },
  ingestRejections: {
    name: "posthorn_ingest_rejections_total",
    type: "counter",
    help: "Webhooks of known sources that were rejected, by reason.",
    labels: { reason: "signature_mismatch, timestamp_too_old, body_too_large, …" },
  },
  attempts: {
    name: "posthorn_delivery_attempts_total",
    type: "counter",
    help: "Outbound requests that ended, by the class of their outcome.",
    labels: {
      outcome:
        "delivered, retryable, permanent, gone, timeout, ambiguous, signature_error, endpoint_config_error, internal_error",
    },
  },
  settled: {
    name: "posthorn_delivery_settled_total",
    type: "counter",
    help: "Attempts recorded, by what became of the delivery with them.",
    labels: { settled_as: "delivered, owed, dead, late" },
  },
  dead: {
    name: "posthorn_delivery_dead_total",
    type: "counter",
    help: "Deliveries given up while they were in hand, by reason.",
    labels: { reason: "exhausted, permanent, expired, endpoint_deleted, erased, …" },
  },
  queueWait: {
    name: "posthorn_delivery_queue_wait_seconds",
    type: "histogram",
    help: "From the acceptance of an event until the first request of a delivery of it.",
    labels: {},
    range: [0.001, 100_000],
  },
  receiver: {
    name: "posthorn_delivery_receiver_duration_seconds",
    type: "histogram",
    help: "One outbound request, from the look-up of the name to the last byte of the answer.",
    labels: {},
    range: [0.001, 100],
  },
  delivery: {
    name: "posthorn_delivery_duration_seconds",
    type: "histogram",
    help: "From the acceptance of an event until a delivery of it is recorded as delivered, retries included.",
    labels: {},
    range: [0.001, 100_000],
  },
  inFlight: {
    name: "posthorn_delivery_in_flight",
    type: "gauge",
    help: "Outbound requests under way in this process.",
    labels: {},
  },
  inFlightMax: {
    name: "posthorn_delivery_in_flight_max",
    type: "gauge",
    help: "Outbound requests this process may have under way.",
    labels: {},
  },
  held: {
    name: "posthorn_delivery_held",
    type: "gauge",
    help: "Deliveries leased to this process: queued in its memory, under way, or waiting to be recorded.",
    labels: {},
  },
  unsettled: {
    name: "posthorn_delivery_unsettled",
    type: "gauge",
    help: "Outcomes that wait to be recorded.",
    labels: {},
  },
  runsStarted: {
    name: "posthorn_runs_started_total",
    type: "counter",
    help: "Runs of flows that this process began, by what started them.",
    labels: { trigger: "event, source, delivery, schedule, api, manual, rerun, call, run, batch" },
  },
  runsParked: {
    name: "posthorn_runs_parked_total",
    type: "counter",
    help: "How often this process put a run into the table where it waits; shorter waits are slept in memory.",
    labels: {},
  },
  runsTakenOver: {
    name: "posthorn_runs_taken_over_total",
    type: "counter",
    help: "Runs in the hands of processes that were lost, which this one made due for all.",
    labels: {},
  },
  runsEnded: {
    name: "posthorn_runs_ended_total",
    type: "counter",
    help: "Runs of flows that ended, by how they ended and what had started them.",
    labels: {
      state: "completed, failed, cancelled",
      trigger: "event, source, delivery, schedule, api, manual, rerun, call, run, batch",
    },
  },
  runDuration: {
    name: "posthorn_run_duration_seconds",
    type: "histogram",
    help: "From the beginning of a run until its end is recorded, waits included.",
    labels: {},
    range: [0.001, 100_000],
  },
  runStepAttempts: {
    name: "posthorn_run_step_attempts_total",
    type: "counter",
    help: "Attempts of steps that have entries in the journal, by kind of step and outcome; of http, code and task the first attempt and each retry.",
    labels: {
      kind: "http, code, task, emit, call, approve, wait, wait_for_event, record (computed and kept: durable map, respond, the end of a wait)",
      outcome: "completed, retryable, timeout, ambiguous, permanent, invalid, code, cancelled",
    },
  },
  runsLive: {
    name: "posthorn_runs_live",
    type: "gauge",
    help: "Runs in the hands of this process.",
    labels: {},
  },
  runsLiveBytes: {
    name: "posthorn_runs_live_bytes",
    type: "gauge",
    help: "About how much memory they take.",
    labels: {},
  },
  runStepsInFlight: {
    name: "posthorn_run_steps_in_flight",
    type: "gauge",
    help: "Attempts of steps under way in this process.",
    labels: {},
  },
  scheduleLate: {
    name: "posthorn_flow_schedule_late_seconds",
    type: "gauge",
    help: "How long ago the moment of the most belated schedule of a flow or task passed; told by one process of the installation.",
    labels: {},
  },
  sandboxProcesses: {
    name: "posthorn_sandbox_processes",
    type: "gauge",
    help: "Processes of this one that run code steps.",
    labels: {},
  },
  sandboxWaiting: {
    name: "posthorn_sandbox_waiting",
    type: "gauge",
    help: "Code steps that wait for one of them.",
    labels: {},
  },
  sandboxPrograms: {
    name: "posthorn_sandbox_programs_total",
    type: "counter",
    help: "Programs of code steps that were run, or refused.",
    labels: { outcome: "ok, failed" },
  },
  sandboxLost: {
    name: "posthorn_sandbox_lost_total",
    type: "counter",
    help: "Processes for code steps that died or had to be killed with a program.",
    labels: {},
  },
  tasksReported: {
    name: "posthorn_tasks_reported_total",
    type: "counter",
    help: "Attempts of tasks that workers reported, by what became of the task. late: it was somebody else's by then, and nothing changed.",
    labels: { state: "completed, failed, cancelled, retrying, released, late" },
  },
  taskWorkers: {
    name: "posthorn_task_workers",
    type: "gauge",
    help: "Workers for tasks. living: now. lost: in the last ten minutes given up, because nothing was heard of them. Told by one process of the installation.",
    labels: { state: "living, lost" },
  },
  queueDepth: {
    name: "posthorn_queue_depth",
    type: "gauge",
    help: "What waits. ingest: events for their commit, in this process. Of the whole installation, told by one of its processes: delivery: deliveries owed; flows: runs that are due; tasks: tasks that a worker could take.",
    labels: { role: "ingest, delivery, flows, tasks" },
  },
  queueDepthExact: {
    name: "posthorn_queue_depth_exact",
    type: "gauge",
    help: "1 when the depth was counted, 0 when it is an estimate because there is too much to count; of flows and tasks then there is more.",
    labels: { role: "delivery, flows, tasks" },
  },
  queueAge: {
    name: "posthorn_queue_oldest_age_seconds",
    type: "gauge",
    help: "How long the oldest has waited that could go. delivery: since it fell due, endpoints left out that are paused, disabled, held or broken. flows and tasks: likewise, paused flows and queues left out.",
    labels: { role: "ingest, delivery, flows, tasks" },
  },
  queueEndpoints: {
    name: "posthorn_queue_endpoints",
    type: "gauge",
    help: "Endpoints to which anything is owed; told by one process of the installation.",
    labels: {},
  },
  breakers: {
    name: "posthorn_delivery_breakers",
    type: "gauge",
    help: "Endpoints whose breaker is not closed; told by one process of the installation.",
    labels: { state: "open, half_open" },
  },
  demand: {
    name: "posthorn_demand_slots",
    type: "gauge",
    help: "Requests that could be under way now, were there processes enough: per endpoint what is due, capped by what it accepts. memory: of what this process holds. table: of what is owed, told by one process of the installation.",
    labels: { place: "memory, table" },
  },
  commitRows: {
    name: "posthorn_commit_rows",
    type: "histogram",
    help: "Items that shared one group commit.",
    labels: { commit: "append, settle, run" },
    range: [1, 1_000],
  },
  commitDuration: {
    name: "posthorn_commit_duration_seconds",
    type: "histogram",
    help: "One group commit, from its sending until the database answered.",
    labels: { commit: "append, settle, run" },
    range: [0.0005, 10],
  },
  commitFailures: {
    name: "posthorn_commit_failures_total",
    type: "counter",
    help: "Group commits that failed, or whose fate is unknown. A settle or a run is repeated, an append is answered 503.",
    labels: { commit: "append, settle, run" },
  },
  intakeClosed: {
    name: "posthorn_intake_closed",
    type: "gauge",
    help: "1 while nothing is taken in for this reason.",
    labels: { reason: "draining, database_unavailable, disk_full, overloaded" },
  },
  ready: {
    name: "posthorn_ready",
    type: "gauge",
    help: "1 while this process should be sent requests, as /readyz says.",
    labels: {},
  },
  loopLag: {
    name: "posthorn_event_loop_lag_seconds",
    type: "histogram",
    help: "How much later than asked for a timer of one second came.",
    labels: {},
    range: [0.001, 10],
  },
  poolSize: {
    name: "posthorn_database_pool_connections_max",
    type: "gauge",
    help: "Connections to PostgreSQL this process may have.",
    labels: {},
  },
  poolInUse: {
    name: "posthorn_database_pool_connections_in_use",
    type: "gauge",
    help: "Connections to PostgreSQL in use.",
    labels: {},
  },
  poolWaiting: {
    name: "posthorn_database_pool_waiting",
    type: "gauge",
    help: "Statements and transactions that wait for a connection.",
    labels: {},
  },
  statementDuration: {
    name: "posthorn_database_statement_duration_seconds",
    type: "histogram",
    help: "One statement or transaction, the wait for a connection included.",
    labels: {},
    range: [0.0005, 10],
  },
  databaseFaults: {
    name: "posthorn_database_faults_total",
    type: "counter",
    help: "Statements and transactions that failed, by kind of fault.",
    labels: { fault: "unavailable, unknown, full, conflict, contention, rejected" },
  },
  databaseAvailable: {
    name: "posthorn_database_available",
    type: "gauge",
    help: "0 from a fault of the connection until a statement succeeds again.",
    labels: {},
  },
  tableLive: {
    name: "posthorn_table_live_rows",
    type: "gauge",
    help: "Rows of a hot table, as PostgreSQL estimates; told by one process of the installation.",
    labels: { table: HOT },
  },
  tableDead: {
    name: "posthorn_table_dead_rows",
    type: "gauge",
    help: "Dead rows of a hot table that wait for a vacuum, as PostgreSQL estimates; told by one process of the installation.",
    labels: { table: HOT },
  },
  tableBytes: {
    name: "posthorn_table_bytes",
    type: "gauge",
    help: "Size of a hot table with its indexes; of event, attempt, run_step and run_ended, the newest partitions.",
    labels: { table: HOT },
  },
  tailReaders: {
    name: "posthorn_tail_readers",
    type: "gauge",
    help: "Live tails served by this process.",
    labels: {},
  },
  tailSkipped: {
    name: "posthorn_tail_skipped_total",
    type: "counter",
    help: "What live tails were told they missed, because it was too much for them.",
    labels: {},
  },
  tallyOverflow: {
    name: "posthorn_tally_overflow_total",
    type: "counter",
    help: "Attempts and events not counted for their endpoint or application, because too many had some in one minute.",
    labels: {},
  },
  spansExported: {
    name: "posthorn_trace_spans_exported_total",
    type: "counter",
    help: "Spans that the collector took. Only where traces are exported.",
    labels: {},
  },
  spansLost: {
    name: "posthorn_trace_spans_lost_total",
    type: "counter",
    help: "Spans dropped because too many waited, or because the collector did not take them. Only where traces are exported.",
    labels: {},
  },
  buildInfo: {
    name: "posthorn_build_info",
    type: "gauge",
    help: "1; what runs here.",
    labels: { version: "of Posthorn", bun: "version of the runtime" },
  },
  role: {
    name: "posthorn_role",
    type: "gauge",
    help: "1 for each role this process plays.",
    labels: { role: "ingest, api, delivery, flows, upkeep" },
  },
  startTime: {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "When this process started, in seconds since 1970.",
    labels: {},
  },
  cpu: {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "Processor time this process used, user and system.",
    labels: {},
  },
  resident: {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "Memory of this process, without its PostgreSQL.",
    labels: {},
  },
  heap: {
    name: "process_heap_bytes",
    type: "gauge",
    help: "Of that, what the JavaScript heap holds.",
    labels: {},
  },
} as const satisfies Readonly<Record<string, Declaration>>;

export type MetricKey = keyof typeof METRICS;
type Keys<T extends MetricType> = {
  [K in MetricKey]: (typeof METRICS)[K]["type"] extends T ? K : never;
}[MetricKey];
export type CounterKey = Keys<"counter">;
export type GaugeKey = Keys<"gauge">;
export type HistogramKey = Keys<"histogram">;
/** The labels of a metric. */
export type LabelsOf<K extends MetricKey> = Readonly<Record<keyof (typeof METRICS)[K]["labels"], string>>;
