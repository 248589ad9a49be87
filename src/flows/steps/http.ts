import {
  classify,
  DatabaseError,
  HOPS_HEADER,
  numberOutOfRange,
  type Outbound,
  type OutboundMethod,
  type ReceivedResponse,
  type SendResult,
} from "#kernel";
import { type CommandOf, type ErrorClass, type HttpRequest, hostFits, type Json, type StepError } from "#language";
import { type Executor, failedAs, type StepResult } from "../engine/executors.ts";
import type { Run } from "../run.ts";
import { maskedBeginning } from "../secrets/mask.ts";

/** Gives secrets of the application to a flow that they are granted to. Rejects with a fault of the database. */
export type ResolveSecrets = (
  appId: string,
  flowName: string,
  names: readonly string[],
) => Promise<
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly error: StepError }
>;

export interface HttpStepOptions {
  readonly outbound: Outbound;
  readonly userAgent: string;
  readonly resolveSecrets: ResolveSecrets;
  /** Puts a mask where one of these values stands. */
  readonly maskSecrets: (secrets: Iterable<string>, value: Json) => Json;
  readonly now: () => number;
}

const METHODS = new Set<string>(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const NO_SECRETS: ReadonlyMap<string, string> = new Map();
/** Of an answer that is an error, so much is kept with it. */
const ERROR_BODY_BYTES_MAX = 4_096;

/** One attempt of an `http` step: one request on the wire, through the guard, under one deadline (P4, P5, P8). */
export function createHttpExecutor(options: HttpStepOptions): Executor<"http"> {
  return async (command, run, flow, signal) => {
    const { request } = command;
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refusal;
    let secrets = NO_SECRETS;
    try {
      const names = secretsOf(request);
      if (names.length > 0) {
        const resolved = await options.resolveSecrets(run.appId, flow.definition.flow, names);
        if (!resolved.ok) return { ok: false, error: resolved.error };
        secrets = resolved.values;
      }
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return failedAs("retryable", "secrets_unavailable", "The secrets could not be read.");
    }
    const body = bodyOf(request);
    const result = await options.outbound.send({
      url: request.url,
      method: request.method as OutboundMethod, // As `refusalOf` has seen.
      headers: headersOf(options, command, run, secrets, body?.contentType),
      ...(body !== undefined && { body: body.bytes }),
      timeoutMs: command.timeoutMs,
      // One byte more than may come tells what was cut from what just fits.
      responseBytesMax: request.responseBytesMax + 1,
      signal,
    });
    const cut: Cut = (text, isCut) => maskedBeginning(secrets.values(), text, ERROR_BODY_BYTES_MAX, isCut);
    return masked(options, secrets, resultOf(result, request, options.now(), cut));
  };
}

function refusalOf({ method, url, hosts }: HttpRequest): Extract<StepResult, { ok: false }> | undefined {
  if (!METHODS.has(method))
    return failedAs("invalid", "method_invalid", `There is no method ${JSON.stringify(method)}.`);
  if (hosts === undefined) return undefined;
  const host = URL.canParse(url) ? new URL(url).hostname.toLowerCase() : "";
  if (hosts.some((pattern) => hostFits(host, pattern.toLowerCase()))) return undefined;
  const message = `The flow may not reach ${JSON.stringify(host)}: its definition names ${hosts.join(", ") || "no hosts"}.`;
  return failedAs("invalid", "host_not_allowed", message);
}

function secretsOf({ headers }: HttpRequest): string[] {
  const names = new Set<string>();
  for (const [, parts] of headers) for (const part of parts) if (typeof part !== "string") names.add(part.secret);
  return [...names];
}

function bodyOf({ body }: HttpRequest): { bytes: Uint8Array<ArrayBuffer>; contentType: string } | undefined {
  if (body === undefined) return undefined;
  // Text is sent as it is: a form, or XML; whoever wants a JSON string says so by its content type.
  return typeof body === "string"
    ? { bytes: Buffer.from(body), contentType: "text/plain; charset=utf-8" }
    : { bytes: Buffer.from(JSON.stringify(body)), contentType: "application/json" };
}

function headersOf(
  { userAgent }: HttpStepOptions,
  command: CommandOf<"http">,
  run: Run,
  secrets: ReadonlyMap<string, string>,
  contentType: string | undefined,
): [string, string][] {
  const headers = command.request.headers.map(([name, parts]): [string, string] => [
    name,
    parts.map((part) => (typeof part === "string" ? part : (secrets.get(part.secret) ?? ""))).join(""),
  ]);
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  if (contentType !== undefined && !has("content-type")) headers.push(["Content-Type", contentType]);
  if (!has("user-agent")) headers.push(["User-Agent", userAgent]);
  if (command.effect !== "read" && !has("idempotency-key")) headers.push(["Idempotency-Key", command.key]);
  // Whoever sends it back into a source of ours goes on counting.
  return [
    ...headers.filter(([name]) => name.toLowerCase() !== HOPS_HEADER.toLowerCase()),
    [HOPS_HEADER, String(run.depth + 1)],
  ];
}

/** What is kept of a text with an error, without secrets; `isCut`: the text was cut before. */
type Cut = (text: string, isCut: boolean) => string;

function resultOf(result: SendResult, request: HttpRequest, nowMs: number, cut: Cut): StepResult {
  const { expect, responseBytesMax } = request;
  if (result.kind === "response") {
    const { response } = result;
    const isExpected =
      expect === undefined ? response.status >= 200 && response.status < 300 : expect.includes(response.status);
    if (isExpected) {
      if (response.truncated || response.body.length > responseBytesMax) {
        const message = `The answer's body is larger than ${responseBytesMax} bytes.`;
        return failedAs("invalid", "response_too_large", message, { status: response.status });
      }
      return { ok: true, output: outputOf(response) };
    }
  }
  const outcome = classify(result, nowMs);
  const detail = detailOf(result, cut);
  const failed = (errorClass: ErrorClass, message: string): StepResult => {
    const notBeforeMs =
      outcome.class === "retryable" && outcome.retryAfterMs !== undefined ? nowMs + outcome.retryAfterMs : undefined;
    return {
      ...failedAs(errorClass, outcome.reason, message, detail),
      ...(notBeforeMs !== undefined && { notBeforeMs }),
    };
  };
  const status = "response" in result && result.response !== undefined ? result.response.status : undefined;
  switch (outcome.class) {
    case "delivered":
      // A success that the step does not expect.
      return failed("permanent", `The answer's status is ${status}; the step expects ${expect?.join(", ")}.`);
    case "retryable":
      return failed("retryable", status === undefined ? told(result) : `The answer's status is ${status}.`);
    case "permanent":
    case "gone":
      return failed("permanent", `The answer's status is ${status}.`);
    case "timeout":
      return failed("timeout", "No complete answer came in time; whether the request had an effect is not known.");
    case "ambiguous":
      return failed("ambiguous", "The answer broke off; whether the request had an effect is not known.");
    case "endpoint_config_error":
      return failed("invalid", told(result));
    case "signature_error":
    case "internal_error":
      return failed("ambiguous", told(result));
    default:
      return outcome satisfies never;
  }
}

function told(result: SendResult): string {
  return "detail" in result ? result.detail : "The request failed.";
}

/** Names in lower case; of a repeated one the values stand together, as HTTP says. */
function outputOf(response: ReceivedResponse): Json {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    const lower = name.toLowerCase();
    headers[lower] = headers[lower] === undefined ? value : `${headers[lower]}, ${value}`;
  }
  return { status: response.status, headers, body: parsedBody(response.body, headers["content-type"] ?? "") };
}

