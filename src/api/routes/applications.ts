import { z } from "@hono/zod-openapi";
import { deleteEndpointsOf, OWED_COUNT_MAX } from "#delivery";
import { deleteSourcesOf } from "#ingest";
import { parsePublicId, publicId } from "#kernel";
import {
  type Application,
  type ApplicationFields,
  createApplication,
  deleteApplication,
  findApplication,
  isReservedUid,
  listApplications,
  type UidTaken,
  updateApplication,
} from "#tenancy";
import type { Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, json, quote, type Reply, refuse } from "../http/reply.ts";
import {
  ApplicationIn,
  ApplicationList,
  ApplicationOut,
  ApplicationPatch,
  applicationParams,
} from "../schemas/application.ts";
import { flag, listQuery, OWED_STOPPED_HEADER, owedStoppedHeader } from "../schemas/common.ts";
import { inApplication } from "./within.ts";

const tag = "Application";

export function applicationOut(application: Application): z.output<typeof ApplicationOut> {
  return {
    id: publicId("app", application.id),
    uid: application.uid ?? null,
    name: application.name,
    throttleRate: application.throttleRate ?? null,
    metadata: application.metadata,
    createdAt: application.createdAt.toISOString(),
    updatedAt: application.updatedAt.toISOString(),
    eventsPerSecond: application.quotas.eventsPerSecond ?? null,
    endpointsMax: application.quotas.endpointsMax ?? null,
    payloadBytesMax: application.quotas.payloadBytesMax ?? null,
  };
}

/** Absent keeps what was, null takes it away. */
const given = <T>(value: T | null | undefined, before: T | undefined): T | undefined =>
  value === undefined ? before : (value ?? undefined);

/** The fields after a PUT: Svix's own are replaced as a whole, our quotas, of which its clients know nothing, stay. */
function replaced(body: z.output<typeof ApplicationIn>, before?: Application): ApplicationFields {
  return {
    name: body.name,
    uid: body.uid ?? undefined,
    throttleRate: body.throttleRate ?? undefined,
    metadata: body.metadata ?? {},
    quotas: {
      eventsPerSecond: given(body.eventsPerSecond, before?.quotas.eventsPerSecond),
      endpointsMax: given(body.endpointsMax, before?.quotas.endpointsMax),
      payloadBytesMax: given(body.payloadBytesMax, before?.quotas.payloadBytesMax),
    },
  };
}

function patched(body: z.output<typeof ApplicationPatch>, before: Application): ApplicationFields {
  return {
    name: body.name ?? before.name,
    uid: given(body.uid, before.uid),
    throttleRate: given(body.throttleRate, before.throttleRate),
    metadata: body.metadata ?? before.metadata,
    quotas: {
      eventsPerSecond: given(body.eventsPerSecond, before.quotas.eventsPerSecond),
      endpointsMax: given(body.endpointsMax, before.quotas.endpointsMax),
      payloadBytesMax: given(body.payloadBytesMax, before.quotas.payloadBytesMax),
    },
  };
}

function answer(
  scope: Scope,
  status: 200 | 201,
  application: Application | UidTaken,
  asked: ApplicationFields,
  before?: Application,
): Reply {
  if (application === "uid_taken") {
    return refuse(409, "conflict", `Another application has the uid ${quote(asked.uid ?? "")}`);
  }
  scope.afterCommit(() =>
    scope.deps.applications.forget(publicId("app", application.id), application.uid, before?.uid),
  );
  return json(status, applicationOut(application));
}

/** What an application is made of that a message brings along, from its JSON text; undefined: it does not fit the schema. */
export function applicationFrom(text: string): ApplicationFields | undefined {
  const body = ApplicationIn.safeParse(JSON.parse(text));
  return body.success ? replaced(body.data) : undefined;
}

