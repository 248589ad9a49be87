import { z } from "@hono/zod-openapi";
import {
  createSource,
  deleteSource,
  getSource,
  type HeldSource,
  holdSource,
  listRejections,
  listSourceSecrets,
  listSources,
  type Rejection,
  rotateSourceSecret,
  type Source,
  type SourceFields,
  type SourceRefusal,
  sourceTokens,
  updateSource,
} from "#ingest";
import { idTimeMs, parsePublicId, publicId, unreachable } from "#kernel";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, notFound, quote, type Reply, refuse } from "../http/reply.ts";
import { applicationParams } from "../schemas/application.ts";
import { listQuery } from "../schemas/common.ts";
import {
  SourceCreated,
  SourceIn,
  SourceList,
  SourceOut,
  SourcePatch,
  SourceRejectionList,
  SourceSecretRotated,
  SourceSecretRotateIn,
  SourceSecretsOut,
  SourceUpdate,
  sourceParams,
} from "../schemas/source.ts";
import { inApplication } from "./within.ts";

const tag = "Source";
const path = "/api/v1/app/{app_id}/source/{source_id}";

function sourceOut(scope: Scope, source: Source, token: string | undefined): z.output<typeof SourceOut> {
  const base = (scope.deps.publicUrl ?? scope.origin).replace(/\/+$/, "");
  return {
    id: publicId("src", source.id),
    uid: source.uid ?? null,
    name: source.name,
    preset: source.preset,
    options: { ...source.options },
    disabled: source.disabled,
    metadata: { ...source.metadata },
    url: `${base}/in/${token ?? ""}`,
    createdAt: source.createdAt.toISOString(),
    updatedAt: source.updatedAt.toISOString(),
  };
}

async function one(scope: Scope, status: number, source: Source): Promise<Reply> {
  const tokens = await sourceTokens(scope.q, scope.deps.sealer, [source.id]);
  return json(status, sourceOut(scope, source, tokens.get(source.id)));
}

function refusal(refused: SourceRefusal, uid: string | undefined): Reply {
  switch (refused.kind) {
    case "uid_taken":
      return refuse(409, "conflict", `Another source of the application has the uid ${quote(uid ?? "")}`);
    case "too_many_sources":
      return refuse(
        429,
        "sources_max_reached",
        `The application has ${refused.max} sources, which is the most it may have`,
      );
    case "invalid":
      return invalid(
        ...refused.faults.map(({ loc, message }) => ({ loc: ["body", ...loc], msg: message, type: "value_error" })),
      );
    default:
      return unreachable(refused);
  }
}

function replaced(body: z.output<typeof SourceUpdate>): SourceFields {
  return {
    uid: body.uid ?? undefined,
    name: body.name ?? "",
    options: body.options ?? {},
    disabled: body.disabled ?? false,
    metadata: body.metadata ?? {},
  };
}

function patched(body: z.output<typeof SourcePatch>, before: Source): SourceFields {
  return {
    uid: body.uid === undefined ? before.uid : (body.uid ?? undefined),
    name: body.name ?? before.name,
    options: body.options ?? before.options,
    disabled: body.disabled ?? before.disabled,
    metadata: body.metadata ?? before.metadata,
  };
}

type OnSource = { readonly params: { readonly app_id: string; readonly source_id: string } };

function onSource<A extends OnSource>(handle: (asked: A, scope: Scope, source: Source) => Promise<Reply>) {
  return inApplication<A>(async (asked, scope, application) => {
    const source = await getSource(scope.q, application.id, asked.params.source_id);
    return source === undefined ? notFound("source", asked.params.source_id) : handle(asked, scope, source);
  });
}

function changingSource<A extends OnSource>(handle: (asked: A, scope: Scope, source: HeldSource) => Promise<Reply>) {
  return inApplication<A>(async (asked, scope, application) => {
    const source = await holdSource(scope.q, application.id, asked.params.source_id);
    if (source === undefined) return notFound("source", asked.params.source_id);
    scope.afterCommit(() => scope.deps.onSourcesChanged?.());
    return handle(asked, scope, source);
  }, "hold");
}

async function change(scope: Scope, before: HeldSource, fields: SourceFields): Promise<Reply> {
  const changed = await updateSource(scope.q, scope.deps.sealer, before, fields);
  return "kind" in changed ? refusal(changed, fields.uid) : one(scope, 200, changed);
}

function rejectionOut(rejection: Rejection) {
  return {
    id: publicId("rej", rejection.id),
    timestamp: new Date(idTimeMs(rejection.id)).toISOString(),
    reason: rejection.reason,
    detail: rejection.detail,
    remoteAddress: rejection.remoteAddress ?? null,
    headers: rejection.headers,
    bodyExcerpt: Buffer.from(rejection.bodyExcerpt).toString("utf8"),
    bodyBytes: rejection.bodyBytes,
  };
}

