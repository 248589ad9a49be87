import createFetchClient from "openapi-fetch";
import createHooks from "openapi-react-query";
import { answered, unreachable } from "../state/connection.ts";
import { session, signOut } from "../state/session.ts";
import { Failure, failureOf } from "./failure.ts";
import type { paths } from "./schema.d.ts";

/** Adds what every request carries, and makes every failure a `Failure`: what comes back from a call is then always `data`. */
export async function send(request: Request): Promise<Response> {
  const token = session.get();
  if (token !== undefined && !request.headers.has("authorization"))
    request.headers.set("authorization", `Bearer ${token}`);
  // So that a change whose commit was not confirmed can be asked for again without happening twice.
  if (request.method === "POST" && !request.headers.has("idempotency-key"))
    request.headers.set("idempotency-key", newKey());
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    unreachable();
    throw new Failure({ status: 0, code: "unreachable", detail: "The engine did not answer" });
  }
  answered();
  if (response.ok) return response;
  const failure = await failureOf(response);
  // The token ran out or was taken back, unless another one came meanwhile.
  if (failure.kind === "signed_out" && token !== undefined && session.get() === token) signOut();
  throw failure;
}

/** A random key; `crypto.randomUUID` exists only on https and localhost. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The typed client: `const { data } = await client.GET("/api/v1/app", { params: … })`. It throws a `Failure`. */
export const client = createFetchClient<paths>({
  baseUrl: typeof location === "undefined" ? "http://localhost" : location.origin,
  fetch: send,
});

/** The same as hooks of the query library: `api.useQuery("get", "/api/v1/app", { params: … })`, `api.useMutation("post", …)`. */
export const api = createHooks(client);

/** What was asked of an operation that the document does not have yet, or whose answer is no JSON. */
export async function ask<T>(
  path: string,
  options: {
    readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
    readonly body?: unknown;
    readonly signal?: AbortSignal;
  } = {},
): Promise<T> {
  const response = await send(requestTo(path, options));
  const text = await response.text();
  return JSON.parse(text === "" ? "null" : text);
}

export function requestTo(path: string, options: Parameters<typeof ask>[1] = {}): Request {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return new Request(url, {
    method: options.method ?? "GET",
    headers: { accept: "application/json", ...(options.body !== undefined && { "content-type": "application/json" }) },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    ...(options.signal !== undefined && { signal: options.signal }),
  });
}
