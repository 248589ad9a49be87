import type { components } from "../../api/schema.d.ts";

type Schemas = components["schemas"];
export type Endpoint = Schemas["EndpointOut"];
export type Headers = Schemas["EndpointHeadersOut"];
export type SecretRotation = Schemas["EndpointSecretRotateIn"];

/** How the API is asked about one endpoint: an application's, or one of the operational webhooks. */
export interface Reach {
  /** Tells it from every other, for what is remembered of it. */
  readonly key: string;
  secret(): Promise<string>;
  rotateSecret(body: SecretRotation, idempotencyKey: string): Promise<unknown>;
  headers(): Promise<Headers>;
  /** Null removes one. */
  changeHeaders(changes: Readonly<Record<string, string | null>>): Promise<unknown>;
}
