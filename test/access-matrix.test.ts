import { afterAll, beforeAll, expect, test } from "bun:test";
import { openDb } from "#kernel";
import { startEngine, type TestDatabase, type TestEngine, testDatabase } from "#test";

// Every operation of the document against every kind of caller (P8). What is expected is told here once more, in a table of its
// own, and not asked of the code under test. An operation without a declaration, with a parameter nobody knows a value for, or
// with a body that cannot be made up, fails.

const MAY: Readonly<Record<string, readonly string[]>> = {
  admin: ["admin", "read", "write", "ingest", "work", "portal:read", "portal:write"],
  operator: ["read", "write", "ingest", "work", "portal:read", "portal:write"],
  viewer: ["read", "portal:read"],
  ingest: ["ingest"],
  worker: ["work"],
  portal: ["portal:read", "portal:write"],
  "read-only portal": ["portal:read"],
};

type Result = "unauthenticated" | "forbidden" | "no_application" | "through";

interface Caller {
  readonly name: string;
  readonly token: string | undefined;
  /** Undefined: nobody that is known. */
  readonly may: readonly string[] | undefined;
  readonly scope: "organisation" | "application";
  /** A token just like it, for operations that end the one they are called with. */
  readonly another?: () => Promise<string>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly access: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly body: Schema | undefined;
}

/** A value for every parameter of a path but the application: well formed, and nothing is there. */
const PATH_VALUES: Readonly<Record<string, string>> = {
  endpoint_id: "ep_01h455vb4pex5vsknk084sn02q",
  msg_id: "msg_01h455vb4pex5vsknk084sn02q",
  attempt_id: "atmpt_01h455vb4pex5vsknk084sn02q",
  source_id: "src_01h455vb4pex5vsknk084sn02q",
  key_id: "key_01h455vb4pex5vsknk084sn02q",
  task_id: "qtask_01h455vb4pex5vsknk084sn02q",
  event_type_name: "matrix.happened",
  id_or_uid: "nobody",
  queue: "matrix",
  flow_id: "nobody",
  version: "1",
  run_id: "run_01h455vb4pex5vsknk084sn02q",
  rerun_id: "qtask_01h455vb4pex5vsknk084sn02q",
  secret_name: "nobody",
};

/** Bodies that the schema alone would make do harm to what the matrix stands on, or cannot tell. */
const BODIES: Readonly<Record<string, unknown>> = {
  "v1.authentication.expire-all": { sessionIds: ["nobody"] },
  "v1.message.create": { eventType: "matrix.happened", payload: {} },
  "v1.message.create-batch": { messages: [{ eventType: "matrix.happened", payload: {} }] },
  "v1.instance.patch": {},
  "v1.worker.lease": { worker: { token: "1" }, max: 0 },
  "v1.worker.heartbeat": { token: "1" },
  "v1.worker.report": {
    token: "1",
    results: [{ id: "task_01h455vb4pex5vsknk084sn02q", attempt: 1, ok: true }],
  },
  "v1.worker.leave": { token: "1" },
  "v1.flow.check": { definition: {} },
  "v1.flow.put": { definition: {} },
  "v1.flow.backtest": { definition: {} },
};

let database: TestDatabase;
let engine: TestEngine;
let operations: readonly Operation[];
let schemas: Readonly<Record<string, Schema>>;
let callers: readonly Caller[];
let own = "";
let foreign = "";

