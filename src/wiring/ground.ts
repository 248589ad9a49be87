import { hkdfSync } from "node:crypto";
import {
  type Config,
  createSealer,
  type Db,
  type EmbeddedPostgres,
  generateApiToken,
  generatedSecret,
  generateMasterKey,
  isPooled,
  migrate,
  openDb,
  parseMasterKeys,
  type RootLog,
  type Sealer,
  type Service,
  startEmbeddedPostgres,
  type Telemetry,
} from "#kernel";
import { MIGRATIONS } from "./engine.ts";

/** What the engine stands on: known once the database answers. */
export interface Ground {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly apiToken: string;
  /** 32 bytes that follow from the current master key, for links by which people decide. A rotation ends links that were not sent yet. */
  readonly linkKey: Uint8Array;
  readonly embedded: EmbeddedPostgres | undefined;
}

/** The database and the secrets: embedded and generated in development, given where DATABASE_URL is. */
export function groundService(
  config: Config,
  log: RootLog,
  telemetry: Telemetry | undefined,
): Service & { ground(): Ground } {
  let ground: Ground | undefined;
  return {
    name: "database",
    ground: () => {
      if (ground === undefined) throw new Error("The database is not open yet.");
      return ground;
    },
    start: async () => {
      const embedded =
        config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir, log }) : undefined;
      const url = config.databaseUrl?.reveal() ?? embedded?.url ?? "";
      const applied = await migrate(url, MIGRATIONS);
      if (applied.length > 0) log.info("schema_migrated", `Applied ${applied.join(", ")}.`, { applied });
      const apiToken =
        config.apiToken?.reveal() ?? (await generatedSecret(config.dataDir, "api-token", generateApiToken));
      const keyText =
        config.masterKeys?.map((key) => key.reveal()).join(",") ??
        (await generatedSecret(config.dataDir, "master-key", generateMasterKey));
      const keys = parseMasterKeys(keyText);
      if (!keys.ok) throw new Error(`The master key cannot be used: ${keys.message}`);
      const pooled = embedded === undefined && (await isPooled(url));
      if (pooled)
        log.info("database_pooled", "DATABASE_URL leads to a pooler in transaction mode: statements are sent unnamed.");
      const db = openDb({ url, poolMax: config.databasePool, pooled, meter: telemetry?.database });
      const linkKey = new Uint8Array(hkdfSync("sha256", keys.keys.current, "", "posthorn approval links", 32));
      ground = { db, sealer: createSealer(keys.keys), apiToken, linkKey, embedded };
    },
    stop: async () => {
      await ground?.db.close();
      await ground?.embedded?.stop();
    },
  };
}
