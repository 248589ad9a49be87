import { approvalByToken, decideApproval } from "#flows";
import { publicId, type Queryable } from "#kernel";
import { recordAudit, STRANGER } from "#tenancy";
import { announcedLength, lengthInvalid } from "../http/content-length.ts";
import type { ApiDeps } from "../http/deps.ts";
import { createGate } from "../http/gate.ts";
import { readBody } from "../http/read-body.ts";
import { type Reply, refuse } from "../http/reply.ts";
import { decidedPage, NAME_LENGTH_MAX, overPage, questionPage, REASON_LENGTH_MAX } from "./page.ts";

const FORM_BYTES_MAX = 16 * 1024;
/** Strangers ask here: a few at once, and not many more may wait (P7). */
const AT_ONCE = 1;
const WAITING_MAX = 50;

export interface ApprovalVisit {
  readonly request: Request;
  readonly token: string;
  readonly requestId: string;
  readonly remoteAddress: string | undefined;
}

/** What a link for an approval answers. A GET changes nothing: mail scanners follow links. A POST decides, once. */
export function createApprovalAnswer(deps: ApiDeps): (visit: ApprovalVisit) => Promise<Reply> {
  const gate = createGate(AT_ONCE, WAITING_MAX);

  async function answer(visit: ApprovalVisit, body: Uint8Array | undefined): Promise<Reply> {
    const { token } = visit;
    if (body === undefined) return shown(deps.db, token);
    const form = new URLSearchParams(Buffer.from(body).toString());
    const decision = form.get("decision");
    const name = (form.get("name") ?? "").trim().slice(0, NAME_LENGTH_MAX);
    if ((decision !== "approve" && decision !== "reject") || name === "") {
      return shown(deps.db, token, "Say who you are, and approve or reject.");
    }
    const reason = (form.get("reason") ?? "").trim().slice(0, REASON_LENGTH_MAX);
    return decide(visit, decision === "approve", `${storable(name)} (by link)`, storable(reason));
  }

  async function decide(visit: ApprovalVisit, approved: boolean, by: string, reason: string): Promise<Reply> {
    const isDone = await deps.db.transaction(async (tx) => {
      const approval = await approvalByToken(tx, visit.token);
      if (approval === undefined) return false;
      const decided = await decideApproval(tx, approval, { approved, by, reason });
      if (decided.kind !== "done") return false;
      await recordAudit(tx, {
        actor: STRANGER,
        operation: "v1.run.approve",
        method: "POST",
        path: "/approve/…",
        appId: approval.appId,
        target: publicId("run", approval.runId),
        status: 200,
        requestId: visit.requestId,
        remoteAddress: visit.remoteAddress,
        detail: { body: { path: approval.path, approved, by } },
      });
      return true;
    });
    if (!isDone) return overPage();
    deps.flows?.lookNow();
    return decidedPage(approved);
  }

  return async (visit) => {
    let body: Uint8Array | undefined;
    if (visit.request.method === "POST") {
      if (announcedLength(visit.request) === "invalid") return lengthInvalid();
      // Before the gate: whoever sends slowly holds his own connection, and nobody's turn.
      body = await readBody(visit.request, FORM_BYTES_MAX);
      if (body === undefined) return refuse(413, "body_too_large", `The body has more than ${FORM_BYTES_MAX} bytes`);
    }
    return (
      (await gate.pass(() => answer(visit, body))) ??
      refuse(503, "overloaded", "More ask for approvals than this process may hold; ask again", { "Retry-After": "1" })
    );
  };
}

async function shown(q: Queryable, token: string, fault?: string): Promise<Reply> {
  const approval = await approvalByToken(q, token);
  return approval === undefined || approval.decision !== undefined ? overPage() : questionPage(approval, fault);
}

/** Neither NUL nor other control characters, nor half a surrogate pair. */
function storable(text: string): string {
  return text.toWellFormed().replace(/\p{Cc}/gu, " ");
}
