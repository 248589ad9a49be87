import type { Dashboard } from "./panel.ts";
import { here, percentile, percentiles, perSecond } from "./promql.ts";

const SENDING = 'route=~"/api/v1/app/{app_id}/msg(/batch)?"';

export const ingest: Dashboard = {
  uid: "posthorn-ingest",
  title: "Posthorn: ingest",
  says: "Events that come in: messages through the API, and webhooks through sources.",
  rows: [
    {
      title: "Messages through the API",
      panels: [
        {
          kind: "lines",
          title: "Requests that send messages",
          says: "By class of the answer.",
          unit: "reqps",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_http_requests_total", "status", SENDING), legend: "{{status}}" }],
        },
        {
          kind: "lines",
          title: "Acknowledgement, API",
          says: "Of those that were acknowledged.",
          unit: "s",
          bad: 0.5,
          queries: [0.5, 0.95, 0.99].map((q) => ({
            expr: percentile(q, "posthorn_ack_duration_seconds", undefined, 'origin="api"'),
            legend: `p${q * 100}`,
          })),
        },
        {
          kind: "lines",
          title: "Payload",
          says: "Bytes committed to the log, each second.",
          unit: "bytes",
          queries: [{ expr: perSecond("posthorn_events_payload_bytes_total"), legend: "bytes" }],
        },
      ],
    },
    {
      title: "Webhooks through sources",
      panels: [
        {
          kind: "lines",
          title: "Webhooks by what became of them",
          says: "rejected: not believed. not_confirmed and failed: our fault.",
          unit: "reqps",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_ingest_requests_total", "outcome"), legend: "{{outcome}}" }],
        },
        {
          kind: "lines",
          title: "Webhooks by preset",
          says: "Whose they are.",
          unit: "reqps",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_ingest_requests_total", "preset"), legend: "{{preset}}" }],
        },
        {
          kind: "lines",
          title: "Rejections by reason",
          says: "The sources' pages in the console show the requests.",
          unit: "reqps",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_ingest_rejections_total", "reason"), legend: "{{reason}}" }],
        },
        {
          kind: "lines",
          title: "Time to answer",
          says: "Providers give up after a few seconds.",
          unit: "s",
          bad: 3,
          queries: percentiles("posthorn_ingest_request_duration_seconds"),
        },
      ],
    },
    {
      title: "The door",
      panels: [
        {
          kind: "lines",
          title: "Intake closed",
          says: "1 while nothing is taken in, by reason.",
          unit: "none",
          max: 1,
          queries: [{ expr: `max by (reason) (posthorn_intake_closed${here()})`, legend: "{{reason}}" }],
        },
        {
          kind: "lines",
          title: "Waiting for their commit",
          says: "Events accepted and not committed yet.",
          unit: "short",
          queries: [{ expr: `sum(posthorn_queue_depth${here('role="ingest"')})`, legend: "events" }],
        },
        {
          kind: "lines",
          title: "Slowest routes, p99",
          says: "Of the whole API.",
          unit: "s",
          queries: [
            {
              expr: `topk(5, ${percentile(0.99, "posthorn_http_request_duration_seconds", "route")})`,
              legend: "{{route}}",
            },
          ],
        },
      ],
    },
  ],
};
