import type { TestEngine } from "#test";

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails when it is not there.
  readonly body: any;
}

export interface Sent {
  readonly eventType?: string;
  readonly eventId?: string;
  readonly channels?: readonly string[];
  readonly tags?: readonly string[];
  readonly payload?: unknown;
}

/** The API of one engine, as a program of a customer uses it. */
export interface TestApi {
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
  /** A new application's id. */
  app(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A new endpoint's id. */
  endpoint(app: string, fields: Readonly<Record<string, unknown>>): Promise<string>;
  patchEndpoint(app: string, endpoint: string, fields: Readonly<Record<string, unknown>>): Promise<void>;
  /** Sends one event; its id. */
  send(app: string, event?: Sent): Promise<string>;
  /** Sends as many events as there are bodies, in batches; their ids in order. */
  sendMany(app: string, events: readonly Sent[]): Promise<string[]>;
}

export function apiOf(engine: Pick<TestEngine, "url" | "token">): TestApi {
  const call: TestApi["call"] = async (method, path, body, headers) => {
    const response = await fetch(`${engine.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
  const made = async (method: string, path: string, body: unknown) => {
    const answer = await call(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    call,
    app: async (fields) => (await made("POST", "/api/v1/app", { name: "Test", ...fields })).id,
    endpoint: async (app, fields) => (await made("POST", `/api/v1/app/${app}/endpoint`, fields)).id,
    patchEndpoint: async (app, endpoint, fields) => {
      await made("PATCH", `/api/v1/app/${app}/endpoint/${endpoint}`, fields);
    },
    send: async (app, event) => (await made("POST", `/api/v1/app/${app}/msg`, messageOf(event ?? {}))).id,
    sendMany: async (app, events) => {
      const ids: string[] = [];
      for (let from = 0; from < events.length; from += 1_000) {
        const messages = events.slice(from, from + 1_000).map(messageOf);
        const answer = await made("POST", `/api/v1/app/${app}/msg/batch`, { messages });
        if (answer.failed !== 0) throw new Error(`Of a batch ${answer.failed} failed: ${JSON.stringify(answer.data)}`);
        for (const item of answer.data) ids.push(item.body.id);
      }
      return ids;
    },
  };
}

function messageOf(event: Sent): Sent {
  return { eventType: "test.happened", payload: { at: "home" }, ...event };
}
