import type { Dashboard } from "./panel.ts";
import { here, percentiles, perSecond, told } from "./promql.ts";

export const overview: Dashboard = {
  uid: "posthorn-overview",
  title: "Posthorn: overview",
  says: "Whether events come in, go out, and in time. Where a number is bad, the dashboards of delivery, ingest and database say why.",
  rows: [
    {
      title: "Objectives",
      panels: [
        {
          kind: "number",
          title: "Acknowledged well, 3 days",
          says: "Events answered without a fault of ours and within 500 ms. Objective: 99.9 %.",
          unit: "percentunit",
          query: "1 - posthorn:ack_faults:ratio_rate3d",
          warn: 0.9995,
          bad: 0.999,
          lowIsBad: true,
        },
        {
          kind: "number",
          title: "First tried in time, 3 days",
          says: "Deliveries whose first request left within 5 s of the acceptance. Objective: 99 %.",
          unit: "percentunit",
          query: "1 - posthorn:delivery_late:ratio_rate3d",
          warn: 0.995,
          bad: 0.99,
          lowIsBad: true,
        },
        {
          kind: "number",
          title: "Oldest owed",
          says: "How long the oldest delivery waits that could go now.",
          unit: "s",
          query: told("posthorn_queue_oldest_age_seconds", undefined, 'role="delivery"'),
          warn: 60,
          bad: 300,
        },
        {
          kind: "number",
          title: "Breakers open",
          says: "Endpoints that are only asked now and then because they fail.",
          unit: "short",
          query: told("posthorn_delivery_breakers", undefined, 'state="open"'),
          warn: 1,
          bad: 10,
        },
        {
          kind: "number",
          title: "Processes ready",
          says: "Processes that should be sent requests.",
          unit: "short",
          query: "sum(posthorn_ready)",
          warn: 1,
          bad: 0.5,
          lowIsBad: true,
        },
      ],
    },
    {
      title: "In and out",
      panels: [
        {
          kind: "lines",
          title: "Events accepted",
          says: "Events committed to the log, by where they came from.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_events_appended_total", "origin"), legend: "{{origin}}" }],
        },
        {
          kind: "lines",
          title: "Attempts by outcome",
          says: "Outbound requests that ended, by the class of their outcome.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_delivery_attempts_total", "outcome"), legend: "{{outcome}}" }],
        },
        {
          kind: "lines",
          title: "API requests",
          says: "By class of the answer.",
          unit: "reqps",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_http_requests_total", "status"), legend: "{{status}}" }],
        },
      ],
    },
    {
      title: "Time",
      panels: [
        {
          kind: "lines",
          title: "Acknowledgement",
          says: "From the arrival of an event's request until its acknowledgement.",
          unit: "s",
          queries: percentiles("posthorn_ack_duration_seconds"),
          bad: 0.5,
        },
        {
          kind: "lines",
          title: "Acceptance to first request",
          says: "What the engine itself adds before a receiver is asked.",
          unit: "s",
          queries: percentiles("posthorn_delivery_queue_wait_seconds"),
          bad: 5,
        },
        {
          kind: "lines",
          title: "Acceptance to delivered",
          says: "Retries included: receivers that were down make this long.",
          unit: "s",
          queries: percentiles("posthorn_delivery_duration_seconds"),
        },
      ],
    },
    {
      title: "Processes",
      panels: [
        {
          kind: "lines",
          title: "Memory",
          says: "Resident, without PostgreSQL.",
          unit: "bytes",
          queries: [{ expr: `process_resident_memory_bytes${here()}`, legend: "{{instance}}" }],
        },
        {
          kind: "lines",
          title: "Processor",
          says: "1 is one whole processor.",
          unit: "percentunit",
          queries: [{ expr: `rate(process_cpu_seconds_total${here()}[$__rate_interval])`, legend: "{{instance}}" }],
        },
        {
          kind: "lines",
          title: "Event loop lag, p99",
          says: "How much later than asked for a timer came: what everything in the process waits for.",
          unit: "s",
          bad: 0.25,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (le, instance) (rate(posthorn_event_loop_lag_seconds_bucket${here()}[$__rate_interval])))`,
              legend: "{{instance}}",
            },
          ],
        },
        {
          kind: "lines",
          title: "Versions",
          says: "More than one for long means that a roll-out stopped half-way.",
          unit: "short",
          queries: [{ expr: "sum by (version) (posthorn_build_info)", legend: "{{version}}" }],
        },
      ],
    },
  ],
};
