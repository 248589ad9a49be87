import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HEAD_BYTES_MAX, type Progress, ResponseReader } from "./response-reader.ts";

interface Read {
  progress: Progress;
  status: number;
  headers: [string, string][];
  body: string;
  truncated: boolean;
  reusable: boolean;
}

/** Reads the bytes cut at the given places; `close` lets the peer close afterwards. */
function read(
  text: string,
  options: { cuts?: number[]; bytesMax?: number; isHead?: boolean; close?: boolean } = {},
): Read {
  const reader = new ResponseReader(options.isHead ?? false, options.bytesMax ?? 1_000);
  const bytes = Buffer.from(text, "latin1");
  const places = [
    0,
    ...(options.cuts ?? []).map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  let progress: Progress = "more";
  for (let i = 1; i < places.length; i++) progress = reader.feed(bytes.subarray(places[i - 1], places[i]));
  if (options.close === true) progress = reader.end();
  const { status, headers, truncated, reusable } = reader;
  return { progress, status, headers, truncated, reusable, body: Buffer.from(reader.body()).toString("latin1") };
}

const head = (fields: string, status = "200 OK") => `HTTP/1.1 ${status}\r\n${fields}\r\n`;

describe("a response", () => {
  test("with a length is read to it", () => {
    expect(read(`${head("Content-Length: 5\r\nX-A: 1\r\nx-a:2 \r\n")}hello`)).toEqual({
      progress: "done",
      status: 200,
      headers: [
        ["Content-Length", "5"],
        ["X-A", "1"],
        ["x-a", "2"],
      ],
      body: "hello",
      truncated: false,
      reusable: true,
    });
  });

  test("in chunks is read to the last, with extensions and trailers", () => {
    const chunks = '5;a="b"\r\nhello\r\n00A\r\n0123456789\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n';
    expect(read(head("Transfer-Encoding: Chunked\r\n") + chunks)).toMatchObject({
      progress: "done",
      body: "hello0123456789",
      reusable: true,
    });
  });

  test("without either is read to the close", () => {
    const text = `${head("X: y\r\n")}hello`;
    expect(read(text)).toMatchObject({ progress: "more", body: "hello" });
    expect(read(text, { close: true })).toMatchObject({ progress: "done", body: "hello", reusable: false });
  });

  test.each([
    ["204", "204 No Content", false],
    ["304", "304 Not Modified", false],
    ["one to HEAD", "200 OK", true],
  ])("that is %s has no body, whatever it announces", (_, status, isHead) => {
    expect(read(head("Content-Length: 5\r\n", status), { isHead })).toMatchObject({
      progress: "done",
      body: "",
      reusable: true,
    });
  });

  test("comes after interim responses", () => {
    const interim = `${head("", "100 Continue")}${head("Link: </a>\r\n", "103 Early Hints")}`;
    expect(read(`${interim}${head("Content-Length: 2\r\n")}ok`)).toMatchObject({
      progress: "done",
      status: 200,
      body: "ok",
    });
    expect(read(head("", "100 Continue").repeat(17))).toMatchObject({ progress: "invalid" });
  });

  test("with line ends of LF only is read", () => {
    expect(read("HTTP/1.0 200\nContent-Length: 2\n\nok")).toMatchObject({
      progress: "done",
      status: 200,
      body: "ok",
      reusable: false,
    });
  });

  test.each([
    ["Connection: close\r\nContent-Length: 0\r\n"],
    ["Connection: x, Close\r\nContent-Length: 0\r\n"],
    ["Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"],
  ])("that says %p is the last of its connection", (fields) => {
    expect(read(`${head(fields)}${fields.startsWith("T") ? "0\r\n\r\n" : ""}`)).toMatchObject({
      progress: "done",
      reusable: false,
    });
  });

  test("P4: with bytes after its end is the last of its connection", () => {
    expect(read(`${head("Content-Length: 2\r\n")}okHTTP/1.1 500`)).toMatchObject({
      progress: "done",
      body: "ok",
      reusable: false,
    });
  });

  test.each([
    ["SSH-2.0-OpenSSH"],
    ["HTTP/2.0 200 OK\r\n\r\n"],
    ["HTTP/1.1 99 Low\r\n\r\n"],
    ["HTTP/1.1 20 OK\r\n\r\n"],
    ["HTTP/1.1 2000 OK\r\n\r\n"],
    [head("", "101 Switching Protocols")],
    [head("Content-Length: 1\r\nContent-Length: 2\r\n")],
    [head("Content-Length: -1\r\n")],
    [head("Content-Length: 1e3\r\n")],
    [head("Content-Length: 9999999999999999\r\n")],
    [head("Content-Length : 1\r\n")],
    [head("Transfer-Encoding: gzip, chunked\r\n")],
    [head("X: 1\r\n folded\r\n")],
    [head("no colon\r\n")],
    [head(": no name\r\n")],
    [head("X: a\0b\r\n")],
    [head("X: a\rb\r\n")],
    [`${head("Transfer-Encoding: chunked\r\n")}zz\r\n`],
    [`${head("Transfer-Encoding: chunked\r\n")}-1\r\n`],
    [`${head("Transfer-Encoding: chunked\r\n")}2\r\nabc\r\n`],
    [`${head("Transfer-Encoding: chunked\r\n")}1;${"x".repeat(9_000)}`],
    [`${head("Transfer-Encoding: chunked\r\n")}0\r\n${"X: y\r\n".repeat(2_000)}`],
    [`HTTP/1.1 200 OK\r\nX: ${"a".repeat(HEAD_BYTES_MAX)}`],
    [head(`X: ${"a".repeat(HEAD_BYTES_MAX)}\r\n`)],
  ])("like %p is invalid", (text) => {
    expect(read(text, { close: true }).progress).toBe("invalid");
    expect(read(text, { close: true, cuts: [3, 17, 21, 30, 47, 60, 61] }).progress).toBe("invalid");
  });

  test("P7: is read up to the cap, and then is over", () => {
    for (const text of [
      `${head("Content-Length: 2000\r\n")}${"x".repeat(2_000)}`,
      `${head("Transfer-Encoding: chunked\r\n")}7d0\r\n${"x".repeat(2_000)}\r\n0\r\n\r\n`,
      `${head("")}${"x".repeat(2_000)}`,
    ]) {
      const capped = read(text, { bytesMax: 10 });
      expect(capped).toMatchObject({ progress: "done", truncated: true, reusable: false, body: "x".repeat(10) });
    }
    expect(read(`${head("Content-Length: 10\r\n")}${"x".repeat(10)}`, { bytesMax: 10 })).toMatchObject({
      truncated: false,
      reusable: true,
    });
    expect(read(`${head("Content-Length: 1\r\n")}x`, { bytesMax: 0 })).toMatchObject({
      progress: "done",
      truncated: true,
      body: "",
    });
  });
});

describe("however the bytes are cut", () => {
  const cuts = fc.array(fc.nat(), { maxLength: 20 });

  test("the same response is read", () => {
    const body = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "0", ":", "H"), maxLength: 60 });
    const framed = fc.tuple(
      body,
      fc.constantFrom("length", "chunked", "close"),
      fc.nat({ max: 30 }),
      fc.constantFrom("\r\n", "\n"),
    );
    fc.assert(
      fc.property(framed, cuts, ([text, framing, size, eol], places) => {
        const lines = ["HTTP/1.1 100 Go on", "", "HTTP/1.1 200 OK", "X-A: b"];
        let sent = text;
        if (framing === "length") lines.push(`Content-Length: ${text.length}`);
        if (framing === "chunked") {
          lines.push("Transfer-Encoding: chunked");
          const first = text.slice(0, size);
          const rest = text.slice(size);
          const chunk = (part: string) => (part === "" ? "" : `${part.length.toString(16)}${eol}${part}${eol}`);
          sent = `${chunk(first)}${chunk(rest)}0${eol}${eol}`;
        }
        const whole = `${lines.join(eol)}${eol}${eol}${sent}`;
        const once = read(whole, { close: true });
        expect(once).toMatchObject({ progress: "done", status: 200, body: text });
        expect(read(whole, { close: true, cuts: places })).toEqual(once);
        expect(read(whole, { close: true, cuts: Array.from(whole, (_, i) => i) })).toEqual(once);
      }),
    );
  });

  test("noise is read to the same verdict, and never throws", () => {
    const noise = fc.array(
      fc.constantFrom(
        "HTTP/1.1 200 OK",
        "\r\n",
        "\n",
        "Content-Length: 3",
        "Transfer-Encoding: chunked",
        "3",
        "abc",
        ":",
        "\0",
        " ",
      ),
    );
    fc.assert(
      fc.property(noise, cuts, (parts, places) => {
        const text = parts.join("");
        const { reusable: _, ...once } = read(text, { close: true });
        expect(read(text, { close: true, cuts: places })).toMatchObject(once);
      }),
      { numRuns: 500 },
    );
  });
});
