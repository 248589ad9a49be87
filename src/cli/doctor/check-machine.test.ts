import { afterAll, expect, test } from "bun:test";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, parseConfig } from "#kernel";
import { checkDataFolder, checkDescriptors, checkNames, checkSettings } from "./check-machine.ts";
import type { Finding } from "./finding.ts";

const folder = await mkdtemp(join(tmpdir(), "posthorn-doctor-"));
afterAll(() => rm(folder, { recursive: true }));

function configOf(env: Environment) {
  const parsed = parseConfig({ POSTHORN_DATA: folder, ...env });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

const ill = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== "ok").map(({ level, check }) => `${level} ${check}`);

test("settings that open more than was meant", () => {
  expect(ill(checkSettings(configOf({})))).toEqual([]);
  expect(ill(checkSettings(configOf({ POSTHORN_ALLOW_NETWORKS: "0.0.0.0/0" })))).toEqual([
    "warn configuration.networks",
  ]);
  expect(ill(checkSettings(configOf({ POSTHORN_LISTEN: "0.0.0.0:80" })))).toEqual(["warn configuration.public_url"]);
});

test("more requests than descriptors", async () => {
  expect(ill(await checkDescriptors(configOf({ POSTHORN_IN_FLIGHT_MAX: "200" }), undefined))).toEqual([]);
  // Nobody's limit is that high by default, and where it is unlimited there is nothing to warn of.
  const findings = await checkDescriptors(configOf({ POSTHORN_IN_FLIGHT_MAX: "65000" }), process.pid);
  expect(findings.length).toBe(1);
  expect(findings[0]?.is).toMatch(/unlimited|not told|may be open/);
});

test("the data folder: readable secrets, and a disk that is nearly full", async () => {
  expect(ill(await checkDataFolder(configOf({ POSTHORN_DISK_FREE_MIN: "1B" })))).toEqual([]);
  await writeFile(join(folder, "master-key"), "x");
  await chmod(join(folder, "master-key"), 0o644);
  expect(ill(await checkDataFolder(configOf({ POSTHORN_DISK_FREE_MIN: "1024GiB" })))).toEqual([
    "fail data.secrets",
    "fail data.disk",
  ]);
  expect(ill(await checkDataFolder(configOf({ POSTHORN_DATA: join(folder, "elsewhere") })))).toEqual([]);
});

test("names that cannot be resolved", async () => {
  const config = configOf({
    POSTHORN_PUBLIC_URL: "https://hooks.example.com",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
  });
  const asked: string[] = [];
  const findings = await checkNames(config, async (name) => {
    asked.push(name);
    if (name === "collector") throw Object.assign(new Error("no"), { code: "ENOTFOUND" });
  });
  expect(asked).toEqual(["hooks.example.com", "collector"]);
  expect(ill(findings)).toEqual(["warn dns"]);
  expect(findings.find(({ level }) => level === "warn")?.is).toBe("collector cannot be resolved (ENOTFOUND)");
  expect(await checkNames(configOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }))).toEqual([]);
});
