import { expect, test } from "bun:test";
import fc from "fast-check";
import { classify } from "./classify.ts";
import type { NetworkFault, Outcome, Refusal, SendResult } from "./outcome.ts";

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const timing = { totalUs: 1 };
const response = (status: number, headers: [string, string][] = []) => ({
  status,
  headers,
  body: new Uint8Array(),
  truncated: false,
});
const answered = (status: number, headers?: [string, string][]): SendResult => ({
  kind: "response",
  timing,
  response: response(status, headers),
});
const broken = (status: number): SendResult => ({
  kind: "broken_body",
  timing,
  response: response(status),
  detail: "",
});

function expectedClass(status: number): Outcome["class"] {
  if (status >= 200 && status <= 299) return "delivered";
  if (status === 410) return "gone";
  if (status === 408 || status === 425 || status === 429 || status >= 500 || status < 200) return "retryable";
  return "permanent";
}

test("P6: each status from 100 to 599 has its class and names itself", () => {
  for (let status = 100; status <= 599; status++) {
    expect(classify(answered(status), NOW)).toEqual({
      class: expectedClass(status),
      reason: `http_${status}`,
    } as Outcome);
  }
});

test("P5: a 2xx with a broken body is ambiguous, any other status speaks for itself", () => {
  for (let status = 100; status <= 599; status++) {
    const outcome = classify(broken(status), NOW);
    if (expectedClass(status) === "delivered") expect(outcome).toEqual({ class: "ambiguous", reason: "broken_body" });
    else expect(outcome.class).toBe(expectedClass(status));
  }
});

test("P6: a status that HTTP does not define is retried like a 5xx", () => {
  expect(classify(answered(999), NOW)).toEqual({ class: "retryable", reason: "http_999" });
});

test.each(["dns", "connect_or_headers", "body"] as const)("P6: a deadline that passes in %s is a timeout", (phase) => {
  expect(classify({ kind: "timeout", timing, phase }, NOW)).toEqual({ class: "timeout", reason: `timeout_${phase}` });
});

test("P5: a 2xx whose body did not end before the deadline is a timeout, not a success", () => {
  expect(classify({ kind: "timeout", timing, phase: "body", response: response(200) }, NOW).class).toBe("timeout");
});

const FAULTS: NetworkFault[] = [
  ...(["dns_not_found", "dns_failed", "connection_refused", "connection_reset", "unreachable"] as const),
  ...(["tls_certificate", "tls_protocol", "invalid_response", "other"] as const),
];
test.each(FAULTS)("P6: the fault %s follows the full schedule", (fault) => {
  for (const sent of [true, false]) {
    expect(classify({ kind: "fault", timing, fault, sent, detail: "" }, NOW)).toEqual({
      class: "retryable",
      reason: fault,
    });
  }
});

test("P12: what our own shutdown cut off is ambiguous when it may have been sent", () => {
  expect(classify({ kind: "fault", timing, fault: "interrupted", sent: true, detail: "" }, NOW).class).toBe(
    "ambiguous",
  );
  expect(classify({ kind: "fault", timing, fault: "interrupted", sent: false, detail: "" }, NOW).class).toBe(
    "retryable",
  );
});

const REFUSALS: Refusal[] = [
  "address_not_allowed",
  "url_invalid",
  "scheme_not_allowed",
  "userinfo_not_allowed",
  "port_not_allowed",
  "header_invalid",
];
test.each(REFUSALS)("P6: the refusal %s is a fault of the endpoint's configuration", (refusal) => {
  expect(classify({ kind: "refused", timing, refusal, detail: "" }, NOW)).toEqual({
    class: "endpoint_config_error",
    reason: refusal,
  });
});

test.each([
  ["120", 120_000],
  [" 5 ", 5_000],
  ["0", 1_000],
  ["99999999999999999999", 3_600_000],
  ["Thu, 15 Jan 2026 12:10:00 GMT", 600_000],
  ["Thursday, 15-Jan-26 12:10:00 GMT", 600_000],
  ["Thu Jan 15 12:10:00 2026", 600_000],
  ["Thu, 15 Jan 2026 11:00:00 GMT", 1_000],
  ["Fri, 16 Jan 2026 12:00:00 GMT", 3_600_000],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 1_000],
  ["-5", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  ["", undefined],
  ["2026-01-15T12:10:00Z", undefined],
  ["Thu, 15 Foo 2026 12:10:00 GMT", undefined],
  ["Thu, 15 Jan 2026 25:10:00 GMT", undefined],
] as const)("P6: Retry-After %p holds the endpoint for %p ms", (value, expected) => {
  for (const status of [429, 503]) {
    const outcome = classify(answered(status, [["Retry-After", value]]), NOW);
    expect(outcome).toEqual({
      class: "retryable",
      reason: `http_${status}`,
      ...(expected === undefined ? {} : { retryAfterMs: expected }),
    } as Outcome);
  }
});

test.each([200, 301, 404, 408, 500, 502])("Retry-After on a %p holds nothing", (status) => {
  expect(classify(answered(status, [["retry-after", "60"]]), NOW)).not.toHaveProperty("retryAfterMs");
});

test("P6: whatever Retry-After says, the hold is between a second and an hour", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (value) => {
        const outcome = classify(answered(429, [["retry-after", value]]), NOW);
        const held = outcome.class === "retryable" ? outcome.retryAfterMs : undefined;
        if (held !== undefined) {
          expect(held).toBeGreaterThanOrEqual(1_000);
          expect(held).toBeLessThanOrEqual(3_600_000);
        }
      },
    ),
  );
});
