import type { Queryable } from "#kernel";
import type { CompiledFlow, Json } from "#language";
import type { RunRef } from "./waiters.ts";

const VERSION_OF = `
  select version from posthorn.run_leased where id = $1
  union all select version from posthorn.run_waiting where id = $1
  union all select version from posthorn.run_ended where flow_id = $2 and id = $1`;

const OUTPUTS = `
  select path, value from posthorn.run_step
   where run_id = $1 and kind = 'completed' and path ~ $2
   order by seq limit 1`;

/** What a run answered, by its journal: the first `respond` step that it did. Undefined: it has not. */
export async function findResponse(
  q: Queryable,
  { runId, flowId }: RunRef,
  compiled: (flowId: string, version: number) => Promise<CompiledFlow | undefined>,
): Promise<{ status: number; body: Json } | undefined> {
  const [run] = await q.query<{ version: number }>(VERSION_OF, [runId, flowId]);
  const flow = run === undefined ? undefined : await compiled(flowId, run.version);
  const responding = [...(flow?.byId.values() ?? [])].filter((step) => step.kind === "respond");
  if (responding.length === 0) return undefined;
  // Ids are letters, digits and underscores; the step stands last in its path, behind a dot, a sigil, or nothing.
  const pattern = `(^|[.~!])(${responding.map(({ id }) => id).join("|")})$`;
  const [row] = await q.query<{ path: string; value: Uint8Array | null }>(OUTPUTS, [runId, pattern]);
  const step = responding.find(({ id }) => row?.path.endsWith(id));
  if (row === undefined || step?.kind !== "respond") return undefined;
  const body = row.value === null ? null : (JSON.parse(Buffer.from(row.value).toString()) as Json);
  return { status: step.status, body };
}
