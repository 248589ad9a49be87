import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config, Environment } from "#kernel";
import { configReference } from "#kernel";
import { runCli } from "./cli.ts";

const folder = await mkdtemp(join(tmpdir(), "posthorn-cli-"));
afterAll(() => rm(folder, { recursive: true }));

async function run(line: string, env: Environment = {}, exitCode = 0) {
  let out = "";
  let err = "";
  const served: Config[] = [];
  const migrated: Config[] = [];
  const code = await runCli(
    line.split(" ").filter((word) => word !== ""),
    {
      serve: async (config) => {
        served.push(config);
        return exitCode;
      },
      migrate: async (config) => {
        migrated.push(config);
        return exitCode;
      },
      worker: async () => exitCode,
    },
    {
      env,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    },
  );
  return { out, err, code, served, migrated };
}

describe("serve and migrate", () => {
  test("hand the parsed settings on and give the exit code back", async () => {
    const { served, code } = await run("serve", { POSTHORN_LISTEN: "[::1]:0" }, 143);
    expect(served.map((config) => config.listen)).toEqual([{ host: "::1", port: 0 }]);
    expect(code).toBe(143);
    expect((await run("migrate")).migrated).toHaveLength(1);
  });

  test("start nothing when the settings have faults, and tell all of them", async () => {
    const { served, code, err } = await run("serve", { POSTHORN_LISTEN: "x", POSTHORN_ROLES: "y" });
    expect(served).toEqual([]);
    expect(code).toBe(2);
    expect(err).toContain("2 faults");
    expect(err).toContain("POSTHORN_LISTEN: ");
    expect(err).toContain("POSTHORN_ROLES: ");
  });
});

describe("help", () => {
  test("every command explains itself, with examples where they help", async () => {
    const { out, code } = await run("--help");
    expect(code).toBe(0);
    for (const command of ["serve", "migrate", "config", "token", "version"]) {
      expect(out).toContain(command);
      expect((await run(`${command} --help`)).out).toContain(`posthorn ${command}`);
    }
    expect(out).toContain("Examples:");
    expect(out).toContain("posthorn config");
  });

  test("an unknown command is answered with the nearest", async () => {
    const { err, code } = await run("sevre");
    expect(err).toContain("Did you mean serve?");
    expect(code).toBe(2);
  });

  test("no command, surplus words and unknown options are wrong, and serve nothing", async () => {
    for (const line of ["", "serve now", "serve --port 1"]) {
      const { code, err, served } = await run(line);
      expect(code).toBe(2);
      expect(err).not.toBe("");
      expect(served).toEqual([]);
    }
  });
});

describe("config", () => {
  test("the table and the page name every setting with its default", async () => {
    const table = (await run("config")).out;
    const page = (await run("config --markdown")).out;
    for (const setting of configReference()) {
      expect(table).toContain(setting.name);
      expect(table).toContain(setting.default);
      expect(page).toContain(`\`${setting.name}\``);
    }
  });

  test("P8: --effective tells value and origin, and masks secrets", async () => {
    const { out, code } = await run("config --effective", {
      POSTHORN_API_TOKEN: "a-token-of-good-length",
      POSTHORN_LOG_LEVEL: "debug",
    });
    expect(code).toBe(0);
    expect(out).toMatch(/POSTHORN_LOG_LEVEL +environment +debug/);
    expect(out).toMatch(/POSTHORN_API_TOKEN +environment +\[secret\]/);
    expect(out).toMatch(/POSTHORN_LISTEN +default +127\.0\.0\.1:8420/);
    expect(out).not.toContain("a-token");
  });
});

describe("token", () => {
  test("prints the generated token alone, so that it can stand in a command line", async () => {
    await writeFile(join(folder, "api-token"), "generated-token\n");
    expect(await run("token", { POSTHORN_DATA: folder })).toMatchObject({ out: "generated-token\n", err: "", code: 0 });
  });

  test("explains where there is none", async () => {
    const { out, err, code } = await run("token", { POSTHORN_DATA: join(folder, "elsewhere") });
    expect(out).toBe("");
    expect(err).toContain("posthorn serve");
    expect(code).toBe(1);
  });

  test("a command that asks an engine finds none where the settings have a fault, and tells the fault", async () => {
    const { err, code } = await run("overview", { POSTHORN_DATA: folder, POSTHORN_LISTN: "x" });
    expect([code, err]).toEqual([1, expect.stringContaining("did you mean POSTHORN_LISTEN?")]);
  });

  test("P8: does not repeat a token from the environment", async () => {
    const { out, err } = await run("token", { POSTHORN_API_TOKEN: "a-token-of-good-length" });
    expect(out + err).not.toContain("a-token");
  });
});

test("version names Posthorn and Bun", async () => {
  expect((await run("version")).out).toMatch(/^posthorn \d+\.\d+\.\d+.* \(bun \d+\.\d+\.\d+.*\)\n$/);
});
