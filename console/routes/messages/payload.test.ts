import { expect, test } from "bun:test";
import { type Message, payloadOf } from "./payload.ts";

function told(payload: string, rest: Partial<Message> = {}) {
  const message = {
    channels: null,
    contentType: "application/json",
    eventType: 'a,"payload":',
    id: "msg_1",
    timestamp: "2026-05-01T10:00:00.000Z",
    ...rest,
  };
  const document = `${JSON.stringify(message).slice(0, -1)},"payload":${payload}}`;
  return payloadOf(JSON.parse(document), document);
}

test("P9: a payload is shown as it was accepted, with its digits, spaces and twins", () => {
  const raw = '{ "amount": 12345678901234567890.10, "a":1, "a":2, "payload":{} }';
  expect(told(raw)).toEqual({ kind: "text", text: raw });
});

test("what is no JSON is shown as its text", () => {
  expect(told(JSON.stringify("a=1&b=2\n"), { contentType: "application/x-www-form-urlencoded" })).toEqual({
    kind: "text",
    text: "a=1&b=2\n",
  });
});

test("what is no text is known as such, and what was erased too", () => {
  expect(told("{}", { payloadBase64: "AP8=" })).toEqual({ kind: "binary", base64: "AP8=" });
  expect(told('{"expired":true}')).toEqual({ kind: "erased" });
});
