/** What a handler answers, before it becomes a Response. A status of 400 or more undoes what its transaction did. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text or bytes as they go out; absent: no body. */
  readonly body?: string | Uint8Array;
  /** Instead of a body: what is made while it is sent, as fast as it is taken. Only of operations that change nothing. */
  readonly stream?: ReadableStream<Uint8Array>;
  /** `application/json` when there is a body and nothing else is said. */
  readonly contentType?: string;
  /**
   * Done once this is committed, outside of the transaction and of the limit on requests at once: what it gives is answered instead. For
   * whoever waits for something, or computes at length. A repeat under the same Idempotency-Key is answered with this reply itself.
   */
  readonly afterwards?: () => Promise<Reply>;
}

/** One fault of a request: where, what is and what should be, and of which kind. */
export interface Invalid {
  /** `body`, `query`, `path` or `header`, then the way to the value. */
  readonly loc: readonly string[];
  readonly msg: string;
  readonly type: string;
}

export function json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return { status, body: JSON.stringify(value), ...(headers !== undefined && { headers }) };
}

/**
 * Every error that is not a 422 of validation. The codes are part of the API: clients switch on them, so they never change.
 * Those of Svix's are kept (`authentication_failed`, `not_found`, `conflict`, `event_type_exists`).
 */
export type ErrorCode =
  | "authentication_failed"
  | "forbidden"
  | "not_found"
  | "no_such_route"
  | "method_not_allowed"
  | "conflict"
  | "not_a_session"
  | "event_type_exists"
  | "idempotency_key_reused"
  | "idempotency_in_progress"
  | "body_too_large"
  | "content_length_invalid"
  | "endpoints_max_reached"
  | "tasks_max_reached"
  | "sources_max_reached"
  | "secrets_max_reached"
  | "endpoint_disabled"
  | "endpoint_paused"
  | "nothing_to_probe"
  | "probe_under_way"
  | "nothing_owed"
  | "task_ended"
  | "task_not_failed"
  | "task_of_a_run"
  | "worker_lost"
  | "workers_max_reached"
  | "served_elsewhere"
  | "overloaded"
  | "database_unavailable"
  | "database_busy"
  | "not_confirmed"
  | "disk_full"
  | "not_measured"
  | "definition_invalid"
  | "flow_disabled"
  | "flows_max_reached"
  | "run_ended"
  | "run_gone"
  | "rerun_impossible"
  | "approval_decided"
  | "approval_over"
  | "too_many_tails"
  | "internal_error";

export function refuse(
  status: number,
  code: ErrorCode,
  detail: string,
  headers?: Readonly<Record<string, string>>,
): Reply {
  return json(status, { code, detail }, headers);
}

export function invalid(...faults: readonly Invalid[]): Reply {
  return json(422, { detail: faults });
}

/** Values come from strangers: shown short, with control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

export function notFound(what: string, name: string): Reply {
  return refuse(404, "not_found", `There is no ${what} ${quote(name)}`);
}

export function toResponse(reply: Reply): Response {
  const headers = new Headers(reply.headers);
  const body = reply.stream ?? reply.body;
  if (body !== undefined) headers.set("content-type", reply.contentType ?? "application/json");
  // A Uint8Array of Node may sit on any kind of buffer, for which the DOM's types have no word.
  return new Response(body as BodyInit | undefined, { status: reply.status, headers });
}
