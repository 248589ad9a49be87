import { type Declaration, METRICS } from "./declarations.ts";

const INTRODUCTION = `# Metrics

<!-- Made from src/kernel/telemetry/declarations.ts by \`npm run generate\`. -->

\`GET /metrics\` answers in Prometheus' text format. A scrape reads memory only: no statement, however much is owed.

**Who may ask.** On the main server a program of the same machine, asking directly by a loopback name, needs no token.
Everybody else, and whatever came through a proxy, sends a token of the organisation that may read
(\`Authorization: Bearer …\`). \`POSTHORN_METRICS_LISTEN=0.0.0.0:9464\` serves \`/metrics\`, \`/livez\` and \`/readyz\` on an
address of their own without one: keep it inside. \`POSTHORN_METRICS=off\` measures nothing.

**Counters begin at 0 with each process**, which \`rate()\` and \`increase()\` expect. Each process counts for itself: sum
over processes. What is true of the installation as a whole (what is owed, breakers, sizes of tables) is measured by the
eldest process, every ten or thirty seconds, and only that one shows it: \`max\` or \`sum\` over processes is right for it
too, and \`absent_over_time\` tells when nobody does.

**Labels are bounded.** A \`route\` is the template of an operation; no label names a tenant. Which applications and
endpoints are behind a number tells \`GET /api/v1/overview/top\`.

**Histograms** have their bounds at 1, 2 and 5 times the powers of ten. Beneath lie finer buckets (26 per decade), which
the overview and the charts of the console read: their percentiles are at most 4.7 % off.

| metric | type | labels | what it is |
|---|---|---|---|
`;

/** docs/reference/metrics.md. */
export function metricsReference(): string {
  const rows = Object.values(METRICS).map((metric: Declaration) => {
    const labels = Object.entries(metric.labels)
      .map(([name, values]) => `\`${name}\` (${values})`)
      .join("; ");
    const range = metric.range === undefined ? "" : ` Bounds from ${metric.range[0]} to ${metric.range[1]}.`;
    return `| \`${metric.name}\` | ${metric.type} | ${labels || "none"} | ${metric.help}${range} |\n`;
  });
  return INTRODUCTION + rows.join("");
}
