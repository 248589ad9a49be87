/** One fault of a request, as a 422 names it. */
export interface Fault {
  /** `body`, `query`, `path` or `header`, then the way to the value. */
  readonly loc: readonly string[];
  readonly msg: string;
  readonly type?: string;
}

/** What a request came to when it did not come to an answer. Every failure of the API is one of these. */
export class Failure extends Error {
  override readonly name = "Failure";
  /** 0: there was no answer at all. */
  readonly status: number;
  /** The API's stable code; `unreachable` without an answer, `validation` for a 422 with faults. */
  readonly code: string;
  readonly faults: readonly Fault[];
  readonly retryAfterSeconds: number | undefined;
  /** What to look for in the engine's log. */
  readonly requestId: string | undefined;

  constructor(
    said: { readonly status: number; readonly code: string; readonly detail: string } & Partial<
      Pick<Failure, "faults" | "retryAfterSeconds" | "requestId">
    >,
  ) {
    super(said.detail);
    this.status = said.status;
    this.code = said.code;
    this.faults = said.faults ?? [];
    this.retryAfterSeconds = said.retryAfterSeconds;
    this.requestId = said.requestId;
  }

  /** `maybe`: the change may have happened all the same; asking again with the same key is safe. */
  get kind():
    | "unreachable"
    | "signed_out"
    | "forbidden"
    | "missing"
    | "conflict"
    | "invalid"
    | "maybe"
    | "busy"
    | "fault" {
    if (this.status === 0) return "unreachable";
    if (this.status === 401) return "signed_out";
    if (this.status === 403) return "forbidden";
    if (this.status === 404) return "missing";
    if (this.status === 409) return "conflict";
    if (this.status === 422 || this.status === 413 || this.status === 400) return "invalid";
    if (this.code === "not_confirmed") return "maybe";
    return this.status === 503 || this.status === 429 ? "busy" : "fault";
  }
}

/** Reads what the API answered. Anything that is not of its form still becomes a failure with words. */
export async function failureOf(response: Response): Promise<Failure> {
  const text = await response.text().catch(() => "");
  const body = parse(text);
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const said = {
    status: response.status,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
    requestId: response.headers.get("posthorn-request-id") ?? undefined,
  };
  const detail = body?.["detail"];
  if (Array.isArray(detail)) {
    const faults = detail.filter(isFault);
    const first = faults[0];
    return new Failure({
      ...said,
      code: "validation",
      detail:
        first === undefined ? "The request does not fit its schema" : `${first.loc.slice(1).join(".")}: ${first.msg}`,
      faults,
    });
  }
  const code = body?.["code"];
  return new Failure({
    ...said,
    code: typeof code === "string" ? code : `http_${response.status}`,
    detail:
      typeof detail === "string" ? detail : `The server answered ${response.status} ${response.statusText}`.trim(),
  });
}

/** Whatever was thrown, as a failure. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  // `fetch` throws a TypeError when nothing answered.
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return new Failure({ status: 0, code: "unreachable", detail: "The engine did not answer" });
  }
  return new Failure({
    status: -1,
    code: "console_fault",
    detail: error instanceof Error ? error.message : String(error),
  });
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isFault(value: unknown): value is Fault {
  return typeof value === "object" && value !== null && "loc" in value && Array.isArray(value.loc) && "msg" in value;
}
