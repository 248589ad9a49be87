import { randomBytes } from "node:crypto";
import { startEngine, type TestEngine } from "#test";

/** What the processes on one database must agree on. */
export function installation(databaseUrl: string, over: Readonly<Record<string, string>> = {}) {
  const env = {
    DATABASE_URL: databaseUrl,
    POSTHORN_API_TOKEN: `test-token-${randomBytes(24).toString("base64url")}`,
    POSTHORN_MASTER_KEY: randomBytes(32).toString("base64"),
    POSTHORN_DATABASE_POOL: "4",
    ...over,
  };
  return {
    env,
    start: (more: Readonly<Record<string, string>> = {}): Promise<TestEngine> =>
      startEngine({ env: { ...env, ...more } }),
  };
}
export type Installation = ReturnType<typeof installation>;
