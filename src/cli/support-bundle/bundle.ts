import { readFile } from "node:fs/promises";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { type Config, type Environment, effectiveSettings, parseConfig } from "#kernel";
import engine from "../../../package.json" with { type: "json" };
import { type Diagnosis, diagnose } from "../doctor/doctor.ts";
import { findingsText } from "../doctor/finding.ts";
import { createRedact } from "./redact.ts";
import { tar } from "./tar.ts";

const LOG_LINES = 500;
const LINE_LENGTH_MAX = 400;
/** What the engine is asked, where one answers. Nothing among it shows a payload, an endpoint's URL or a header. */
const ASKED: readonly (readonly [file: string, path: string])[] = [
  ["readyz.json", "/readyz"],
  ["instance.json", "/api/v1/instance"],
  ["overview.json", "/api/v1/overview"],
  ["samples.json", "/api/v1/overview/series"],
  ["metrics.txt", "/metrics"],
];

export interface BundleOptions {
  readonly env: Environment;
  readonly nowMs: number;
  /** A file with the engine's log, for its last lines. */
  readonly logFile?: string | undefined;
  readonly fetch?: typeof fetch;
}

/**
 * What somebody who helps needs to know, as a gzipped tar archive: findings, settings in force, versions, schema, sizes, processes,
 * recent samples, metrics and log lines. Every file passes the redaction; payloads, URLs and secrets are not asked for at all.
 */
export async function supportBundle(options: BundleOptions): Promise<Uint8Array> {
  const { env, nowMs } = options;
  const parsed = parseConfig(env);
  const diagnosis = await diagnose(env, nowMs);
  const config = parsed.ok ? parsed.config : undefined;
  const secrets = await secretsOf(env, config);
  const redact = createRedact(secrets.all);
  const files = [
    { name: "README.txt", text: readme(nowMs) },
    { name: "doctor.txt", text: findingsText(diagnosis.findings) },
    { name: "doctor.json", text: json(diagnosis.findings) },
    { name: "versions.json", text: json(versions(diagnosis)) },
    { name: "database.json", text: json(databaseOf(diagnosis)) },
    ...(config === undefined ? [] : [{ name: "settings.json", text: json(effectiveSettings(env, config)) }]),
    ...(config === undefined ? [] : await engineFiles(config, secrets.token, options.fetch ?? fetch)),
    ...(await logFiles(config, options.logFile)),
  ];
  const redacted = files.map(({ name, text }) => ({ name: `posthorn-support/${name}`, text: redact(text) }));
  return Bun.gzipSync(new Uint8Array(tar(redacted, nowMs)));
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function readme(nowMs: number): string {
  return `Posthorn ${engine.version}, ${new Date(nowMs).toISOString()}

Made by \`posthorn support-bundle\`. Secrets, credentials and all of URLs but their hosts were masked; payloads, headers and
names of endpoints were never read. Look through it all the same before it leaves the house.
`;
}

function versions({ inspection, schema }: Diagnosis) {
  return {
    posthorn: engine.version,
    bun: Bun.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    postgres: inspection?.server.version,
    schema,
  };
}

/** Without the beginnings of sealed records, which say nothing to anybody else. */
function databaseOf({ inspection }: Diagnosis) {
  if (inspection === undefined) return {};
  const { sealed, ...rest } = inspection;
  return {
    ...rest,
    sealed: sealed.ok ? { ok: true, columns: sealed.value.map(({ column, rows }) => ({ column, rows })) } : sealed,
  };
}

/** Everything in the environment and the data folder that must not leave. */
async function secretsOf(env: Environment, config: Config | undefined) {
  const all: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && /TOKEN|KEY|SECRET|PASSWORD|HEADERS|DATABASE_URL/i.test(name)) {
      all.push(value, ...value.split(/[,=]/).map((part) => part.trim()));
      if (URL.canParse(value)) {
        const { password, username } = new URL(value);
        all.push(password, decodeURIComponent(password), `${username}:${password}`);
      }
    }
  }
  const kept = async (file: string) =>
    config === undefined ? "" : (await readFile(join(config.dataDir, file), "utf8").catch(() => "")).trim();
  const token = config?.apiToken?.reveal() ?? (await kept("api-token"));
  all.push(token, await kept("master-key"));
  for (const [, value] of (await kept("postgres.json")).matchAll(/:\s*"([^"]+)"/g)) all.push(value ?? "");
  return { token, all: all.filter((value) => value !== "") };
}

async function engineFiles(config: Config, token: string, ask: typeof fetch) {
  const { host, port } = config.listen;
  const at = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  const files: { name: string; text: string }[] = [];
  for (const [name, path] of ASKED) {
    try {
      const response = await ask(`http://${at}:${port}${path}`, {
        headers: token === "" ? {} : { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(5_000),
      });
      const text = await response.text();
      files.push({ name, text: response.ok || path === "/readyz" ? text : `Answered ${response.status}.\n` });
    } catch (error) {
      files.push({ name, text: `Not reached: ${error instanceof Error ? error.message : error}\n` });
    }
  }
  return files;
}

async function logFiles(config: Config | undefined, logFile: string | undefined) {
  const wanted: [string, string | undefined][] = [
    ["engine.log", logFile],
    [
      "postgres.log",
      config?.databaseUrl === undefined && config !== undefined ? join(config.dataDir, "postgres.log") : undefined,
    ],
  ];
  const files: { name: string; text: string }[] = [];
  for (const [name, path] of wanted) {
    const text = path === undefined ? undefined : await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    // A long line is a statement or a stack; its beginning tells what it is, and its end may quote what a customer sent.
    const lines = text.split("\n").slice(-LOG_LINES);
    files.push({ name, text: lines.map((line) => line.slice(0, LINE_LENGTH_MAX)).join("\n") });
  }
  return files;
}
