import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkDefinition } from "#language";

const HERE = import.meta.dir;
const folders = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const read = (path: string): Promise<string> => Bun.file(join(HERE, path)).text();

/** As an application would have it in which all of them stand. */
const flows = folders.map((folder) => folder.slice(3));

test("there are examples, each in a folder of its own", () => {
  expect(folders.length).toBeGreaterThanOrEqual(16);
  expect(folders.every((folder) => /^\d\d-[a-z0-9-]+$/.test(folder))).toBe(true);
  expect(new Set(flows).size).toBe(folders.length);
});

test.each(folders)("%s is a definition without a fault or a warning", async (folder) => {
  const source = await read(`${folder}/flow.yaml`);
  const checked = checkDefinition({ source, format: "yaml" });
  expect(checked.faults).toEqual([]);
  expect(checked.warnings).toEqual([]);
  expect(checked.valid).toBe(true);
});

test.each(folders)("%s says in its first lines what it is for, and asks for no more than it uses", async (folder) => {
  const source = await read(`${folder}/flow.yaml`);
  expect(source).toMatch(/^# .{40,}\n(# .+\n)*posthorn: 1\nflow: [a-z0-9-]+\ntitle: .+\n/);
  const { definition } = checkDefinition({ source, format: "yaml" });
  for (const secret of definition?.secrets ?? []) expect(source).toContain(`secrets.${secret}`);
  for (const secret of source.matchAll(/\bsecrets\.([a-z0-9_]+)/g))
    expect(definition?.secrets ?? []).toContain(secret[1] ?? "");
  for (const host of definition?.hosts ?? [])
    expect(source).toMatch(new RegExp(`https://[^\\n]*${host.replace("*.", "")}`));
});

test("the page of examples lists each of them", async () => {
  const page = await read("README.md");
  const listed = [...page.matchAll(/\]\((\d\d-[a-z0-9-]+)\/flow\.yaml\)/g)].map(([, folder = ""]) => folder);
  expect(listed).toEqual(folders);
});
