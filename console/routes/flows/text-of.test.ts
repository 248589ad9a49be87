import { expect, test } from "bun:test";
import { parse } from "./editor/text.ts";
import { TEMPLATES } from "./templates.ts";
import { inOrder, textOfDefinition } from "./text-of.ts";

/** As the database gives it back: the members of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, shuffled(inner)]),
  );
}

test("what was written comes back as it was written", () => {
  expect(textOfDefinition({ definition: {}, source: "# mine\nflow: a\n" })).toBe("# mine\nflow: a\n");
});

test("what is made from the stored definition means the same, and begins as people begin", () => {
  for (const { text } of TEMPLATES) {
    const { definition } = parse(text);
    const made = textOfDefinition({ definition: shuffled(definition), source: null });
    expect(parse(made).definition).toEqual(definition);
    expect(made).toStartWith("posthorn: 1\nflow: ");
    expect(made).toMatch(/\nsteps:\n {2}- id: \w+\n {4}/);
  }
});

test("a step begins with its id and what it does, at any depth", () => {
  // biome-ignore lint/suspicious/noThenProperty: a branch of the language is called so.
  const made = inOrder({ steps: [{ then: [{ map: 1, id: "inner" }], if: "true", id: "outer" }] });
  expect(JSON.stringify(made)).toBe('{"steps":[{"id":"outer","if":"true","then":[{"id":"inner","map":1}]}]}');
});
