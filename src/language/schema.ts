import type { Member, Members, Shape, StepShapes } from "./check/shape.ts";
import { CEL_MAX, DEFINITION_SHAPE, STEP_SHAPES } from "./check/shapes.ts";
import type { Json } from "./definition.ts";
import { STEP_KINDS } from "./kinds.ts";

type Schema = { readonly [name: string]: Json };

/**
 * The JSON Schema (2020-12) of definitions, made of the same shapes that the check reads: for completion and first faults in an editor.
 * What it cannot say (references, types, schedules) the check says.
 */
export function definitionSchema(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A flow of Posthorn",
    ...schemaOf(DEFINITION_SHAPE),
    $defs: {
      cel: {
        type: "string",
        minLength: 1,
        maxLength: CEL_MAX,
        description: "An expression (CEL): event.data.total > 100",
      },
      expression: {
        type: "object",
        properties: { $: { $ref: "#/$defs/cel" } },
        required: ["$"],
        additionalProperties: false,
      },
      template: {
        description: 'A value in which { "$": "…" } is an expression.',
        anyOf: [
          { $ref: "#/$defs/expression" },
          { type: ["string", "number", "boolean", "null"] },
          { type: "array", items: { $ref: "#/$defs/template" } },
          { type: "object", properties: { $: false }, additionalProperties: { $ref: "#/$defs/template" } },
        ],
      },
      span: { type: "string", pattern: "^[0-9]{1,12}(ms|s|m|h|d|w)$", description: "30s, 15m, 2h, 3d" },
      step: { anyOf: STEP_KINDS.map((kind) => ({ $ref: `#/$defs/step_${kind}` })) },
      ...Object.fromEntries(STEP_KINDS.map((kind) => [`step_${kind}`, stepSchema(kind, STEP_SHAPES)])),
      ...Object.fromEntries(
        Object.entries(STEP_SHAPES.common).map(([name, member]) => [`of_each_${name}`, memberSchema(member)]),
      ),
    },
  };
}

function stepSchema(kind: (typeof STEP_KINDS)[number], { common, kinds }: StepShapes): Schema {
  const own = objectSchema(kinds[kind]);
  return {
    ...own,
    properties: {
      ...Object.fromEntries(Object.keys(common).map((name) => [name, { $ref: `#/$defs/of_each_${name}` }])),
      ...(own["properties"] as Schema),
    },
    required: ["id", ...(own["required"] as readonly string[])],
  };
}

function objectSchema(members: Members): Schema {
  const required = Object.entries(members).flatMap(([name, member]) => (member.required === true ? [name] : []));
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(members).map(([name, member]) => [name, memberSchema(member)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function memberSchema({ shape, doc }: Member): Schema {
  return { description: doc, ...schemaOf(shape) };
}

function schemaOf(shape: Shape): Schema {
  switch (shape.kind) {
    case "text":
      return {
        type: "string",
        ...(shape.min === undefined ? {} : { minLength: shape.min }),
        maxLength: shape.max,
        ...(shape.pattern === undefined ? {} : { pattern: shape.pattern.source }),
      };
    case "choice":
      return shape.of.length === 1 && shape.of[0] !== undefined ? { const: shape.of[0] } : { enum: shape.of };
    case "number":
      return { type: shape.whole ? "integer" : "number", minimum: shape.min, maximum: shape.max };
    case "flag":
      return { type: "boolean" };
    case "cel":
    case "span":
    case "expression":
    case "template":
      return { $ref: `#/$defs/${shape.kind}` };
    case "json":
      return {};
    case "list":
      return {
        type: "array",
        items: schemaOf(shape.of),
        minItems: shape.min,
        maxItems: shape.max,
        ...(shape.distinct === true ? { uniqueItems: true } : {}),
      };
    case "object":
      return objectSchema(shape.members);
    case "record":
      return {
        type: "object",
        propertyNames: { pattern: shape.name.source },
        additionalProperties: schemaOf(shape.of),
        minProperties: shape.min,
        maxProperties: shape.max,
      };
    case "either":
      return { anyOf: shape.of.map(schemaOf) };
    case "steps":
      return { type: "array", items: { $ref: "#/$defs/step" }, minItems: shape.min };
  }
}

/** As the file docs/reference/flow.schema.json. */
export function definitionSchemaFile(): string {
  return `${JSON.stringify(definitionSchema(), null, 2)}\n`;
}
