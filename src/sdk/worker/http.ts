/** The engine refused, or could not be asked. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** 0: there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether asking again may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface Place {
  /** Where the engine is: `http://127.0.0.1:8420`. */
  readonly url: string;
  readonly token: string;
  /** Id or uid of the application. */
  readonly app: string;
  readonly fetch?: typeof fetch;
}

export const baseOf = ({ url, app }: Place): string =>
  `${url.replace(/\/+$/, "")}/api/v1/app/${encodeURIComponent(app)}`;

/** POSTs below `/api/v1/app/{app}`, or GETs where there is no body. Throws an EngineError. */
export function createAsk(place: Place) {
  const base = baseOf(place);
  const send = place.fetch ?? fetch;
  return async <T>(
    path: string,
    body: string | undefined,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> => {
    let response: Response;
    let text: string;
    try {
      response = await send(`${base}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${place.token}`, "content-type": "application/json", ...headers },
        ...(body !== undefined && { body }),
        redirect: "error",
        signal,
      });
      text = await response.text();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new EngineError(0, "unreachable", `No engine answers at ${base}: ${why}`);
    }
    if (response.ok) return JSON.parse(text) as T; // What the operation's schema says: engine and worker are of one version.
    throw refusal(response, text);
  };
}

export type Ask = ReturnType<typeof createAsk>;

function refusal(response: Response, text: string): EngineError {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  let told: { code?: unknown; detail?: unknown } = {};
  try {
    told = JSON.parse(text);
  } catch {
    // Something between us and the engine answered; its words are all there is.
    return new EngineError(response.status, "unexpected_answer", text.slice(0, 500), retryAfterMs);
  }
  const code = typeof told.code === "string" ? told.code : `http_${response.status}`;
  const detail = Array.isArray(told.detail)
    ? told.detail.map(({ loc, msg }: { loc?: string[]; msg?: string }) => `${(loc ?? []).join(".")}: ${msg}`).join("; ")
    : String(told.detail ?? text);
  return new EngineError(response.status, code, detail, retryAfterMs);
}
