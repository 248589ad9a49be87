import { expect, test } from "bun:test";
import { AnswerReader } from "./answers.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

test("an answer with a length is complete when its last byte arrived, however it was cut", () => {
  const text = 'HTTP/1.1 202 Accepted\r\nContent-Length: 11\r\n\r\n{"id":"m1"}';
  for (let cut = 1; cut < text.length; cut++) {
    const reader = new AnswerReader();
    expect(reader.push(bytes(text.slice(0, cut)))).toBeUndefined();
    expect(reader.push(bytes(text.slice(cut)))).toBe(202);
  }
});

test("a chunked answer ends with its empty chunk, and the next answer starts clean", () => {
  const reader = new AnswerReader();
  expect(reader.push(bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"))).toBeUndefined();
  expect(reader.push(bytes("0\r\n\r\n"))).toBe(200);
  expect(reader.push(bytes("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n"))).toBe(503);
});

test("an answer without a body, and an interim answer before the real one", () => {
  const reader = new AnswerReader();
  expect(reader.push(bytes("HTTP/1.1 204 No Content\r\n\r\n"))).toBe(204);
  expect(reader.push(bytes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok"))).toBe(
    202,
  );
});
