import type { Scope } from "../cel/check.ts";
import { methodOf } from "../compile.ts";
import type { Template } from "../definition.ts";
import { type Keys, quoted } from "./fault.ts";
import type { StepCheck } from "./scope.ts";
import { isObject } from "./shape.ts";

type Fields = { readonly [name: string]: unknown };

export function http(step: Fields, http: Fields, at: Keys, scope: Scope, check: StepCheck): void {
  const { expressions } = check;
  expressions.template(http["url"], [...at, "http", "url"], scope, "string");
  const method = methodOf(
    typeof http["method"] === "string" ? http["method"] : undefined,
    http["body"] as Template | undefined,
  );
  if (typeof http["url"] === "string") {
    checkUrl(http["url"], [...at, "http", "url"], check);
  }
  if (isObject(http["headers"])) {
    for (const [name, value] of Object.entries(http["headers"])) {
      expressions.header(value, [...at, "http", "headers", name], scope);
      if (RESERVED.has(name.toLowerCase())) {
        expressions.found.push({
          keys: [...at, "http", "headers", name],
          code: "header_invalid",
          message: `The header ${quoted(name)} is set by the engine.`,
          atKey: true,
        });
      }
    }
  }
  if (http["body"] !== undefined) {
    expressions.template(http["body"], [...at, "http", "body"], scope);
    if (method === "GET" || method === "HEAD") {
      expressions.found.push({
        keys: [...at, "http", "body"],
        code: "wrong_value",
        message: `A ${method} has no body.`,
        hint: "Leave `method` away to make it a POST.",
      });
    }
  }
  const on = isObject(step["retry"]) ? step["retry"]["on"] : undefined;
  if (step["effect"] === "write" && Array.isArray(on) && on.includes("ambiguous")) {
    expressions.found.push({
      keys: [...at, "retry", "on"],
      code: "write_retries_ambiguous",
      message:
        "The effect is `write` and yet it is tried again when nobody knows whether it happened: it may happen twice.",
      hint: "`effect: idempotent_write` says that repeating it is harmless.",
    });
  }
}

/** Framing and the name of the host are the client's, as for deliveries. */
const RESERVED = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "keep-alive",
  "proxy-connection",
]);

function checkUrl(url: string, keys: Keys, check: StepCheck): void {
  const parsed = URL.parse(url);
  const { found } = check.expressions;
  const templated = url.includes("{{") || url.includes("${");
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:") || templated) {
    found.push({
      keys,
      code: "url_invalid",
      message: `${quoted(url)} is no address.`,
      hint: templated
        ? 'What varies is an expression: url: { "$": "\\"https://api.example.com/orders/\\" + event.data.id" }.'
        : 'It begins with "https://".',
    });
    return;
  }
  const { hosts } = check;
  const host = parsed.hostname.toLowerCase();
  if (hosts !== undefined && !hosts.some((each) => hostFits(host, each.toLowerCase()))) {
    found.push({
      keys,
      code: "host_not_allowed",
      message: `The host ${quoted(host)} is not among \`hosts\` of this flow.`,
      hint: `${hosts.length === 0 ? "None" : hosts.slice(0, 5).join(", ")} may be reached.`,
    });
  }
}

/** `*.example.com` stands for every name below it, and not for itself. */
export function hostFits(host: string, pattern: string): boolean {
  return pattern.startsWith("*.")
    ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
    : host === pattern;
}
