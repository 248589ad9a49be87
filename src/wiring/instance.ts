import { hostname } from "node:os";
import { type Config, changeLevel, configReference, effectiveSettings, type RootLog } from "#kernel";

/** This process as its operators see it. */
export function instanceOf(config: Config, log: RootLog, embedded: boolean, startedAt: Date) {
  const summaries = new Map(configReference().map(({ name, summary }) => [name, summary]));
  return {
    process: `${hostname()}:${process.pid}`,
    startedAt,
    roles: [...config.roles],
    embedded,
    settings: effectiveSettings(process.env, config).map(({ name, value, origin }) => ({
      name,
      value,
      source: origin === "environment" ? ("environment" as const) : ("default" as const),
      description: summaries.get(name) ?? "",
    })),
    retentionMs: config.retentionMs,
    logLevel: () => log.level,
    setLogLevel: (level: RootLog["level"]) => changeLevel(log, level),
  };
}
