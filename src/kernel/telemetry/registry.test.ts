import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "./declarations.ts";
import { metricsReference } from "./reference.ts";
import { createRegistry } from "./registry.ts";

test("names and units are as Prometheus asks for them", () => {
  const names = Object.values(METRICS).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type } of Object.values(METRICS)) {
    expect(name).toMatch(/^(posthorn|process)_[a-z0-9_]+$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    if (type === "histogram") expect(name).toMatch(/_(seconds|rows|bytes)$/);
    expect(name).not.toMatch(/_(ms|us|millis|kb|mb)(_|$)/);
  }
});

test("no label could name a tenant", () => {
  for (const { labels } of Object.values(METRICS)) {
    for (const label of Object.keys(labels)) expect(label).not.toMatch(/app|tenant|endpoint|source|url|host|id$/);
  }
});

test("the text has counters, gauges and histograms with exact buckets, and quotes what needs quoting", async () => {
  const registry = createRegistry();
  registry.counter("httpRequests", { method: "GET", route: 'a"b\\c\nd', status: "2xx" }).n += 3;
  const histogram = registry.histogram("commitRows", { commit: "append" });
  for (const rows of [1, 1, 2, 3, 1_000, 5_000]) histogram.observe(rows);
  registry.gauge("ready", () => 1);
  registry.gauge("queueEndpoints", () => undefined);
  const { text, contentType } = await registry.expose();
  expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(text).toContain('posthorn_http_requests_total{method="GET",route="a\\"b\\\\c\\nd",status="2xx"} 3\n');
  const buckets = [...text.matchAll(/commit_rows_bucket\{commit="append",le="([^"]+)"\} (\d+)/g)].map((m) => [
    m[1],
    m[2],
  ]);
  expect(buckets).toEqual([
    ["1", "2"],
    ["2", "3"],
    ["5", "4"],
    ["10", "4"],
    ["20", "4"],
    ["50", "4"],
    ["100", "4"],
    ["200", "4"],
    ["500", "4"],
    ["1000", "5"],
    ["+Inf", "6"],
  ]);
  expect(text).toContain('posthorn_commit_rows_sum{commit="append"} 6007\n');
  expect(text).toContain("posthorn_ready 1\n");
  expect(text).not.toMatch(/^posthorn_queue_endpoints /m);
});

test("labels that a stranger could multiply come to an end", () => {
  const registry = createRegistry();
  const ask = (n: number) => registry.counter("httpRequests", { method: "GET", route: String(n), status: "2xx" });
  for (let n = 0; n < 1_000; n++) ask(n);
  expect(() => ask(1_000)).toThrow("1000 combinations");
  expect(ask(5)).toBe(ask(5));
});

test("the reference tells what the code declares", () => {
  const page = readFileSync(join(import.meta.dir, "../../../docs/reference/metrics.md"), "utf8");
  expect(page).toBe(metricsReference());
});
