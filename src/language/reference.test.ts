import { expect, test } from "bun:test";
import { FUNCTIONS } from "./cel/functions.ts";
import { MACROS } from "./cel/macros.ts";
import { checkDefinition } from "./check/definition.ts";
import { FAULT_CODES, WARNING_CODES } from "./check/fault.ts";
import { STEP_KINDS } from "./kinds.ts";

const page = await Bun.file(new URL("../../docs/reference/flow-language.md", import.meta.url)).text();
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text);

/** A block is a whole definition, a part of one, or a list of steps. */
function whole(block: string): string {
  if (block.startsWith("posthorn:")) {
    return block;
  }
  const head = "posthorn: 1\nflow: example\nsecrets: [pay_key]\n";
  return block.startsWith("- ")
    ? `${head}steps:\n${block.replaceAll(/^(?=.)/gm, "  ")}`
    : `${head}${block}steps: [{ id: nothing, map: 1 }]\n`;
}

test.each(blocks.map((block) => [block.slice(0, 40).replaceAll("\n", " "), block]))(
  "the reference's block %s is valid",
  (_, block) => {
    const { faults } = checkDefinition({ source: whole(block), format: "yaml" });
    expect(faults).toEqual([]);
  },
);

test("the reference names every kind of step, function, form, fault and warning", () => {
  const missing = [
    ...STEP_KINDS.filter((kind) => !new RegExp(`^### .*\\b${kind}\\b`, "m").test(page)),
    ...[...FUNCTIONS.keys()].filter((name) => !page.includes(`${name}(`)),
    ...MACROS.filter(({ form }) => !page.includes(form.replace(/^map\.t/, "object.t"))).map(({ name }) => name),
    ...[...FAULT_CODES, ...WARNING_CODES].filter((code) => !page.includes(`\`${code}\``)),
  ];
  expect(missing).toEqual([]);
});
