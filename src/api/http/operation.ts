import type { RouteConfig, z } from "@hono/zod-openapi";
import type { Access } from "#tenancy";
import { IdempotencyKey } from "../schemas/common.ts";
import { bodyErrors, errorResponses } from "../schemas/errors.ts";
import type { Scope } from "./deps.ts";
import type { Invalid, Reply } from "./reply.ts";
import { check, parseBody, queryObject } from "./validation.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** An operation of the API as it is documented; the document is the schema its requests are held against. */
export interface Operation {
  readonly method: Method;
  /** With `{names}`, as OpenAPI writes it. */
  readonly path: string;
  readonly operationId: string;
  /**
   * The permission it takes (`#tenancy` says which role has which). `portal:…` opens it to an application's own users. A token
   * for one application may use it within that application when `{app_id}` stands in the path, and nowhere else.
   */
  readonly access: Access;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /**
   * Of a POST: it only asks, with more than a query holds; or, like sending a message, it commits by itself and what it makes is the record.
   * No transaction is put around it, and the audit log has nothing of it.
   */
  readonly transaction?: false;
  /**
   * It commits by itself, together with what others ask at the same time, and may wait long: no transaction, gate or record of its own
   * here. `without_key`: unless it carries an Idempotency-Key; then it is a change like any other.
   */
  readonly direct?: "always" | "without_key";
  /** Largest body; that of configuration unless given. */
  readonly bodyBytesMax?: number;
  /** The answer shows a secret or a token: where it is kept for a repeat of the request it is sealed. */
  readonly answersSecret?: true;
  /** Answers besides errors, by status. */
  readonly responses: Readonly<Record<number, Answer>>;
}

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` when nothing else is said. */
  readonly contentType?: string;
  /** Name to what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request to the operation asks, parsed. */
export interface Asked<O extends Operation> {
  readonly params: O extends { readonly params: infer P extends z.ZodObject } ? z.output<P> : unknown;
  readonly query: O extends { readonly query: infer Q extends z.ZodObject } ? z.output<Q> : unknown;
  readonly body: O extends { readonly body: infer B extends z.ZodType } ? z.output<B> : undefined;
}

export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly search: URLSearchParams;
  readonly body: Uint8Array;
}

/** An operation with its types erased: hold a request against it, then do it. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly operationId: string;
  readonly access: Access;
  readonly hasBody: boolean;
  /** Whether it writes: then it runs in one transaction. */
  readonly changes: boolean;
  /** Whether it is recorded in the audit log: changes are, and reads that show secrets. */
  readonly audited: boolean;
  readonly answersSecret: boolean;
  readonly direct: Operation["direct"];
  readonly bodyBytesMax: number | undefined;
  readonly document: RouteConfig;
  /** Undefined: documented here, served by another part of the server. */
  readonly prepare:
    | ((
        request: RawRequest,
      ) => { readonly faults: readonly Invalid[] } | { readonly run: (scope: Scope) => Promise<Reply> })
    | undefined;
}

/** Does what a body asks for that is in its plainest form, without the schema; undefined: it is not, and is held against that. */
export type Shortcut<O extends Operation> = (
  body: Uint8Array,
  params: Asked<O>["params"],
) => ((scope: Scope) => Promise<Reply>) | undefined;

/** Joins an operation with what does it. */
export function route<O extends Operation>(
  operation: O,
  handle: ((asked: Asked<O>, scope: Scope) => Promise<Reply>) | undefined,
  shortcut?: Shortcut<O>,
): Route {
  const { method, path, operationId, access, params, query, body } = operation;
  const lists = new Set(Object.entries(query?.shape ?? {}).flatMap(([name, schema]) => (isList(schema) ? [name] : [])));
  const prepare = (raw: RawRequest) => {
    const faults: Invalid[] = [];
    const take = <T>(parsed: ReturnType<typeof check<T>>): T | undefined => {
      if (parsed.ok) return parsed.value;
      faults.push(...parsed.faults);
      return undefined;
    };
    const asked = {
      params: params === undefined ? {} : take(check(params, raw.params, "path")),
      query: query === undefined ? {} : take(check(query, queryObject(raw.search, lists), "query")),
      body: undefined as unknown,
    };
    const run = faults.length > 0 ? undefined : shortcut?.(raw.body, asked.params as Asked<O>["params"]);
    if (run !== undefined) return { run };
    if (body !== undefined) {
      const read = take(parseBody(raw.body));
      if (read !== undefined) asked.body = take(check(body, read, "body"));
    }
    // Without faults each part is what its schema says; the compiler cannot follow that through `take`.
    return faults.length > 0
      ? { faults }
      : { run: (scope: Scope) => (handle as NonNullable<typeof handle>)(asked as Asked<O>, scope) };
  };
  return {
    method,
    path,
    operationId,
    access,
    hasBody: body !== undefined,
    changes: method !== "get" && operation.transaction !== false,
    audited:
      operation.transaction !== false &&
      (method !== "get" || operation.answersSecret === true || access === "write" || access === "portal:write"),
    answersSecret: operation.answersSecret === true,
    direct: operation.direct,
    bodyBytesMax: operation.bodyBytesMax,
    document: documentOf(operation),
    prepare: handle === undefined ? undefined : prepare,
  };
}

function isList(schema: unknown): boolean {
  let at = schema as { def?: { type?: string; innerType?: unknown; in?: unknown } };
  while (at.def?.innerType !== undefined || at.def?.in !== undefined) at = (at.def.innerType ?? at.def.in) as typeof at;
  return at.def?.type === "array";
}

function documentOf(operation: Operation): RouteConfig {
  const responses: RouteConfig["responses"] = {};
  for (const [status, { description, schema, contentType, headers }] of Object.entries(operation.responses)) {
    responses[status] = {
      description,
      ...(schema !== undefined && { content: { [contentType ?? "application/json"]: { schema } } }),
      ...(headers !== undefined && {
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: "string" } }]),
        ),
      }),
    };
  }
  return {
    method: operation.method,
    path: operation.path,
    operationId: operation.operationId,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description !== undefined && { description: operation.description }),
    security: operation.access === "public" ? [] : [{ HTTPBearer: [] }],
    "x-posthorn-access": operation.access,
    request: {
      ...(operation.params !== undefined && { params: operation.params }),
      ...(operation.query !== undefined && { query: operation.query }),
      ...(operation.method === "post" && { headers: IdempotencyKey }),
      ...(operation.body !== undefined && {
        body: { required: true, content: { "application/json": { schema: operation.body } } },
      }),
    },
    responses: { ...responses, ...errorResponses, ...(operation.body !== undefined && bodyErrors) },
  };
}
