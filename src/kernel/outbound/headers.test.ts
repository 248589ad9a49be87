import { expect, test } from "bun:test";
import fc from "fast-check";
import { headerLines, isConnectionHeader, isHeaderName, isHeaderValue, isReservedHeader } from "./headers.ts";

test.each(["", "a b", "a:b", "a\r\nb", "a\n", "ä", "a\u0000", "(a)"])("P8: %p is no header name", (name) => {
  expect(isHeaderName(name)).toBe(false);
});

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
  expect(headerLines([[name, "x"]], "Posthorn")).toMatchObject({ ok: false });
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

test("P8: whatever is given, what is sent has as many lines as fields, and each is one field", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("X-A", "a\r\nb", "ok", "__proto__"),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (fields) => {
      const made = headerLines(fields, "Posthorn");
      if (!made.ok) return;
      const lines = made.lines.split("\r\n");
      expect(lines.pop()).toBe("");
      expect(lines.slice(-fields.length || lines.length).every((line) => /^[^\r\n\0:]+: [^\r\n\0]*$/.test(line))).toBe(
        true,
      );
      expect(
        lines.filter((line) => !/^(User-Agent|Accept|Accept-Encoding): (Posthorn|\*\/\*|identity)$/.test(line)).length,
      ).toBe(fields.length);
    }),
  );
});

test("case, order and repetition are kept, and what the caller says wins over the defaults", () => {
  const fields = [
    ["X-MiXed", "1"],
    ["user-agent", "Mine"],
    ["X-MiXed", "2"],
  ] as const;
  expect(headerLines(fields, "Posthorn")).toEqual({
    ok: true,
    lines: "Accept: */*\r\nAccept-Encoding: identity\r\nX-MiXed: 1\r\nuser-agent: Mine\r\nX-MiXed: 2\r\n",
  });
});
