import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type FlowsInspection, inspectFlows } from "#flows";
import {
  type Config,
  createSealer,
  type DatabaseInspection,
  type Db,
  type Environment,
  findEmbedded,
  type Inspected,
  inspectDatabase,
  isPooled,
  openDb,
  parseConfig,
  parseMasterKeys,
  type SchemaStatus,
  type Sealer,
  schemaStatus,
  startEmbeddedPostgres,
} from "#kernel";
import engine from "../../../package.json" with { type: "json" };
import {
  checkAccess,
  checkPartitions,
  checkProcesses,
  checkSchema,
  checkSealed,
  checkServer,
  checkUpkeep,
} from "./check-database.ts";
import { checkFlows } from "./check-flows.ts";
import { checkDataFolder, checkDescriptors, checkNames, checkSettings } from "./check-machine.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const MIGRATIONS = resolve(import.meta.dir, "../../../migrations");

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** What was found in the database, where it answered. */
  readonly inspection: DatabaseInspection | undefined;
  readonly schema: SchemaStatus | undefined;
}

/** A database to look at, and how to let go of it. */
interface Opened {
  readonly url: string;
  readonly enginePid: number | undefined;
  close(): Promise<void>;
}

/** Looks at everything an engine stands on. Changes nothing; a stopped embedded server is started for the look, and stopped. */
export async function diagnose(env: Environment, nowMs: number): Promise<Diagnosis> {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    const findings = parsed.faults.map(({ message }) =>
      fail("configuration", message, "a setting that can be used", "posthorn config explains each setting."),
    );
    return { findings, inspection: undefined, schema: undefined };
  }
  const { config } = parsed;
  const findings: Finding[] = [
    ...checkSettings(config),
    ...(await checkDataFolder(config)),
    ...(await checkNames(config)),
  ];
  const opened = await openDatabase(config);
  if ("check" in opened) {
    findings.push(opened, ...(await checkDescriptors(config, undefined)));
    return { findings, inspection: undefined, schema: undefined };
  }
  try {
    findings.push(...(await checkDescriptors(config, opened.enginePid)));
    const looked = await look(config, opened.url, nowMs);
    return { ...looked, findings: [...findings, ...looked.findings, ...(await checkEngine(config))] };
  } finally {
    await opened.close();
  }
}

async function look(config: Config, url: string, nowMs: number): Promise<Diagnosis> {
  const host = new URL(url).host;
  const db = openDb({ url, poolMax: 1, pooled: true });
  try {
    const inspection = await inspectDatabase(db);
    const schema = await schemaStatus(db, MIGRATIONS);
    const isEmpty = schema.state === "behind" && schema.number === 0;
    const pooled = config.databaseUrl !== undefined && (await isPooled(url));
    const findings = [
      ok("database", `${host} answers${pooled ? ", behind a pooler in transaction mode" : ""}`),
      ...checkServer(inspection),
      ...checkAccess(inspection, config),
      checkSchema(schema),
      ...(isEmpty
        ? []
        : [
            ...checkProcesses(inspection, engine.version),
            ...checkSealed(inspection, await sealerOf(config)),
            ...checkPartitions(inspection, nowMs),
            ...checkUpkeep(inspection),
            ...checkFlows(inspection, await flowsOf(db)),
          ]),
    ];
    return { findings, inspection, schema };
  } catch (error) {
    // The message of a driver may quote the URL; the host alone is told.
    const code = error instanceof Error && "fault" in error ? String(error.fault) : "failed";
    const finding = fail(
      "database",
      `${host} does not answer as it should (${code}): ${wordsOf(error, url)}`,
      "it answers",
      "Is the server up, is the way to it open, are name and password right?",
    );
    return { findings: [finding], inspection: undefined, schema: undefined };
  } finally {
    await db.close();
  }
}

/** A schema of before has no flows; a role may not be allowed to ask. Neither is a fault that is told here. */
async function flowsOf(db: Db): Promise<Inspected<FlowsInspection>> {
  try {
    return { ok: true, value: await inspectFlows(db) };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

function wordsOf(error: unknown, url: string): string {
  const { password } = new URL(url);
  const words = error instanceof Error ? error.message : String(error);
  return password === ""
    ? words
    : words.replaceAll(password, "[secret]").replaceAll(decodeURIComponent(password), "[secret]");
}

/** The database as the engine would use it: given, running beside us, or started for the look. */
async function openDatabase(config: Config): Promise<Opened | Finding> {
  const given = config.databaseUrl?.reveal();
  if (given !== undefined) return { url: given, enginePid: undefined, close: () => Promise.resolve() };
  const found = await findEmbedded(config.dataDir);
  switch (found.state) {
    case "none":
      return ok("database", "no embedded PostgreSQL was made yet; the first start makes it");
    case "unreadable":
      return fail(
        "database",
        `the embedded PostgreSQL cannot be looked at: ${found.why}`,
        "it can",
        "Run the doctor as the account that runs the engine.",
      );
    case "running":
      return { url: found.url, enginePid: found.enginePid, close: () => Promise.resolve() };
    case "stopped":
      break;
  }
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  try {
    const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log: quiet });
    return { url: embedded.url, enginePid: undefined, close: () => embedded.stop() };
  } catch (error) {
    return fail(
      "database",
      `the embedded PostgreSQL does not start: ${error instanceof Error ? error.message : error}`,
      "it starts",
      "What it says stands in postgres.log of the data folder.",
    );
  }
}

/** The master keys of the settings, or those generated in the data folder; none is made. */
async function sealerOf(config: Config): Promise<Sealer | undefined> {
  const text =
    config.masterKeys?.map((key) => key.reveal()).join(",") ??
    (await readFile(join(config.dataDir, "master-key"), "utf8").catch(() => undefined));
  const keys = text === undefined ? undefined : parseMasterKeys(text.trim());
  return keys?.ok === true ? createSealer(keys.keys) : undefined;
}

/** Whether an engine listens where these settings say, and what it says of itself. */
async function checkEngine(config: Config): Promise<Finding[]> {
  const { host, port } = config.listen;
  if (port === 0) return [];
  const at = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${at}:${port}/readyz`, { signal: AbortSignal.timeout(3_000) });
    const body = (await response.json()) as { reasons?: { code?: unknown; detail?: unknown }[] };
    const reasons = (body.reasons ?? []).map(({ code, detail }) => `${code}: ${detail}`).join("; ");
    return [
      response.ok
        ? ok("engine", `ready at ${at}:${port}`)
        : warn("engine", `not ready at ${at}:${port}: ${reasons}`, "ready", "Each reason says what to do."),
    ];
  } catch {
    return [ok("engine", `none answers at ${at}:${port}`)];
  }
}