export const sourceRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}/source",
      operationId: "v1.source.list",
      access: "read",
      tag,
      summary: "List sources",
      params: applicationParams,
      query: z.object(listQuery("src_01h455vb4pex5vsknk084sn02q")),
      responses: { 200: { description: "A page of sources", schema: SourceList } },
    },
    inApplication(async ({ query }, scope, application) => {
      const read = readPage(query, query.order ?? "ascending", (text) => parsePublicId("src", text));
      if (!read.ok) return invalid(read.fault);
      const rows = await listSources(scope.q, application.id, read.page.keyset);
      const ids = rows.map(({ id }) => id);
      const tokens = await sourceTokens(scope.q, scope.deps.sealer, ids);
      const write = (source: Source) => sourceOut(scope, source, tokens.get(source.id));
      return { status: 200, body: pageBody(read.page, rows, write, (source) => publicId("src", source.id)) };
    }),
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app/{app_id}/source",
      operationId: "v1.source.create",
      access: "write",
      tag,
      summary: "Create a source",
      description: "The answer is the only one that shows the secret without asking for secrets.",
      params: applicationParams,
      body: SourceIn,
      answersSecret: true,
      responses: { 201: { description: "Created", schema: SourceCreated } },
    },
    inApplication(async ({ body }, scope, application) => {
      const fields = { ...replaced(body), preset: body.preset, secret: body.secret ?? undefined };
      const created = await createSource(scope.q, scope.deps.sealer, application.id, fields);
      if (created.kind !== "created") return refusal(created, fields.uid);
      return json(201, { ...sourceOut(scope, created.source, created.token), secret: created.secret ?? null });
    }, "hold"),
  ),
  route(
    {
      method: "get",
      path,
      operationId: "v1.source.get",
      access: "read",
      tag,
      summary: "Get a source",
      params: sourceParams,
      responses: { 200: { description: "The source", schema: SourceOut } },
    },
    onSource((_, scope, source) => one(scope, 200, source)),
  ),
  route(
    {
      method: "put",
      path,
      operationId: "v1.source.update",
      access: "write",
      tag,
      summary: "Replace a source",
      description: "The preset and the URL stay.",
      params: sourceParams,
      body: SourceUpdate,
      responses: { 200: { description: "Replaced", schema: SourceOut } },
    },
    changingSource(({ body }, scope, before) => change(scope, before, replaced(body))),
  ),
  route(
    {
      method: "patch",
      path,
      operationId: "v1.source.patch",
      access: "write",
      tag,
      summary: "Change a source",
      params: sourceParams,
      body: SourcePatch,
      responses: { 200: { description: "Changed", schema: SourceOut } },
    },
    changingSource(({ body }, scope, before) => change(scope, before, patched(body, before))),
  ),
  route(
    {
      method: "delete",
      path,
      operationId: "v1.source.delete",
      access: "write",
      tag,
      summary: "Delete a source",
      description: "Its URL answers 404 from now on. Events that came through it stay.",
      params: sourceParams,
      responses: { 204: { description: "no content" } },
    },
    inApplication(async ({ params }, { q, deps, afterCommit }, application) => {
      afterCommit(() => deps.onSourcesChanged?.());
      const found = await deleteSource(q, application.id, params.source_id);
      return found ? { status: 204 } : notFound("source", params.source_id);
    }, "hold"),
  ),
  route(
    {
      method: "get",
      path: `${path}/secret`,
      operationId: "v1.source.get-secrets",
      access: "write",
      tag,
      summary: "List the secrets that are good now, newest first",
      params: sourceParams,
      responses: { 200: { description: "The secrets", schema: SourceSecretsOut } },
    },
    onSource(async (_, { q, deps }, source) => {
      const secrets = await listSourceSecrets(q, deps.sealer, source.id);
      const data = secrets.map(({ secret, createdAt, expiresAt }) => ({
        secret,
        createdAt,
        expiresAt: expiresAt ?? null,
      }));
      return json(200, { data });
    }),
  ),
  route(
    {
      method: "post",
      path: `${path}/secret/rotate`,
      operationId: "v1.source.rotate-secret",
      access: "write",
      tag,
      summary: "Rotate the secret of a source",
      description:
        "Those before stay good until the overlap is over, so that no webhook is lost while the provider is told.",
      params: sourceParams,
      body: SourceSecretRotateIn,
      answersSecret: true,
      responses: { 200: { description: "The new secret", schema: SourceSecretRotated } },
    },
    changingSource(async ({ body }, { q, deps }, source) => {
      const rotated = await rotateSourceSecret(q, deps.sealer, source, body.secret ?? undefined, body.overlapSeconds);
      switch (rotated.kind) {
        case "rotated":
          return json(200, { secret: rotated.secret });
        case "too_many_secrets":
          return refuse(
            429,
            "secrets_max_reached",
            `The source has ${rotated.max} secrets that are good; wait until one expires, or give an overlap of 0`,
          );
        case "invalid":
          return refusal(rotated, undefined);
        default:
          return unreachable(rotated);
      }
    }),
  ),
  route(
    {
      method: "get",
      path: `${path}/rejection`,
      operationId: "v1.source.list-rejections",
      access: "read",
      tag,
      summary: "List recent requests that were refused, newest first",
      description: "The newest hundred; strangers write them, so they are cut, and what may be secret is masked.",
      params: sourceParams,
      responses: { 200: { description: "The rejections", schema: SourceRejectionList } },
    },
    onSource(async (_, { q }, source) => json(200, { data: (await listRejections(q, source.id)).map(rejectionOut) })),
  ),
];
