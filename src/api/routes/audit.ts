import { idTimeMs, parsePublicId, publicId, type Queryable } from "#kernel";
import { type AuditFilter, type AuditRecord, auditId, findApplication, listAudit } from "#tenancy";
import { route } from "../http/operation.ts";
import { pageBody, readPage } from "../http/page.ts";
import { invalid, notFound, type Reply, refuse } from "../http/reply.ts";
import { AuditList, AuditOut, auditExportQuery, auditQuery } from "../schemas/audit.ts";

const tag = "Audit";
const EXPORT_PAGE = 500;
const EXPORTS_AT_ONCE = 2;
let exporting = 0;

function auditOut(record: AuditRecord) {
  return {
    id: auditId(record),
    at: new Date(idTimeMs(record.id)).toISOString(),
    actor: { kind: record.actor.kind, id: record.actor.id, name: record.actor.name },
    operation: record.operation,
    method: record.method,
    path: record.path,
    appId: record.appId === undefined ? null : publicId("app", record.appId),
    target: record.target ?? null,
    status: record.status,
    requestId: record.requestId,
    remoteAddress: record.remoteAddress ?? null,
    detail: record.detail,
  };
}

/** What was about an application is asked for by its id even after it was deleted; by its uid only while it has one. */
async function filterOf(
  q: Queryable,
  { app_id, ...query }: Omit<AuditFilter, "appId"> & { readonly app_id?: string | undefined },
): Promise<AuditFilter | Reply> {
  if (app_id === undefined) return query;
  const appId = parsePublicId("app", app_id) ?? (await findApplication(q, app_id))?.id;
  return appId === undefined ? notFound("application", app_id) : { ...query, appId };
}

const isReply = (filter: AuditFilter | Reply): filter is Reply => "status" in filter;

/** Every record, a page at a time and only as fast as it is taken: no snapshot is held between pages, and no connection. */
function lines(q: Queryable, filter: AuditFilter): ReadableStream<Uint8Array> {
  let after: string | undefined;
  let ended = false;
  const end = () => {
    if (!ended) exporting--;
    ended = true;
  };
  exporting++;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const rows = await listAudit(q, { after, order: "descending", limit: EXPORT_PAGE }, filter);
        if (rows.length > 0) {
          controller.enqueue(Buffer.from(rows.map((row) => `${JSON.stringify(auditOut(row))}\n`).join("")));
        }
        after = rows.at(-1)?.id;
        if (rows.length < EXPORT_PAGE) {
          end();
          controller.close();
        }
      } catch (error) {
        end();
        throw error; // The answer breaks off, so that nobody takes a part for the whole.
      }
    },
    cancel: end,
  });
}

export const auditRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/audit",
      operationId: "v1.audit.list",
      access: "admin",
      tag,
      summary: "List who changed what, newest first",
      description:
        "Every change but the sending of messages, every look at a secret, and attempts that were refused (of many by the same actor only some).",
      query: auditQuery,
      responses: { 200: { description: "A page of records", schema: AuditList } },
    },
    async ({ query }, { q }) => {
      const { limit, iterator, ...asked } = query;
      const read = readPage({ limit, iterator }, "descending", (text) => parsePublicId("aud", text));
      if (!read.ok) return invalid(read.fault);
      const filter = await filterOf(q, asked);
      if (isReply(filter)) return filter;
      const rows = await listAudit(q, read.page.keyset, filter);
      return { status: 200, body: pageBody(read.page, rows, auditOut, auditId) };
    },
  ),
  route(
    {
      method: "get",
      path: "/api/v1/audit/export",
      operationId: "v1.audit.export",
      access: "admin",
      tag,
      summary: "Take the audit log along, a record a line",
      description:
        "Newest first, all that the filters let through, as JSON lines. An answer that breaks off is not whole.",
      query: auditExportQuery,
      responses: { 200: { description: "The records", schema: AuditOut, contentType: "application/x-ndjson" } },
    },
    async ({ query }, { q }) => {
      const filter = await filterOf(q, query);
      if (isReply(filter)) return filter;
      if (exporting >= EXPORTS_AT_ONCE) {
        const detail = `${EXPORTS_AT_ONCE} exports run already; nothing was done`;
        return refuse(503, "overloaded", detail, { "Retry-After": "5" });
      }
      const headers = { "Content-Disposition": 'attachment; filename="audit.ndjson"', "Cache-Control": "no-store" };
      return { status: 200, headers, stream: lines(q, filter), contentType: "application/x-ndjson" };
    },
  ),
];
