import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { runCli } from "../cli.ts";
import { lineDiff } from "./line-diff.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "posthorn-flows-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A command as it is typed, without an engine. */
async function type(...words: string[]) {
  let [out, err] = ["", ""];
  const nobody = () => Promise.reject(new Error("Nothing is served here."));
  const code = await runCli(
    words,
    { serve: nobody, migrate: nobody, worker: nobody },
    {
      env: { POSTHORN_URL: "http://127.0.0.1:1", POSTHORN_TOKEN: "t" },
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    },
  );
  return { code, out, err };
}

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const GREET = `posthorn: 1
flow: greet
steps:
  - id: ask
    http: { url: "https://names.example/who" }
output: { hello: { $: "steps.ask.body.name" } }
`;

test("a folder that holds nothing of ours is told, and is no folder in which all is well", async () => {
  const empty = mkdtempSync(join(folder, "empty-"));
  writeFileSync(join(empty, "flow.test.ts"), "throw new Error('not ours to run');");
  const linted = await type("flows", "lint", empty);
  expect([linted.code, linted.err]).toEqual([1, expect.stringContaining(`There are no definitions`)]);
  const tested = await type("flows", "test", empty);
  expect([tested.code, tested.err]).toEqual([1, expect.stringContaining(`There are no cases`)]);
});

describe("posthorn flows lint", () => {
  test("says where a definition is wrong, as editors understand it, and passes what is right", async () => {
    const good = write("good.yaml", GREET);
    expect(await type("flows", "lint", good)).toMatchObject({ code: 0, out: "1 valid, 0 not\n" });
    const bad = write("bad.yaml", GREET.replace("steps.ask.body.name", "steps.aks.body.name"));
    const { code, out } = await type("flows", "lint", bad);
    expect(code).toBe(1);
    expect(out).toContain(`${bad}:6:`);
    expect(out).toContain("error:");
    rmSync(bad);
  });

  test("refuses two files of one flow, a file that is no definition, and a folder that is not there", async () => {
    const twin = write("twin.yaml", GREET);
    expect((await type("flows", "lint", folder)).out).toContain('has a flow of the same name, "greet"');
    rmSync(twin);
    const program = write("broken.ts", "export default 7;");
    expect((await type("flows", "lint", program)).out).toContain("no default export that is a definition");
    rmSync(program);
    const nowhere = await type("flows", "lint", join(folder, "nowhere"));
    expect([nowhere.code, nowhere.out.includes("no such folder or file")]).toEqual([1, true]);
  });

  test("takes what a program exports", async () => {
    const program = write("made.ts", 'export default { posthorn: 1, flow: "made", steps: [{ id: "one", map: 1 }] };');
    expect((await type("flows", "lint", program)).code).toBe(0);
    rmSync(program);
  });
});

describe("posthorn flows test", () => {
  const cases = (name: string) => `flow: good.yaml
cases:
  - name: greets by name
    start: { input: {} }
    results:
      ask: { output: { status: 200, headers: {}, body: { name: Ada } } }
    expect:
      state: completed
      output: { hello: ${name} }
`;

  test("passes and fails by what was expected, and says what was instead", async () => {
    write("good.yaml", GREET);
    const file = write("good.test.yaml", cases("Ada"));
    const passed = await type("flows", "test", folder);
    expect([passed.code, passed.out.includes("greets by name"), passed.out.endsWith("1 passed, 0 failed\n")]).toEqual([
      0,
      true,
      true,
    ]);
    write("good.test.yaml", cases("Grace"));
    const failed = await type("flows", "test", file);
    expect([failed.code, failed.out.startsWith("FAIL")]).toEqual([1, true]);
    expect(failed.out).toContain("Ada");
    const junit = (await type("flows", "test", file, "--junit")).out;
    expect(junit).toContain('tests="1" failures="1"');
    expect(JSON.parse((await type("flows", "test", file, "--json")).out)).toMatchObject([{ name: "greets by name" }]);
  });

  test("runs programs of code steps as the engine would", async () => {
    write(
      "sums.yaml",
      "posthorn: 1\nflow: sums\nsteps:\n  - id: add\n    code: return input.a + input.b\n    input: { $: input }\noutput: { $: steps.add }\n",
    );
    const file = write(
      "sums.test.yaml",
      "flow: sums.yaml\ncases:\n  - name: adds\n    start: { input: { a: 2, b: 3 } }\n    expect: { state: completed, output: 5 }\n",
    );
    expect(await type("flows", "test", file)).toMatchObject({ code: 0 });
    rmSync(file);
    rmSync(join(folder, "sums.yaml"));
  });

  test("a file that cannot be read, and a folder without cases, are no success", async () => {
    const file = write("odd.test.yaml", "flow: good.yaml\ncases: 7\n");
    expect((await type("flows", "test", file)).code).toBe(1);
    rmSync(file);
    expect((await type("flows", "test", join(folder, "good.yaml"))).code).toBe(1);
  });
});

test("a command that needs an engine and reaches none says so, without changing anything", async () => {
  const { code, err } = await type("flows", "push", join(folder, "good.yaml"), "--app", "shop");
  expect([code, err.includes("No engine answers at http://127.0.0.1:1")]).toEqual([1, true]);
  expect(readFileSync(join(folder, "good.yaml"), "utf8")).toBe(GREET);
});

describe("a diff of texts", () => {
  test("shows what changed with its surroundings", () => {
    expect(lineDiff("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nf\n")).toBe("…\n b\n c\n d\n-e\n+E\n f\n");
    expect(lineDiff("a\n", "a\n")).toBe("");
  });

  test("leads from one text to the other, whatever they are", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 6 })
      .map((lines) => `x\n${lines.join("\n")}\ny\n`);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = lineDiff(before, after);
        const side = (sign: string) =>
          diff
            .split("\n")
            .filter((line) => line.startsWith(sign))
            .map((line) => line.slice(1))
            .sort();
        // What is only in one is told with its sign; the rest is common to both.
        const count = (lines: string[], line: string) => lines.filter((one) => one === line).length;
        for (const line of ["a", "b", "c", "x", "y", ""]) {
          const more =
            count(after.replace(/\n$/, "").split("\n"), line) - count(before.replace(/\n$/, "").split("\n"), line);
          expect(count(side("+"), line) - count(side("-"), line)).toBe(more);
        }
      }),
    );
  });
});
