import { expect, test } from "bun:test";
import { createEventParser } from "./sse.ts";

const STREAM =
  'event: hello\ndata: {}\n\n: heartbeat\n\nevent: batch\r\ndata: {"a":1}\r\n\r\ndata:plain\ndata: lines\n\n';

test("a stream cut anywhere gives the same events", () => {
  const whole = createEventParser()(STREAM);
  expect(whole).toEqual([
    { event: "hello", data: "{}" },
    { event: "batch", data: '{"a":1}' },
    { event: "message", data: "plain\nlines" },
  ]);
  for (let size = 1; size < 9; size += 1) {
    const take = createEventParser();
    const pieces = STREAM.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
    expect(pieces.flatMap((piece) => take(piece))).toEqual(whole);
  }
});
