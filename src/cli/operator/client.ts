/** The engine said no, or could not be asked. `message` is whole and for people. */
export class OperatorFault extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;

/** The engine's HTTP API as a command uses it. Every method throws an OperatorFault. */
export interface Client {
  readonly url: string;
  get<T>(path: string, query?: Query): Promise<T>;
  send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T>;
  /** Lines as they come, until the engine ends the answer or `signal` aborts. */
  lines(path: string, query: Query, accept: string, signal?: AbortSignal): AsyncIterable<string>;
}

const TIMEOUT_MS = 60_000;

/** `path`s begin with `/api/v1`. `ask` is what requests go through. */
export function createClient(url: string, token: string, ask: typeof fetch = fetch): Client {
  const base = url.replace(/\/+$/, "");

  async function request(method: string, path: string, init: { body?: unknown; accept?: string; signal: AbortSignal }) {
    let response: Response;
    try {
      response = await ask(`${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: init.accept ?? "application/json",
          ...(init.body !== undefined && { "content-type": "application/json" }),
        },
        redirect: "error",
        signal: init.signal,
        ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new OperatorFault(
        "unreachable",
        `No engine answers at ${base}: ${why}\nIs it running there? --url or POSTHORN_URL names another place.`,
      );
    }
    if (!response.ok) throw await faultOf(response, method, path);
    return response;
  }

  return {
    url: base,
    get: async (path, query = {}) => {
      const response = await request("GET", `${path}${search(query)}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      return bodyOf(response);
    },
    send: async (method, path, body) => {
      const response = await request(method, path, { body, signal: AbortSignal.timeout(TIMEOUT_MS) });
      return bodyOf(response);
    },
    async *lines(path, query, accept, signal) {
      const ends = signal ?? new AbortController().signal;
      const response = await request("GET", `${path}${search(query)}`, { accept, signal: ends });
      if (response.body === null) return;
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of response.body) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = parts.pop() ?? "";
        yield* parts;
      }
      if (rest !== "") yield rest;
    },
  };
}

function search(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) params.append(name, String(one));
  }
  return params.size === 0 ? "" : `?${params}`;
}

/** What the operation's schema says: the commands and the engine are of one version. */
async function bodyOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === "" ? {} : JSON.parse(text)) as T;
}

/** The engine's own words; validation faults one a line. */
async function faultOf(response: Response, method: string, path: string): Promise<OperatorFault> {
  const text = await response.text();
  let body: { code?: unknown; detail?: unknown } = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Something between us and the engine answered; its words are all there is.
    return new OperatorFault(
      "unexpected_answer",
      `${method} ${path} was answered ${response.status} by something else than an engine: ${text.slice(0, 200)}`,
    );
  }
  const code = typeof body.code === "string" ? body.code : `http_${response.status}`;
  if (Array.isArray(body.detail)) {
    const faults = body.detail.map(
      (fault: { loc?: string[]; msg?: string }) => `  ${(fault.loc ?? []).join(".")}: ${fault.msg}`,
    );
    return new OperatorFault(code, `The engine cannot take this:\n${faults.join("\n")}`);
  }
  return new OperatorFault(code, `${body.detail ?? text} (${code})`);
}
