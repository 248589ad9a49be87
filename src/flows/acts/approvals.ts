import type { Queryable } from "#kernel";
import type { Json } from "#language";
import { sendSignals } from "../signal.ts";
import { hashOfToken } from "./approval-links.ts";

/** What a run asks a person, and what was decided until the run takes notice of it. */
export interface Approval {
  readonly runId: string;
  readonly path: string;
  readonly appId: string;
  readonly flowId: string;
  readonly flow: string;
  readonly title: string;
  readonly details: Json;
  readonly untilMs: number | undefined;
  readonly askedAtMs: number;
  readonly decision: Decision | undefined;
}

export interface Decision {
  readonly approved: boolean;
  readonly by: string;
  readonly atMs: number;
  readonly reason: string;
}

interface Row {
  readonly run_id: string;
  readonly path: string;
  readonly app_id: string;
  readonly flow_id: string;
  readonly flow: string;
  readonly title: string;
  readonly details: Uint8Array;
  readonly until_at: Date | null;
  readonly asked_at: Date;
  readonly approved: boolean | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly reason: string | null;
}

const COLUMNS = `a.run_id, a.path, a.app_id, a.flow_id, f.name as flow, a.title, a.details, a.until_at, a.asked_at, a.approved,
  a.decided_by, a.decided_at, a.reason`;
const FROM = "from posthorn.flow_approval a join posthorn.flow f on f.id = a.flow_id";

const approvalOf = (row: Row): Approval => ({
  runId: row.run_id,
  path: row.path,
  appId: row.app_id,
  flowId: row.flow_id,
  flow: row.flow,
  title: row.title,
  details: JSON.parse(Buffer.from(row.details).toString()),
  untilMs: row.until_at?.getTime(),
  askedAtMs: row.asked_at.getTime(),
  decision:
    row.approved === null || row.decided_at === null
      ? undefined
      : { approved: row.approved, by: row.decided_by ?? "", atMs: row.decided_at.getTime(), reason: row.reason ?? "" },
});

/** A place in the list of what waits: the run, then the step. */
export interface ApprovalKey {
  readonly runId: string;
  readonly path: string;
}

/** What waits for a decision, newest run first; `back`: those before `after`, in reverse. */
export async function listApprovals(
  q: Queryable,
  appId: string,
  page: {
    readonly after?: ApprovalKey | undefined;
    readonly back?: boolean;
    readonly limit: number;
    readonly flowId?: string | undefined;
  },
): Promise<Approval[]> {
  const [beyond, order] = page.back ? [">", "asc"] : ["<", "desc"];
  const rows = await q.query<Row>(
    `select ${COLUMNS} ${FROM}
      where a.app_id = $1::uuid and a.approved is null and (a.until_at is null or a.until_at > now())
        and ($2::uuid is null or (a.run_id, a.path) ${beyond} ($2::uuid, $3::text))
        and ($4::uuid is null or a.flow_id = $4::uuid)
      order by a.run_id ${order}, a.path ${order} limit $5`,
    [appId, page.after?.runId ?? null, page.after?.path ?? null, page.flowId ?? null, page.limit],
  );
  return rows.map(approvalOf);
}

export async function findApproval(q: Queryable, key: ApprovalKey & { readonly appId: string }) {
  const rows = await q.query<Row>(
    `select ${COLUMNS} ${FROM} where a.run_id = $1::uuid and a.path = $2 and a.app_id = $3::uuid`,
    [key.runId, key.path, key.appId],
  );
  return rows.map(approvalOf)[0];
}

/** What a link is for; undefined: it is none, or what it was for is over. */
export async function approvalByToken(q: Queryable, token: string): Promise<Approval | undefined> {
  const hash = hashOfToken(token);
  if (hash === undefined) return undefined;
  const rows = await q.query<Row>(`select ${COLUMNS} ${FROM} where a.token_hash = $1`, [hash]);
  return rows.map(approvalOf)[0];
}

/** Why a decision was not taken. */
export type Undecidable =
  /** No step of this path asks anything, or the run has gone on. `asks`: the paths at which it does ask now, the first of them. */
  | { readonly kind: "not_asked"; readonly asks: readonly string[] }
  | { readonly kind: "decided"; readonly decision: Decision }
  /** Its time is over; the run goes on without it. */
  | { readonly kind: "too_late"; readonly untilMs: number };
export type Decided = { readonly kind: "done"; readonly approval: Approval } | Undecidable;

/** Told to whoever named another path; a loop may ask at thousands. */
const ASKED_TOLD_MAX = 10;

const ASKED = `
  select a.path from posthorn.flow_approval a
   where a.run_id = $1::uuid and a.app_id = $2::uuid and a.approved is null and (a.until_at is null or a.until_at > now())
   order by a.path limit ${ASKED_TOLD_MAX}`;

async function askedPaths(q: Queryable, { runId, appId }: ApprovalKey & { readonly appId: string }): Promise<string[]> {
  const rows = await q.query<{ path: string }>(ASKED, [runId, appId]);
  return rows.map(({ path }) => path);
}

const DECIDE = `
  update posthorn.flow_approval
     set approved = $4, decided_by = $5, decided_at = now(), reason = $6
   where run_id = $1::uuid and path = $2 and app_id = $3::uuid and approved is null and (until_at is null or until_at > now())
  returning decided_at`;

/**
 * Decides what a run asks, and lets it know, in the caller's transaction: of two decisions at once the first counts, the other
 * is told of it. `by`: who decides, for people.
 */
export async function decideApproval(
  tx: Queryable,
  key: ApprovalKey & { readonly appId: string },
  decision: { readonly approved: boolean; readonly by: string; readonly reason: string },
): Promise<Decided> {
  const { approved, by, reason } = decision;
  const [row] = await tx.query<{ decided_at: Date }>(DECIDE, [key.runId, key.path, key.appId, approved, by, reason]);
  const approval = await findApproval(tx, key);
  if (row === undefined || approval === undefined) {
    if (approval === undefined) return { kind: "not_asked", asks: await askedPaths(tx, key) };
    if (approval.decision !== undefined) return { kind: "decided", decision: approval.decision };
    return { kind: "too_late", untilMs: approval.untilMs ?? 0 };
  }
  const at = row.decided_at.toISOString();
  const value = { approved, by, at, reason };
  await sendSignals(tx, [{ runId: key.runId, path: key.path, kind: "completed", value }]);
  return { kind: "done", approval };
}
