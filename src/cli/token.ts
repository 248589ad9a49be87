import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "#kernel";

export type TokenAnswer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly text: string };

/** Where the engine keeps the token it generated. */
export const TOKEN_FILE = "api-token";

/** The generated API token, or why there is none to print. A token from the environment is not repeated: who set it has it. */
export async function tellToken(config: Config): Promise<TokenAnswer> {
  if (config.apiToken !== undefined) {
    return { ok: false, text: "The API token comes from POSTHORN_API_TOKEN and is not printed; none was generated." };
  }
  const path = join(config.dataDir, TOKEN_FILE);
  try {
    const token = (await readFile(path, "utf8")).trim();
    return token === ""
      ? { ok: false, text: `The file ${path} is empty; delete it and start the engine to have a token generated.` }
      : { ok: true, text: token };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    switch (code) {
      case "ENOENT":
      case "ENOTDIR":
        return {
          ok: false,
          text: `There is no token at ${path} yet; \`posthorn serve\` generates it at its first start. Is POSTHORN_DATA the folder the engine runs with?`,
        };
      case "EACCES":
      case "EPERM":
        return {
          ok: false,
          text: `The token at ${path} may not be read by this user; run this as the user that runs the engine.`,
        };
      default:
        throw new Error(`Reading the token at ${path} failed`, { cause: error });
    }
  }
}
