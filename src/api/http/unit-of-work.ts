import type { Db, Queryable, Sealer } from "#kernel";
import { DatabaseError } from "#kernel";
import { claimKey, type IdempotentRequest, storeAnswer } from "#tenancy";
import { quote, type Reply, refuse } from "./reply.ts";

/** Leaves a transaction undone, with what is to be answered. */
class Undone extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super("undone");
    this.reply = reply;
  }
}

/** A request with an Idempotency-Key. */
export interface KeyedRequest extends IdempotentRequest {
  readonly twinWaitMs?: number | undefined;
  /** The answer is a secret: it is kept sealed. */
  readonly sealer?: Sealer | undefined;
}

/**
 * Does what a request asks for in one transaction, which ends with the answer: an answer of 400 or more leaves nothing
 * changed. With an Idempotency-Key the answer itself is part of the transaction, so that deed and answer are known together
 * or not at all; an answer of 500 or more is not kept.
 */
export async function unitOfWork(
  db: Pick<Db, "transaction">,
  request: KeyedRequest | undefined,
  work: (tx: Queryable, afterCommit: AfterCommit) => Promise<Reply>,
): Promise<Reply> {
  const afterwards: (() => void)[] = [];
  const otherwises: (() => void)[] = [];
  const afterCommit: AfterCommit = (then, otherwise) => {
    afterwards.push(then);
    if (otherwise !== undefined) otherwises.push(otherwise);
  };
  let claiming = false;
  try {
    const reply = await db.transaction(async (tx) => {
      if (request === undefined) return undone(await work(tx, afterCommit), 400);
      claiming = true;
      const claim = await claimKey(tx, request, request.twinWaitMs);
      claiming = false;
      switch (claim.kind) {
        case "other_request":
          throw new Undone(reused(request.key));
        case "repeat":
          throw new Undone(replyOf(request, claim.answer));
        case "first":
          return await answerOnce(tx, request, claim.key, () => work(tx, afterCommit));
      }
    });
    for (const then of reply.status < 400 ? afterwards : otherwises) then();
    return reply;
  } catch (error) {
    for (const undo of otherwises) undo();
    if (error instanceof Undone) return error.reply;
    // The twin that holds the key is still at work.
    if (claiming && error instanceof DatabaseError && error.fault === "contention")
      return inProgress(request?.key ?? "");
    throw error;
  }
}

/** `then` once it is committed; `otherwise` when it was not, or nobody knows. */
export type AfterCommit = (then: () => void, otherwise?: () => void) => void;

function undone(reply: Reply, from: 400 | 500): Reply {
  if (reply.status >= from) throw new Undone(reply);
  return reply;
}

async function answerOnce(
  tx: Queryable,
  request: KeyedRequest,
  key: string,
  work: () => Promise<Reply>,
): Promise<Reply> {
  await tx.query("savepoint deed");
  const reply = undone(await work(), 500);
  if (reply.status >= 400) await tx.query("rollback to savepoint deed");
  await storeAnswer(tx, key, {
    status: reply.status,
    contentType: reply.contentType,
    headers: Object.entries(reply.headers ?? {}),
    body: reply.body === undefined ? new Uint8Array(0) : sealed(request, Buffer.from(reply.body)),
  });
  return reply;
}

const SEALED_AS = "an answer kept for its repeats";
const sealed = ({ sealer }: KeyedRequest, body: Uint8Array) => sealer?.seal(body, SEALED_AS) ?? body;
const opened = ({ sealer }: KeyedRequest, body: Uint8Array) => sealer?.open(body, SEALED_AS) ?? body;

function replyOf(request: KeyedRequest, answer: Parameters<typeof storeAnswer>[2]): Reply {
  return {
    status: answer.status,
    headers: { ...Object.fromEntries(answer.headers), "Idempotency-Replayed": "true" },
    ...(answer.body.length > 0 && { body: opened(request, answer.body) }),
    ...(answer.contentType !== undefined && { contentType: answer.contentType }),
  };
}

function reused(key: string): Reply {
  const detail = `The Idempotency-Key ${quote(key)} was used for another request within 24 hours; it should be new for each`;
  return refuse(409, "idempotency_key_reused", detail);
}

function inProgress(key: string): Reply {
  const detail = `The first request with the Idempotency-Key ${quote(key)} is still being answered`;
  return refuse(409, "idempotency_in_progress", detail, { "Retry-After": "1" });
}
