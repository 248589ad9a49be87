import { expect, test } from "bun:test";
import fc from "fast-check";
import { headerRecord, isConnectionHeader, isHeaderName, isHeaderValue, isReservedHeader } from "./headers.ts";

test.each(["", "a b", "a:b", "a\r\nb", "a\n", "ä", "a\u0000", "__proto__", "(a)"])(
  "P8: %p is no header name",
  (name) => {
    expect(isHeaderName(name)).toBe(false);
  },
);

test.each(["a\r\nX: y", "a\n", "\r", "a\u0000b", "\u007f", "Ā", "→", " a", "a ", "\ta"])(
  "P8: %p is no header value",
  (value) => {
    expect(isHeaderValue(value)).toBe(false);
  },
);

test.each(["", "a", "a b", "a\tb", "é", '{"json":"yes"}'])("%p is a header value", (value) =>
  expect(isHeaderValue(value)).toBe(true),
);

test.each([
  ...["Host", "content-length", "Transfer-Encoding", "CONNECTION", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect"],
  ...["Proxy-Authorization", "proxy-connection"],
])("P8: nobody but the client sets %s", (name) => {
  expect(isConnectionHeader(name)).toBe(true);
  expect(isReservedHeader(name)).toBe(true);
  expect(headerRecord([[name, "x"]], {})).toContain(name);
});

test.each(["webhook-id", "Webhook-Signature", "svix-id", "X-Event-Id", "x-delivery-id", "X-Signature", "Content-Type"])(
  "P8: customers cannot set %s, the engine can",
  (name) => {
    expect(isReservedHeader(name)).toBe(true);
    expect(isConnectionHeader(name)).toBe(false);
  },
);

test.each(["Authorization", "X-Api-Key", "User-Agent", "X-Custom", "Hosting"])("customers may set %s", (name) => {
  expect(isReservedHeader(name)).toBe(false);
});

test("P8: whatever goes into the record has no line end and no NUL in it", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (fields) => {
      const into: Record<string, string> = {};
      if (headerRecord(fields, into) !== undefined) return;
      for (const [name, value] of Object.entries(into)) expect(`${name}: ${value}`).not.toMatch(/[\r\n\0]/);
    }),
  );
});

test("a field that comes twice is joined", () => {
  const into: Record<string, string> = {};
  headerRecord(
    [
      ["X-A", "1"],
      ["X-A", "2"],
    ],
    into,
  );
  expect(into).toEqual({ "X-A": "1, 2" });
});