function parsedBody(bytes: Uint8Array, contentType: string): Json {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  if (!/[/+]json\b/i.test(contentType)) return text;
  try {
    const value = JSON.parse(text) as Json;
    // What is no number here would be null in the journal.
    return numberOutOfRange(text, value) === undefined ? value : text;
  } catch {
    return text; // It says that it is JSON, and is not: the step after it can look at it all the same.
  }
}

function detailOf(result: SendResult, cut: Cut): Json | undefined {
  if (!("response" in result) || result.response === undefined) return undefined;
  const { status, body, headers, truncated } = result.response;
  const contentType = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const isWhole = body.length <= ERROR_BODY_BYTES_MAX && !truncated;
  const text = () => Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  return { status, body: isWhole ? parsedBody(body, contentType) : cut(text(), truncated) };
}

/** A receiver may echo what it was sent: no secret gets into a journal by that way. */
function masked(
  { maskSecrets }: HttpStepOptions,
  secrets: ReadonlyMap<string, string>,
  result: StepResult,
): StepResult {
  if (secrets.size === 0) return result;
  if (result.ok) return { ok: true, output: maskSecrets(secrets.values(), result.output) };
  const error = maskSecrets(secrets.values(), result.error as unknown as Json) as unknown as StepError;
  return { ...result, error };
}
