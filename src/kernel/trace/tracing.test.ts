import { expect, test } from "bun:test";
import { join } from "node:path";
import { type Environment, parseConfig } from "../config.ts";
import { parsePairs } from "./pairs.ts";
import { createTracing } from "./tracing.ts";

function settings(env: Environment) {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

const options = {
  log: { limited: () => undefined, info: () => undefined },
  instance: "test:1",
  version: "0",
  random: Math.random,
};
const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };

test("traces are off unless a collector is named or contexts are to pass through", async () => {
  const of = (env: Environment) => createTracing(settings(env), options);
  expect(await of({})).toBeUndefined();
  expect(await of({ OTEL_TRACES_SAMPLER: "always_on" })).toBeUndefined();
  expect(await of({ ...COLLECTOR, OTEL_SDK_DISABLED: "true" })).toBeUndefined();
  expect((await of(COLLECTOR))?.propagates).toBe(true);
  expect((await of({ ...COLLECTOR, POSTHORN_TRACE_PROPAGATE: "off" }))?.propagates).toBe(false);
  const through = await of({ POSTHORN_TRACE_PROPAGATE: "on" });
  expect(through?.propagates).toBe(true);
  expect(through?.begin(undefined)).toBeUndefined();
});

test("where traces are off nothing of OpenTelemetry is loaded", async () => {
  const script = `
    const { createTracing, parseConfig } = await import(${JSON.stringify(join(import.meta.dir, "../index.ts"))});
    const tracing = await createTracing(parseConfig({}).config, { log: {}, instance: "", version: "", random: Math.random });
    const loaded = Object.keys(require.cache).filter((path) => path.includes("@opentelemetry"));
    console.log(JSON.stringify([tracing === undefined, loaded]));`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  expect(JSON.parse(await new Response(child.stdout).text())).toEqual([true, []]);
});

test("pairs are read as in W3C Baggage, and what is none is told", () => {
  expect(parsePairs("a=1, b=c%3Dd ,e=")).toEqual([
    ["a", "1"],
    ["b", "c=d"],
    ["e", ""],
  ]);
  for (const text of ["a", "=1", "a=%zz"]) expect(parsePairs(text)).toBeUndefined();
  const faulty = parseConfig({ OTEL_EXPORTER_OTLP_HEADERS: "planted-secret" });
  expect(faulty.ok).toBe(false);
  expect(JSON.stringify(faulty)).not.toContain("planted-secret");
  expect(parseConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }).ok).toBe(false);
  expect(parseConfig({ OTEL_TRACES_SAMPLER_ARG: "2" }).ok).toBe(false);
});