async function ask(
  method: string,
  path: string,
  token: string | undefined,
  body?: unknown,
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(`${engine.url}${path}`, {
    method: method.toUpperCase(),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  // A stream goes on for as long as somebody reads it.
  const isStream = response.headers.get("content-type")?.includes("event-stream") === true;
  const text = isStream ? "" : await response.text();
  if (isStream) await response.body?.cancel();
  return { status: response.status, headers: response.headers, text };
}

async function made(path: string, body: unknown): Promise<Record<string, string>> {
  const { status, text } = await ask("post", path, engine.token, body);
  if (status >= 300) throw new Error(`POST ${path} was answered ${status}: ${text}`);
  return JSON.parse(text);
}

const application = async () => (await made("/api/v1/app", { name: "Matrix" }))["id"] ?? "";
const portal = async (readOnly: boolean) =>
  (await made(`/api/v1/auth/app-portal-access/${own}`, { readOnly, sessionId: "matrix" }))["token"] ?? "";

async function key(role: string, appId?: string): Promise<{ id: string; token: string }> {
  const { id = "", token = "" } = await made("/api/v1/api-key", { name: `${role} of ${appId ?? "all"}`, role, appId });
  return { id, token };
}

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ env: { DATABASE_URL: database.url } });
  const document = JSON.parse((await ask("get", "/api/v1/openapi.json", undefined)).text);
  schemas = document.components.schemas;
  operations = Object.entries<Record<string, Record<string, unknown>>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method,
      path,
      operationId: String(operation["operationId"]),
      access: String(operation["x-posthorn-access"]),
      parameters: (operation["parameters"] ?? []) as Operation["parameters"],
      // biome-ignore lint/suspicious/noExplicitAny: the document is read as JSON; what is not there fails the test.
      body: (operation["requestBody"] as any)?.content["application/json"].schema,
    })),
  );

  own = await application();
  foreign = await application();
  const expired = await key("admin");
  const revoked = await key("admin");
  await ask("delete", `/api/v1/api-key/${revoked.id}`, engine.token);
  const db = openDb({ url: database.url, poolMax: 1 });
  await db.query("update posthorn.api_key set expires_at = now() - interval '1 hour' where name = 'admin of all'");
  await db.close();

  const nobody = (name: string, token: string | undefined): Caller => ({
    name,
    token,
    may: undefined,
    scope: "organisation",
  });
  const ofAll = async (role: string): Promise<Caller> => ({
    name: `${role} of the organisation`,
    token: (await key(role)).token,
    may: MAY[role],
    scope: "organisation",
  });
  const ofOne = async (role: string): Promise<Caller> => ({
    name: `${role} of one application`,
    token: (await key(role, own)).token,
    may: MAY[role],
    scope: "application",
  });
  callers = [
    nobody("no token", undefined),
    nobody("a token of the right form that nobody has", `phk_${"A".repeat(43)}`),
    nobody("a portal token that nobody has", `appsk_${"A".repeat(43)}`),
    nobody("an expired key", expired.token),
    nobody("a revoked key", revoked.token),
    { name: "the root token", token: engine.token, may: MAY["admin"], scope: "organisation" },
    await ofAll("admin"),
    await ofAll("operator"),
    await ofAll("viewer"),
    await ofAll("ingest"),
    await ofAll("worker"),
    await ofOne("operator"),
    await ofOne("viewer"),
    await ofOne("ingest"),
    await ofOne("worker"),
    await ofOne("portal"),
    ...(await Promise.all(
      [false, true].map(async (readOnly): Promise<Caller> => {
        const name = readOnly ? "read-only portal" : "portal";
        const another = () => portal(readOnly);
        return { name: `a user at the ${name}`, token: await another(), may: MAY[name], scope: "application", another };
      }),
    )),
  ];
});

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

/** The least that a schema lets through. */
function example(schema: Schema, at: string): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    const named = schemas[name];
    if (named === undefined) throw new Error(`${at}: no schema ${schema.$ref}`);
    return example(named, name);
  }
  if (schema.example !== undefined && schema.type !== "object") return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const either = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema.allOf?.[0];
  if (either !== undefined) return example(either, at);
  const type = typeof schema.type === "string" ? schema.type : schema.type?.find((name) => name !== "null");
  switch (type) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, example(schema.properties?.[name] ?? {}, `${at}.${name}`)]),
      );
    case "array":
      return (schema.minItems ?? 0) > 0 ? [example(schema.items ?? {}, `${at}[]`)] : [];
    case "string":
      if (schema.format === "date-time") return "2026-01-01T00:00:00Z";
      return schema.format === "uri" ? "https://example.com/hook" : "matrix";
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    default:
      throw new Error(
        `${at}: no value can be made up for ${JSON.stringify(schema)}; give the operation a body in BODIES`,
      );
  }
}

