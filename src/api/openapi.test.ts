import { describe, expect, test } from "bun:test";
import svix from "./golden/svix-operations.json" with { type: "json" };
import { openApiDocument } from "./openapi.ts";

interface Schema {
  $ref?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  enum?: unknown[];
}
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

// The document is written as JSON and read by others: so does the test.
const ours: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
} = JSON.parse(JSON.stringify(openApiDocument("0.0.0")));

const nameOf = (schema: Schema | undefined) => schema?.$ref?.split("/").at(-1);
const named = (schema: Schema | undefined) => ours.components.schemas[nameOf(schema) ?? ""] ?? schema;
const schemaOf = (holder: { content?: Record<string, { schema: Schema }> } | undefined) =>
  holder?.content?.["application/json"]?.schema;

describe("the OpenAPI document", () => {
  test("is of version 3.1 and gives no operation the id of another", () => {
    expect(ours.openapi).toBe("3.1.0");
    const ids = Object.values(ours.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("describes every tag that an operation has: the reference shows no other", () => {
    const document: { tags: { name: string }[]; paths: Record<string, Record<string, { tags: string[] }>> } =
      JSON.parse(JSON.stringify(openApiDocument("0.0.0")));
    const described = new Set(document.tags.map(({ name }) => name));
    const used = Object.values(document.paths).flatMap((path) => Object.values(path).flatMap(({ tags }) => tags));
    expect(used.filter((tag) => !described.has(tag))).toEqual([]);
  });

  test.each(svix.operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    "serves %s as Svix does",
    (_, theirs) => {
      const own = ours.paths[theirs.path]?.[theirs.method];
      if (own === undefined) throw new Error(`${theirs.method} ${theirs.path} is not served`);
      // Two operations may not share an id in one document, though Svix's do.
      if (theirs.method !== "head") expect(own.operationId).toBe(theirs.operationId);

      const parameters = new Map((own.parameters ?? []).map((parameter) => [parameter.name, parameter]));
      for (const { name, in: where, required, ...rest } of theirs.parameters) {
        const parameter = parameters.get(name);
        expect({ name, where: parameter?.in, required: parameter?.required ?? false }).toEqual({
          name,
          where,
          required,
        });
        if ("enum" in rest) expect(named(parameter?.schema)?.enum).toEqual(rest.enum as unknown[]);
      }
      // What we add may not be required: Svix's clients do not know it.
      const known = new Set(theirs.parameters.map(({ name }) => name));
      const demanded = [...parameters.values()].filter((parameter) => parameter.required && parameter.in !== "path");
      expect(demanded.filter(({ name }) => !known.has(name))).toEqual([]);

      if (theirs.body === null) expect(own.requestBody).toBeUndefined();
      else {
        const body = named(schemaOf(own.requestBody));
        expect(nameOf(schemaOf(own.requestBody))).toBe(theirs.body.name);
        expect((body?.required ?? []).sort()).toEqual(theirs.body.required);
        expect(Object.keys(body?.properties ?? {})).toEqual(expect.arrayContaining(theirs.body.properties));
      }
      for (const [status, theirAnswer] of Object.entries(theirs.responses)) {
        const answer = own.responses[status];
        if (answer === undefined) throw new Error(`${theirs.operationId} does not answer ${status}`);
        if (theirAnswer === null) continue;
        const schema = named(schemaOf(answer));
        expect(nameOf(schemaOf(answer))).toBe(theirAnswer.name);
        expect(schema?.required ?? []).toEqual(expect.arrayContaining(theirAnswer.required));
        expect(Object.keys(schema?.properties ?? {})).toEqual(expect.arrayContaining(theirAnswer.properties));
      }
      const ourOwn = Object.keys(own.responses).filter((status) => !(status in theirs.responses));
      // HEAD's 204 is missing in Svix's document only.
      expect(["204", "413", "503"]).toEqual(expect.arrayContaining(ourOwn));
    },
  );

  test.each(Object.entries(svix.schemas))(
    "knows every property of Svix's %s, and requires what Svix requires",
    (name, theirs) => {
      const schema = ours.components.schemas[name];
      expect(schema?.required ?? []).toEqual(expect.arrayContaining(theirs.required));
      expect(Object.keys(schema?.properties ?? {})).toEqual(expect.arrayContaining(theirs.properties));
    },
  );

  test.each(Object.entries(svix.enums))("has the values of Svix's %s", (name, values) => {
    expect(ours.components.schemas[name]?.enum).toEqual(values);
  });
});
