import { type Commands, runCli } from "#cli";
import {
  type Config,
  changeLevel,
  createLog,
  migrate,
  nextLevel,
  runServices,
  startEmbeddedPostgres,
  watchParent,
} from "#kernel";
import { MIGRATIONS } from "./wiring/engine.ts";
import { groundService } from "./wiring/ground.ts";
import { createHealth } from "./wiring/health.ts";
import { rolesService } from "./wiring/roles.ts";
import { httpService } from "./wiring/server.ts";
import { metricsService, openTelemetry } from "./wiring/telemetry.ts";
import { tracingService } from "./wiring/tracing.ts";
import { welcome } from "./wiring/welcome.ts";

async function serve(config: Config): Promise<number> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  // A launcher that was killed can forward nothing any more; and a terminal that closes is a wish to stop, not an accident.
  watchParent(() => process.kill(process.pid, "SIGTERM"));
  // For whoever has no token at hand: info, debug, trace, and round again.
  process.on("SIGUSR2", () => changeLevel(log, nextLevel(log.level)));
  process.on("SIGHUP", () => process.kill(process.pid, "SIGTERM"));
  const telemetry = openTelemetry(config);
  const ground = groundService(config, log, telemetry);
  const traces = tracingService(config, log, telemetry);
  const health = createHealth(() => roles.roles().intake);
  const roles = rolesService(config, log, ground.ground, traces.tracing, health, telemetry);
  const http = httpService(config, log, ground.ground, roles.roles, traces.tracing, health, telemetry);
  const metrics = metricsService(config, log, telemetry, http.isReady);
  return runServices([traces, ground, roles, http, metrics], {
    graceMs: config.shutdownGraceMs,
    delayMs: config.shutdownDelayMs,
    log,
    onStarted: () => {
      // For a person who just started it; a container's log has the line `listening`.
      if (config.databaseUrl === undefined && config.logFormat !== "json") {
        process.stdout.write(welcome(http.url(), ground.ground().apiToken, config.allowNetworks));
        http.prepareConsole();
      }
    },
    onSignal: () => http.leave(),
  });
}

async function migrateOnly(config: Config): Promise<number> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir, log }) : undefined;
  try {
    const applied = await migrate(config.databaseUrl?.reveal() ?? embedded?.url ?? "", MIGRATIONS);
    process.stdout.write(applied.length === 0 ? "The schema is current.\n" : `Applied ${applied.join(", ")}.\n`);
    return 0;
  } finally {
    await embedded?.stop();
  }
}

/** Loaded by whoever works: an engine does without what runs users' modules. */
const work: Commands["worker"] = async (command) => (await import("#sdk")).runWorker(command);

/** Definitions of flows may be programs, wherever they lie. */
async function importModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  (await import("#sdk")).provideImports();
  return import(url);
}

// Everything has stopped by now: what a library still has open (a connection that closes, a timer) must not hold us here.
process.exit(await runCli(process.argv.slice(2), { serve, migrate: migrateOnly, worker: work }, { importModule }));