function pathOf(operation: Operation, app: string): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = name === "app_id" ? app : PATH_VALUES[name];
    if (value === undefined) throw new Error(`${operation.path}: give {${name}} a value in PATH_VALUES`);
    return value;
  });
  const query = operation.parameters
    .filter((parameter) => parameter.in === "query" && parameter.required === true)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(example(schema, name)))}`);
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

const bodyOf = (operation: Operation): unknown =>
  BODIES[operation.operationId] ??
  (operation.body === undefined ? undefined : example(operation.body, operation.operationId));

function resultOf(status: number, text: string, app: string): Result {
  const { code, detail } = status >= 400 && text.startsWith("{") ? JSON.parse(text) : {};
  if (status === 401) return "unauthenticated";
  if (status === 403 && code === "forbidden") return "forbidden";
  if (status === 404 && code === "not_found" && detail === `There is no application "${app}"`) return "no_application";
  if (status >= 500) throw new Error(`answered ${status}: ${text}`);
  return "through";
}

function expected(operation: Operation, caller: Caller, app: "own" | "foreign" | "any"): Result {
  if (operation.access === "public") return "through";
  if (caller.may === undefined) return "unauthenticated";
  if (caller.scope === "application") {
    const inside = operation.path.includes("{app_id}");
    if (inside && app === "foreign") return "no_application";
    const open = operation.access === "any" || operation.access.startsWith("portal:");
    if (!inside && !open) return "forbidden";
  }
  return operation.access === "any" || caller.may.includes(operation.access) ? "through" : "forbidden";
}

test("every operation says what it takes", () => {
  expect(operations.length).toBeGreaterThan(40);
  const known = ["admin", "read", "write", "ingest", "work", "portal:read", "portal:write", "any", "public"];
  expect(operations.filter(({ access }) => !known.includes(access)).map(({ operationId }) => operationId)).toEqual([]);
  // What needs no token is named here, so that nothing joins it by a slip.
  expect(
    operations
      .filter(({ access }) => access === "public")
      .map(({ operationId }) => operationId)
      .sort(),
  ).toEqual(["v1.health.get", "v1.health.head"]);
});

test("P8: every caller gets where he may, and nowhere else, whatever the operation", async () => {
  const wrong: string[] = [];
  for (const operation of operations) {
    for (const caller of callers) {
      const places: ("own" | "foreign" | "any")[] =
        caller.scope === "application" && operation.path.includes("{app_id}") ? ["own", "foreign"] : ["any"];
      for (const place of places) {
        // Whoever may change everything gets an application to break.
        const app = place === "own" ? own : place === "foreign" ? foreign : await scratch(operation);
        const token = operation.operationId === "v1.authentication.logout" ? await caller.another?.() : undefined;
        const { status, text } = await ask(
          operation.method,
          pathOf(operation, app),
          token ?? caller.token,
          bodyOf(operation),
        );
        const result = resultOf(status, text, app);
        const right = expected(operation, caller, place);
        if (result !== right) {
          wrong.push(
            `${operation.operationId} by ${caller.name} (${place}): ${result}, not ${right}: ${status} ${text.slice(0, 200)}`,
          );
        }
      }
    }
  }
  expect(wrong).toEqual([]);
}, 120_000);

let broken: string | undefined;
async function scratch(operation: Operation): Promise<string> {
  if (operation.operationId === "v1.application.delete") return application();
  broken ??= await application();
  return broken;
}

test("P8: a foreign application and one that never was are the same to the byte, by id and by uid", async () => {
  const operator = callers.find(({ name }) => name === "operator of one application")?.token;
  const uids = { own: "matrix-own", foreign: "matrix-two", never: "matrix-nil" };
  await ask("patch", `/api/v1/app/${own}`, engine.token, { uid: uids.own });
  await ask("patch", `/api/v1/app/${foreign}`, engine.token, { uid: uids.foreign });
  const never = `${foreign.slice(0, -4)}0000`;
  expect(never).not.toBe(foreign);
  const within = operations.filter(({ path, access }) => path.includes("{app_id}") && access !== "public");
  expect(within.length).toBeGreaterThan(20);
  for (const operation of within) {
    for (const [theirs, nobodys] of [
      [foreign, never],
      [uids.foreign, uids.never],
    ] as const) {
      // A body that no schema lets through: what is decided before it is read says the same.
      const body = operation.body === undefined ? undefined : { nonsense: true };
      const [one, other] = await Promise.all(
        [theirs, nobodys].map(async (app) => {
          const { status, headers, text } = await ask(operation.method, pathOf(operation, app), operator, body);
          headers.delete("date");
          headers.delete("posthorn-request-id");
          return { status, headers: [...headers], text: text.replaceAll(app, "X") };
        }),
      );
      expect([operation.operationId, one?.status]).toEqual([operation.operationId, 404]);
      expect(one).toEqual(other as NonNullable<typeof other>);
    }
  }
  // His own he finds under its uid, which another then takes over: it is the other's from that moment on.
  expect((await ask("get", `/api/v1/app/${uids.own}`, operator)).status).toBe(200);
  await ask("patch", `/api/v1/app/${own}`, engine.token, { uid: null });
  await ask("patch", `/api/v1/app/${foreign}`, engine.token, { uid: uids.own });
  expect((await ask("get", `/api/v1/app/${uids.own}`, operator)).status).toBe(404);
}, 60_000);

test("what is open to everybody outside the document is this, and nothing of it names a tenant", async () => {
  for (const path of ["/livez", "/readyz", "/docs", "/api/v1/openapi.json"]) {
    const { status, text } = await ask("get", path, undefined);
    expect([path, status]).toEqual([path, 200]);
    expect(text).not.toContain(own);
  }
  for (const path of ["/api/v1/nothing", "/api/v2/app"]) {
    expect([path, (await ask("get", path, undefined)).status]).toEqual([path, 404]);
  }
  // No token is given away with a database that is not embedded.
  expect((await ask("post", "/console/session", undefined)).status).toBe(404);
  expect((await ask("post", `/in/${"A".repeat(43)}`, undefined, {})).status).toBe(404);
});
