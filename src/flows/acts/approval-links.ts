import { createHash, createHmac } from "node:crypto";
import { publicId } from "#kernel";
import type { CompiledFlow, StepId } from "#language";
import { locate } from "./locate.ts";

const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Links by which somebody without an account decides what a run asks. A link is known before its step begins, so that an earlier step may
 * send it: its token, 256 bits, is an HMAC of run and step. Nothing is stored before the step begins, and then only the
 * token's SHA-256.
 */
export interface ApprovalLinks {
  /** By step id: of `approve` steps that are done once in a run. Those within a for_each have none. */
  urls(runId: string, flow: CompiledFlow): Readonly<Record<StepId, string>>;
  /** Undefined: the step at this path has no link. */
  tokenHash(runId: string, flow: CompiledFlow, path: string): Buffer | undefined;
}

/** `key`: 32 bytes, derived for this alone. `baseUrl`: under which strangers reach this server, without a slash at its end. */
export function createApprovalLinks(options: {
  readonly key: Uint8Array;
  readonly baseUrl: () => string;
}): ApprovalLinks {
  const steps = new WeakMap<CompiledFlow, readonly StepId[]>();
  const token = (runId: string, id: StepId) =>
    createHmac("sha256", options.key)
      .update(`${publicId("run", runId)}/${id}`)
      .digest("base64url");

  return {
    urls: (runId, flow) => {
      let ids = steps.get(flow);
      if (ids === undefined) {
        ids = [...flow.byId.values()].filter(({ kind }) => kind === "approve").map(({ id }) => id);
        steps.set(flow, ids);
      }
      return Object.fromEntries(ids.map((id) => [id, `${options.baseUrl()}/approve/${token(runId, id)}`]));
    },
    tokenHash: (runId, flow, path) => {
      const way = locate(flow, path);
      const step = way?.places.at(-1)?.step;
      if (step === undefined || way?.places.some(({ index }) => index !== undefined)) return undefined;
      return hashOfToken(token(runId, step.id));
    },
  };
}

/** What the table keeps of a token; undefined: the text is none. */
export function hashOfToken(token: string): Buffer | undefined {
  return TOKEN_PATTERN.test(token) ? createHash("sha256").update(token).digest() : undefined;
}
