import { html, raw } from "hono/html";

// What of OpenAPI 3.1 our own document uses; a fuller reader would be for documents that are not ours.
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}
interface Content {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly headers?: Readonly<Record<string, { readonly description?: string }>>;
}
interface Operation {
  readonly operationId: string;
  readonly "x-posthorn-access"?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}
type Html = ReturnType<typeof html>;

/** The permission it takes, for who is about to make a key. */
function taking(operation: Operation): Html {
  const access = operation["x-posthorn-access"] ?? "any";
  if (access === "public") return html`<p>Takes no token.</p>`;
  return access === "any" ? html`<p>Takes any token.</p>` : html`<p>Takes the permission <code>${access}</code>.</p>`;
}

/** The few marks our own texts use; everything else is escaped by the template. */
function prose(text: string | undefined): Html[] {
  return (text ?? "").split(/\n\n+/).map((paragraph) => {
    const items = paragraph.split("\n").filter((line) => line.startsWith("- "));
    if (items.length === 0) return html`<p>${inline(paragraph)}</p>`;
    return html`<ul>${items.map((item) => html`<li>${inline(item.slice(2))}</li>`)}</ul>`;
  });
}

function inline(text: string): (Html | string)[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return html`<code>${part.slice(1, -1)}</code>`;
    return part.startsWith("**") ? html`<strong>${part.slice(2, -2)}</strong>` : part;
  });
}

const nameOf = (ref: string) => ref.slice(ref.lastIndexOf("/") + 1);

/** A type in a few words: `string, null`, `list of Channel`, `"ascending" | "descending"`. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])].map(typeOf);
  if (parts.length > 0) return [...new Set(parts)].join(" | ");
  const types = schema.type === undefined ? ["any"] : [schema.type].flat();
  return types
    .map((type) => {
      if (type === "array") return `list of ${schema.items === undefined ? "any" : typeOf(schema.items)}`;
      if (type === "object" && typeof schema.additionalProperties === "object")
        return `map of ${typeOf(schema.additionalProperties)}`;
      return schema.format === undefined ? type : `${type} (${schema.format})`;
    })
    .join(", ");
}

function bounds(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, maxItems } = schema;
  const said = [
    schema.default === undefined ? "" : `default ${JSON.stringify(schema.default)}`,
    minimum === undefined && maximum === undefined ? "" : `${minimum ?? ""} … ${maximum ?? ""}`,
    minLength === undefined && maxLength === undefined
      ? ""
      : `${minLength ?? 0} to ${maxLength ?? "any number of"} characters`,
    maxItems === undefined ? "" : `at most ${maxItems} items`,
  ];
  return said.filter((part) => part !== "").join("; ");
}

function row(name: string, schema: Schema, required: boolean, where = ""): Html {
  return html`<tr><td><code>${name}</code> ${required ? html`<span class="req">required</span>` : ""}</td>
    <td>${typeOf(schema)}${where === "" ? "" : ` · ${where}`}</td>
    <td>${inline(schema.description ?? "")} ${bounds(schema)}</td></tr>`;
}

function fields(document: Document, schema: Schema): Html {
  const named = schema.$ref === undefined ? schema : (document.components.schemas[nameOf(schema.$ref)] ?? schema);
  const properties = Object.entries(named.properties ?? {});
  if (properties.length === 0) return html`<p>${typeOf(named)}</p>`;
  return html`<table>${properties.map(([name, property]) => row(name, property, named.required?.includes(name) === true))}</table>`;
}

function schemaOf(content: Content | undefined): Schema | undefined {
  return Object.values(content?.content ?? {})[0]?.schema;
}

function answer(document: Document, status: string, content: Content): Html {
  const schema = schemaOf(content);
  const headers = Object.entries(content.headers ?? {});
  const told = headers.map(([name, header]) => html`<p><code>${name}</code> ${inline(header.description ?? "")}</p>`);
  if (schema === undefined) return html`<p><code>${status}</code> ${content.description ?? ""}</p>${told}`;
  return html`<details><summary><code>${status}</code> ${content.description ?? ""} · ${typeOf(schema)}</summary>${told}${fields(document, schema)}</details>`;
}

function article(document: Document, { method, path, operation }: Entry): Html {
  const body = schemaOf(operation.requestBody);
  const parameters = operation.parameters ?? [];
  const good = Object.entries(operation.responses).filter(([status]) => status < "400");
  const errors = Object.keys(operation.responses).filter((status) => status >= "400");
  return html`<article id="${operation.operationId}"><h3>${operation.summary ?? operation.operationId}</h3>
    <p class="path"><span class="method ${method}">${method}</span>${path}</p>${taking(operation)}${prose(operation.description)}
    ${parameters.length === 0 ? "" : html`<h4>Parameters</h4><table>${parameters.map((it) => row(it.name, it.schema ?? {}, it.required === true, it.in))}</table>`}
    ${body === undefined ? "" : html`<h4>Body · ${typeOf(body)}</h4>${fields(document, body)}`}
    <h4>Answers</h4>${good.map(([status, content]) => answer(document, status, content))}
    <p>Errors: ${errors.map((status) => html`<code>${status}</code> `)}</p></article>`;
}

/** One page of HTML. The document is our own; all of its texts are escaped all the same. */
export function renderReference(openApi: Record<string, unknown>, style: string): string {
  const document = openApi as unknown as Document;
  const entries: Entry[] = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = document.tags.map((tag) => ({
    tag,
    entries: entries.filter(({ operation }) => operation.tags?.includes(tag.name)),
  }));
  const { title, version, description } = document.info;
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} ${version}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><style>${raw(style)}</style></head><body>
    <nav aria-label="Operations"><a href="/api/v1/openapi.json">OpenAPI 3.1</a>${groups.map(
      (group) =>
        html`<h2>${group.tag.name}</h2><ul>${group.entries.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary ?? operation.operationId}</a></li>`)}</ul>`,
    )}</nav>
    <main><h1>${title} ${version}</h1>${prose(description)}${groups.map(
      (group) =>
        html`<section><h2>${group.tag.name}</h2>${prose(group.tag.description)}${group.entries.map((entry) => article(document, entry))}</section>`,
    )}<section><h2>Schemas</h2>${Object.entries(document.components.schemas).map(
      ([name, schema]) =>
        html`<details id="schema-${name}"><summary><code>${name}</code></summary>${prose(schema.description)}${fields(document, schema)}</details>`,
    )}</section></main></body></html>`;
  return String(page);
}
