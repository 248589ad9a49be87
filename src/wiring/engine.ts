import { resolve } from "node:path";
import engine from "../../package.json" with { type: "json" };

export const VERSION = engine.version;

/** As deliveries name themselves. */
export const USER_AGENT = `Posthorn/${VERSION}`;

export const MIGRATIONS = resolve(import.meta.dir, "../../migrations");
