import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createLocalRunner } from "#flows";
import { checkDefinition, compile, mismatches, mismatchText, readCaseFile, rehearse } from "#language";

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

const codeRunner = await createLocalRunner();

const cases = await Promise.all(
  folders.map(async (folder) => {
    const [source, text] = await Promise.all([read(`${folder}/flow.yaml`), read(`${folder}/flow.test.yaml`)]);
    const file = readCaseFile(text);
    if (!file.ok) throw new Error(`${folder}: ${JSON.stringify(file.faults)}`);
    return file.file.cases.map((one) => ({ folder, source, one, name: `${folder}: ${one.name}` }));
  }),
);

test("each example is rehearsed, and mostly in more than one case", () => {
  expect(cases.every((those) => those.length >= 2)).toBe(true);
});

test.each(cases.flat())("$name", ({ source, one }) => {
  const { definition } = checkDefinition({ source, format: "yaml" });
  if (definition === null) throw new Error("It is no definition.");
  const rehearsal = { ...one.rehearsal, codeRunner };
  expect(mismatchText(mismatches(one.expect, rehearse(compile(definition), rehearsal), rehearsal))).toBe("");
});

test("the page of examples lists each of them", async () => {
  const page = await read("README.md");
  const listed = [...page.matchAll(/\]\((\d\d-[a-z0-9-]+)\/flow\.yaml\)/g)].map(([, folder = ""]) => folder);
  expect(listed).toEqual(folders);
});
