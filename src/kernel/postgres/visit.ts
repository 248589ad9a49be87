import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join, resolve } from "node:path";
import { ENGINE } from "./cluster.ts";
import { homeOfData } from "./place.ts";

/** The embedded server of a data folder, for who comes by while an engine may be using it. */
export type FoundEmbedded =
  /** No server was ever made there. */
  | { readonly state: "none" }
  | { readonly state: "stopped" }
  /** `url`: as the engine reaches it. `enginePid`: who used the folder last. */
  | { readonly state: "running"; readonly url: string; readonly enginePid: number | undefined }
  | { readonly state: "unreadable"; readonly why: string };

/** Looks and changes nothing: takes no lock, starts and makes nothing. */
export async function findEmbedded(dataFolder: string): Promise<FoundEmbedded> {
  const folder = resolve(dataFolder);
  try {
    const data = join(await homeOfData(folder), "postgres");
    if (!existsSync(join(data, "PG_VERSION"))) return { state: "none" };
    const port = Number((await read(join(data, "postmaster.pid")))?.split("\n")[3]);
    if (!Number.isInteger(port) || !(await answers(port))) return { state: "stopped" };
    const { password } = JSON.parse((await read(join(folder, "postgres.json"))) ?? "{}");
    if (typeof password !== "string") return { state: "unreadable", why: `${folder}/postgres.json has no password.` };
    const pid = Number(await read(join(folder, "engine.pid")));
    return {
      state: "running",
      url: `postgres://${ENGINE}:${password}@127.0.0.1:${port}/${ENGINE}`,
      enginePid: Number.isInteger(pid) && pid > 0 ? pid : undefined,
    };
  } catch (error) {
    return { state: "unreadable", why: error instanceof Error ? error.message : String(error) };
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port, timeout: 2_000 });
    const tell = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => tell(true));
    socket.once("timeout", () => tell(false));
    socket.once("error", () => tell(false));
  });
}
