import { expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { signedOf, verify } from "./signature.ts";
import type { Attempt } from "./waterfall.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY = '{"amount": 1.50, "name": "Grüße"}';
const AT = new Date("2026-05-01T10:00:00Z");

function attempt(signature: string): Attempt {
  return {
    id: "atmpt_1",
    msgId: "msg_1",
    endpointId: "ep_1",
    url: "https://example.com/",
    response: "",
    responseStatusCode: 200,
    responseDurationMs: 1,
    status: 0,
    statusText: "success",
    triggerType: 0,
    timestamp: AT.toISOString(),
    requestHeaders: [
      ["Webhook-Id", "msg_1"],
      ["Webhook-Timestamp", String(AT.getTime() / 1_000)],
      ["Webhook-Signature", signature],
    ],
  };
}

test("the official library's signature matches, also beside another secret's", async () => {
  const signature = new Webhook(SECRET).sign("msg_1", AT, BODY);
  const signed = signedOf(attempt(`v1,AAAA ${signature}`));
  if (signed === undefined) throw new Error("The attempt was signed.");
  expect(await verify(signed, BODY, SECRET)).toBe("matches");
  expect(await verify(signed, `${BODY} `, SECRET)).toBe("differs");
  expect(await verify(signed, BODY, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).toBe("differs");
  expect(await verify(signed, BODY, "whpk_AAAA")).toBe("not_symmetric");
});

test("an attempt that was never signed has nothing to explain", () => {
  expect(signedOf({ ...attempt("v1,x"), requestHeaders: [] })).toBeUndefined();
});