export const applicationRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/app",
      operationId: "v1.application.list",
      access: "read",
      tag,
      summary: "List applications",
      query: z.object(listQuery("app_01h455vb4pex5vsknk084sn02q")),
      responses: { 200: { description: "A page of applications", schema: ApplicationList } },
    },
    async ({ query }, { q }) => {
      const read = readPage(query, query.order ?? "ascending", (text) => parsePublicId("app", text));
      if (!read.ok) return invalid(read.fault);
      const rows = await listApplications(q, read.page.keyset);
      return { status: 200, body: pageBody(read.page, rows, applicationOut, (row) => publicId("app", row.id)) };
    },
  ),
  route(
    {
      method: "post",
      path: "/api/v1/app",
      operationId: "v1.application.create",
      access: "admin",
      tag,
      summary: "Create an application",
      query: z.object({
        get_if_exists: flag(false, "Answer 200 with the application that has this uid, if there is one"),
      }),
      body: ApplicationIn,
      responses: {
        200: { description: "There was one with this uid", schema: ApplicationOut },
        201: { description: "Created", schema: ApplicationOut },
      },
    },
    async ({ query, body }, scope) => {
      const fields = replaced(body);
      const created = await createApplication(scope.q, fields);
      if (created === "uid_taken" && query.get_if_exists && fields.uid !== undefined) {
        const existing = await findApplication(scope.q, fields.uid);
        if (existing !== undefined) return json(200, applicationOut(existing));
      }
      return answer(scope, 201, created, fields);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/app/{app_id}",
      operationId: "v1.application.get",
      access: "portal:read",
      tag,
      summary: "Get an application",
      params: applicationParams,
      responses: { 200: { description: "The application", schema: ApplicationOut } },
    },
    inApplication(async (_, __, application) => json(200, applicationOut(application))),
  ),
  route(
    {
      method: "put",
      path: "/api/v1/app/{app_id}",
      operationId: "v1.application.update",
      access: "admin",
      tag,
      summary: "Replace an application, or create it",
      description: "Creates one when the path holds a uid that none has; the quotas, when absent, stay as they are.",
      params: applicationParams,
      body: ApplicationIn,
      responses: {
        200: { description: "Replaced", schema: ApplicationOut },
        201: { description: "Created", schema: ApplicationOut },
      },
    },
    async ({ params, body }, scope) => {
      const before = await findApplication(scope.q, params.app_id, "change");
      if (before !== undefined) {
        const fields = replaced(body, before);
        return answer(scope, 200, await updateApplication(scope.q, before.id, fields), fields, before);
      }
      // The body's own uid wins, as at Svix; the path's is taken when the body names none.
      const fields = replaced({ ...body, uid: body.uid ?? params.app_id });
      if (isReservedUid(fields.uid ?? "")) {
        return refuse(
          404,
          "not_found",
          `There is no application ${quote(params.app_id)}, and none can be created under an id`,
        );
      }
      return answer(scope, 201, await createApplication(scope.q, fields), fields);
    },
  ),
  route(
    {
      method: "patch",
      path: "/api/v1/app/{app_id}",
      operationId: "patch_application",
      access: "admin",
      tag,
      summary: "Change an application",
      params: applicationParams,
      body: ApplicationPatch,
      responses: { 200: { description: "Changed", schema: ApplicationOut } },
    },
    inApplication(async ({ body }, scope, before) => {
      const fields = patched(body, before);
      return answer(scope, 200, await updateApplication(scope.q, before.id, fields), fields, before);
    }, "change"),
  ),
  route(
    {
      method: "delete",
      path: "/api/v1/app/{app_id}",
      operationId: "v1.application.delete",
      access: "admin",
      tag,
      summary: "Delete an application",
      description:
        "It is gone at once with its endpoints and sources. What is owed is not sent; removing it goes on in the background.",
      params: applicationParams,
      responses: { 204: { description: "no content", headers: owedStoppedHeader } },
    },
    inApplication(async (_, scope, application) => {
      await deleteApplication(scope.q, application.id);
      const owed = await deleteEndpointsOf(scope.q, application.id);
      await deleteSourcesOf(scope.q, application.id);
      scope.afterCommit(() => scope.deps.applications.forget(publicId("app", application.id), application.uid));
      return { status: 204, headers: owedStopped(owed) };
    }, "change"),
  ),
];

export function owedStopped(owed: number): Record<string, string> {
  return { [OWED_STOPPED_HEADER]: owed >= OWED_COUNT_MAX ? `${OWED_COUNT_MAX}+` : String(owed) };
}
