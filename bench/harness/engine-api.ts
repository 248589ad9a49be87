/** The few calls of the engine's API that preparing a scenario takes. Its errors quote the answer. */
export class EngineApi {
  readonly #origin: string;
  readonly #token: string;

  constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** Returns the application's id. */
  async createApp(name: string): Promise<string> {
    return (await this.call("POST", "/api/v1/app", { name })).id;
  }

  /** Returns the endpoint's id. */
  async createEndpoint(
    app: string,
    endpoint: { readonly url: string; readonly channels?: readonly string[] },
  ): Promise<string> {
    return (await this.call("POST", `/api/v1/app/${app}/endpoint`, endpoint)).id;
  }

  async createMessage(
    app: string,
    message: { readonly eventType: string; readonly payload: unknown; readonly channels?: readonly string[] },
  ): Promise<string> {
    return (await this.call("POST", `/api/v1/app/${app}/msg`, message)).id;
  }

  async createSource(
    app: string,
    source: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, string>>> {
    return this.call("POST", `/api/v1/app/${app}/source`, source);
  }

  async call(method: string, path: string, body: unknown): Promise<Record<string, string> & { id: string }> {
    const answer = await fetch(this.#origin + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path} with ${JSON.stringify(body)} was answered ${answer.status}: ${text}`);
    }
    return JSON.parse(text);
  }
}
