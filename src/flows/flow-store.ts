import { newId, type Queryable } from "#kernel";
import { canonical, type Definition, digest as digestOf } from "#language";
import type { Flow, FlowMode, FlowVersion } from "./flow.ts";

/** More flows of one application are refused: each is looked at for its triggers. */
export const FLOWS_MAX = 1_000;

export interface PutFlow {
  readonly appId: string;
  /** Has passed `checkDefinition`. Its `flow` names the flow. */
  readonly definition: Definition;
  readonly source?: string | undefined;
  readonly note?: string | undefined;
  readonly createdBy?: string | undefined;
}

export type Put =
  | {
      readonly kind: "put";
      readonly flow: Flow;
      readonly created: boolean;
      readonly changed: boolean;
      /** The version that new runs had before. */
      readonly before: number | undefined;
    }
  | { readonly kind: "too_many" };

const FLOW = "id, app_id, name, mode, version, created_at, updated_at";

interface FlowRow {
  readonly id: string;
  readonly app_id: string;
  readonly name: string;
  readonly mode: FlowMode;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const flowOf = (row: FlowRow): Flow => ({
  id: row.id,
  appId: row.app_id,
  name: row.name,
  mode: row.mode,
  version: row.version,
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
});

const VERSION = "version, definition, source, note, created_by, created_at";

interface VersionRow {
  readonly version: number;
  readonly definition: Definition;
  readonly source: string | null;
  readonly note: string;
  readonly created_by: string;
  readonly created_at: Date;
}

const versionOf = (row: VersionRow): FlowVersion => ({
  version: row.version,
  definition: row.definition,
  source: row.source ?? undefined,
  note: row.note,
  createdBy: row.created_by,
  createdAtMs: row.created_at.getTime(),
});

const BUMP = `
  insert into posthorn.flow_set as s (app_id, version) values ($1, 1)
  on conflict (app_id) do update set version = s.version + 1`;

const LOCK_BY_NAME = `
  select f.id, f.app_id, f.name, f.mode, f.version, f.created_at, f.updated_at, encode(v.digest, 'hex') as digest
    from posthorn.flow f
    left join posthorn.flow_version v on v.flow_id = f.id and v.version = f.version
   where f.app_id = $1 and f.name = $2 and f.deleted_at is null
     for update of f`;

const INSERT = `
  insert into posthorn.flow (id, app_id, name, version)
  select $1, $2, $3, 1
   where (select count(*) from posthorn.flow where app_id = $2 and deleted_at is null) < ${FLOWS_MAX}
  returning ${FLOW}`;

const INSERT_VERSION = `
  insert into posthorn.flow_version (flow_id, version, definition, source, digest, note, created_by)
  select $1, coalesce((select max(version) from posthorn.flow_version where flow_id = $1), 0) + 1, $2::text::jsonb, $3, decode($4, 'hex'), $5, $6
  returning version`;

const DEPLOY = `
  update posthorn.flow set version = $2, updated_at = now()
   where id = $1 and deleted_at is null and exists (select from posthorn.flow_version where flow_id = $1 and version = $2)
  returning ${FLOW}`;

/**
 * Stores a definition as the next version of the flow that it names, and lets new runs begin with it; creates the flow where there is none.
 * The same definition once more changes nothing. Two at once: the second rejects with `conflict`, or waits for the first.
 */
export async function putFlow(tx: Queryable, put: PutFlow): Promise<Put> {
  const { appId, definition, source, note = "", createdBy = "" } = put;
  const text = canonical(definition);
  const digest = digestOf(definition);
  const [found] = await tx.query<FlowRow & { digest: string | null }>(LOCK_BY_NAME, [appId, definition.flow]);
  if (found !== undefined && found.digest === digest) {
    return { kind: "put", flow: flowOf(found), created: false, changed: false, before: found.version };
  }
  const [created] = found === undefined ? await tx.query<FlowRow>(INSERT, [newId(), appId, definition.flow]) : [];
  const flow = found ?? created;
  if (flow === undefined) return { kind: "too_many" };
  const params = [flow.id, text, source ?? null, digest, note, createdBy];
  const [made] = await tx.query<{ version: number }>(INSERT_VERSION, params);
  const [deployed] = await tx.query<FlowRow>(DEPLOY, [flow.id, made?.version ?? 1]);
  if (deployed === undefined) throw new Error("The flow that this transaction holds is gone.");
  await tx.query(BUMP, [appId]);
  return { kind: "put", flow: flowOf(deployed), created: found === undefined, changed: true, before: found?.version };
}

/** Lets new runs begin with another version of the flow. Undefined: there is no such flow or version. */
export async function deployFlow(tx: Queryable, flowId: string, version: number): Promise<Flow | undefined> {
  const [row] = await tx.query<FlowRow>(DEPLOY, [flowId, version]);
  if (row === undefined) return undefined;
  await tx.query(BUMP, [row.app_id]);
  return flowOf(row);
}

/** What waited because the flow was paused is due again; a chunk per statement, and the chore `resumed_runs` does the rest. */
export const RESUME = `
  update posthorn.run_waiting w set waiting_for = 'room', due_at = now()
   where w.id in (select r.id
                    from posthorn.flow f
                    join posthorn.run_waiting r on r.flow_id = f.id and r.waiting_for = 'paused'
                   where f.id = $1 and f.mode <> 'paused'
                   limit 5000 for update of r skip locked)
  returning 1`;

export async function setFlowMode(tx: Queryable, flowId: string, mode: FlowMode): Promise<Flow | undefined> {
  const [row] = await tx.query<FlowRow>(
    `update posthorn.flow set mode = $2, updated_at = now() where id = $1 and deleted_at is null returning ${FLOW}`,
    [flowId, mode],
  );
  if (row === undefined) return undefined;
  await tx.query(BUMP, [row.app_id]);
  if (mode !== "paused") await tx.query(RESUME, [flowId]);
  return flowOf(row);
}

/** Its runs are cancelled by the chore `deleted_flows`, soon. False: there is no such flow. */
export async function deleteFlow(tx: Queryable, flowId: string): Promise<boolean> {
  const [row] = await tx.query<{ app_id: string }>(
    "update posthorn.flow set deleted_at = now(), updated_at = now() where id = $1 and deleted_at is null returning app_id",
    [flowId],
  );
  if (row === undefined) return false;
  await tx.query(BUMP, [row.app_id]);
  return true;
}

/** By its id or by its name. */
export async function findFlow(
  q: Queryable,
  appId: string,
  by: { readonly id: string } | { readonly name: string },
): Promise<Flow | undefined> {
  const [row] = await q.query<FlowRow>(
    `select ${FLOW} from posthorn.flow where app_id = $1 and deleted_at is null and ${"id" in by ? "id = $2::uuid" : "name = $2"}`,
    [appId, "id" in by ? by.id : by.name],
  );
  return row === undefined ? undefined : flowOf(row);
}

/** Those of an application in the order of their ids, after `after`. */
export async function listFlows(
  q: Queryable,
  appId: string,
  page: { readonly after?: string | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<Flow[]> {
  const order = page.before === undefined ? "asc" : "desc";
  const rows = await q.query<FlowRow>(
    `select ${FLOW} from posthorn.flow
      where app_id = $1 and deleted_at is null and ($2::uuid is null or id > $2::uuid) and ($3::uuid is null or id < $3::uuid)
      order by id ${order} limit $4`,
    [appId, page.after ?? null, page.before ?? null, page.limit],
  );
  const flows = rows.map(flowOf);
  return order === "asc" ? flows : flows.reverse();
}

export async function findVersion(q: Queryable, flowId: string, version: number): Promise<FlowVersion | undefined> {
  const [row] = await q.query<VersionRow>(
    `select ${VERSION} from posthorn.flow_version where flow_id = $1 and version = $2`,
    [flowId, version],
  );
  return row === undefined ? undefined : versionOf(row);
}

/** Newest first, those below `before`. */
export async function listVersions(
  q: Queryable,
  flowId: string,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<FlowVersion[]> {
  const rows = await q.query<VersionRow>(
    `select ${VERSION} from posthorn.flow_version
      where flow_id = $1 and ($2::int is null or version < $2::int) order by version desc limit $3`,
    [flowId, page.before ?? null, page.limit],
  );
  return rows.map(versionOf);
}
