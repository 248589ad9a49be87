import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEngine, type TestEngine } from "#test";
import { until } from "./until.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const PRELOAD = join(import.meta.dir, "stepped-clock.preload.ts");

/** An engine with a wall clock of its own; the database keeps the machine's. */
export interface SteppedEngine extends TestEngine {
  /** From now on its clock is off by so many milliseconds; resolves once it has been. */
  setClock(offMs: number): Promise<void>;
}

/** Starts an engine whose clock is right until it is set otherwise. */
export async function startStepped(env: Readonly<Record<string, string>>): Promise<SteppedEngine> {
  const folder = await mkdtemp(join(tmpdir(), "posthorn-clock-"));
  const file = join(folder, "off");
  await writeFile(file, "0");
  const engine = await startEngine({
    env: { ...env, TEST_CLOCK: file },
    command: ["--preload", PRELOAD, MAIN, "serve"],
  });
  return Object.assign(engine, {
    setClock: async (nextMs: number) => {
      await writeFile(file, String(nextMs));
      await until(
        "the clock was set",
        async () => (await readFile(`${file}.seen`, "utf8").catch(() => "")) === String(nextMs),
      );
    },
    async [Symbol.asyncDispose]() {
      engine.kill();
      await engine.exited;
      await rm(folder, { recursive: true });
    },
  });
}
