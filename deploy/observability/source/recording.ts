// Ratios over several windows, which the burn-rate alerts compare: https://sre.google/workbook/alerting-on-slos/
const WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;

/** Requests that bring events; what the client did wrong (4xx) is no promise of ours. */
const BRINGING = 'method="POST", route=~"/api/v1/app/{app_id}/msg(/batch)?|/in/{token}"';

/** The share of events that were not answered, or later than within 500 ms. */
const ackFaults = (window: string): string =>
  `(
        (sum(rate(posthorn_http_requests_total{${BRINGING}, status="5xx"}[${window}])) or vector(0))
        + (sum(rate(posthorn_ack_duration_seconds_count[${window}])) or vector(0))
        - (sum(rate(posthorn_ack_duration_seconds_bucket{le="0.5"}[${window}])) or vector(0))
      )
      / (sum(rate(posthorn_http_requests_total{${BRINGING}, status!="4xx"}[${window}])) > 0)`;

/** The share of deliveries whose first request left later than 5 s after the event was accepted. */
const deliveryLate = (window: string): string =>
  `1 - (
        sum(rate(posthorn_delivery_queue_wait_seconds_bucket{le="5"}[${window}]))
        / (sum(rate(posthorn_delivery_queue_wait_seconds_count[${window}])) > 0)
      )`;

/** The share of runs that failed, of those that ended. */
const runsFailed = (window: string): string =>
  `(sum(rate(posthorn_runs_ended_total{state="failed"}[${window}])) or vector(0))
      / (sum(rate(posthorn_runs_ended_total[${window}])) > 0)`;

const rule = (name: string, expr: string): string => `  - record: ${name}\n    expr: |\n      ${expr}\n`;

/** A rule file for Prometheus, as text. */
export function recordingRules(): string {
  const group = (name: string, seconds: number, rules: readonly string[]) =>
    `- name: ${name}\n  interval: ${seconds}s\n  rules:\n${rules.join("")}`;
  const of = (windows: readonly string[]) =>
    windows.flatMap((window) => [
      rule(`posthorn:ack_faults:ratio_rate${window}`, ackFaults(window)),
      rule(`posthorn:delivery_late:ratio_rate${window}`, deliveryLate(window)),
      rule(`posthorn:runs_failed:ratio_rate${window}`, runsFailed(window)),
    ]);
  return `# Made by deploy/observability/make.ts. Do not edit.\ngroups:\n${group("posthorn-objectives-short", 30, of(WINDOWS.slice(0, 3)))}${group("posthorn-objectives-long", 120, of(WINDOWS.slice(3)))}`;
}
