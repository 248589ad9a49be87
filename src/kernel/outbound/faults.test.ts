import { afterAll, describe, expect, test } from "bun:test";
import { classify } from "./classify.ts";
import { type Answer, OK, rawServer } from "./fixtures/raw-server.ts";
import { createGuard } from "./guard.ts";
import type { SendResult } from "./outcome.ts";
import { createOutbound, type OutboundRequest } from "./send.ts";

const outbound = createOutbound({ guard: createGuard({ allowNetworks: ["127.0.0.0/8"] }) });
afterAll(() => outbound.close());

const BODY = new TextEncoder().encode('{"type":"invoice.paid"}');
type Case = Partial<Omit<OutboundRequest, "url">>;

/** Sends one request to a receiver that behaves as told, and says how often that saw a request. */
async function meet(
  answer: Answer,
  request: Case = {},
): Promise<{ result: SendResult; requests: number; outcome: string }> {
  await using server = await rawServer(answer);
  const url = `http://127.0.0.1:${server.port}/hook`;
  const result = await outbound.send({
    url,
    method: "POST",
    headers: [],
    body: BODY,
    timeoutMs: 5_000,
    responseBytesMax: 1_000,
    ...request,
  });
  const outcome = classify(result, 0);
  return { result, requests: server.requests, outcome: `${outcome.class} ${outcome.reason}` };
}

/** Writes the same bytes again and again, as fast as the client takes them. */
const endlessly =
  (head: string, chunk: string): Answer =>
  (socket) => {
    socket.write(head);
    const more = (): void => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", more);
    more();
  };

describe("a receiver that", () => {
  test("P5: resets before any header is a retryable fault that may have been sent", async () => {
    const met = await meet((socket) => socket.resetAndDestroy());
    expect(met.result).toMatchObject({
      kind: "fault",
      fault: "connection_reset",
      sent: true,
      remoteAddress: "127.0.0.1",
    });
    expect(met).toMatchObject({ outcome: "retryable connection_reset", requests: 1 });
  });

  test("P5: closes inside the header block is a reset too", async () => {
    const met = await meet((socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Le"));
    expect(met).toMatchObject({ outcome: "retryable connection_reset", requests: 1 });
  });

  test.each([
    ["less than its Content-Length", "Content-Length: 20\r\n\r\nok"],
    ["a chunked body that ends inside a chunk", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"],
    ["a chunked body without its last chunk", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
  ])("P5: answers 2xx and sends %s is ambiguous", async (_, rest) => {
    const met = await meet((socket) => void socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    expect(met.result).toMatchObject({ kind: "broken_body", response: { status: 200 } });
    expect(met).toMatchObject({ outcome: "ambiguous broken_body", requests: 1 });
  });

  test("P5: answers 2xx with chunks that do not parse is ambiguous", async () => {
    const met = await meet(
      (socket) => void socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
    );
    expect(met.outcome).toBe("ambiguous broken_body");
  });

  test("P5: answers 503 and breaks the body is judged by its status", async () => {
    const met = await meet((socket) => void socket.end("HTTP/1.1 503 No\r\nContent-Length: 20\r\n\r\nno"));
    expect(met.outcome).toBe("retryable http_503");
  });

  test("P5: ends a body of unknown length by closing is a success", async () => {
    const met = await meet((socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nhello"));
    expect(met.outcome).toBe("delivered http_200");
  });

  test("P5: resets inside a body of unknown length is ambiguous", async () => {
    const met = await meet((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\nhello", () => socket.resetAndDestroy());
    });
    expect(met.outcome).toMatch(/^(ambiguous broken_body|retryable connection_reset)$/);
  });

  test("P5: drips bytes is cut off by the one deadline, and keeps what it said", async () => {
    const met = await meet(
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const drip = setInterval(() => socket.write("1\r\nx\r\n"), 5);
        socket.on("close", () => clearInterval(drip));
      },
      { timeoutMs: 100 },
    );
    expect(met.result).toMatchObject({ kind: "timeout", phase: "body", response: { status: 200 } });
    expect(met.outcome).toBe("timeout timeout_body");
    const kept = met.result.kind === "timeout" ? met.result.response?.body : undefined;
    expect(new TextDecoder().decode(kept)).toMatch(/^x+$/);
  });

  test("P5: drips its header block is cut off by the same deadline", async () => {
    const met = await meet(
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nX-A: ");
        const drip = setInterval(() => socket.write("a"), 5);
        socket.on("close", () => clearInterval(drip));
      },
      { timeoutMs: 100 },
    );
    expect(met.outcome).toBe("timeout timeout_connect_or_headers");
  });

  test("P5: answers only after the deadline has timed out, and its connection is gone", async () => {
    await using server = await rawServer(() => undefined);
    const url = `http://127.0.0.1:${server.port}/`;
    const result = await outbound.send({
      url,
      method: "POST",
      headers: [],
      body: BODY,
      timeoutMs: 60,
      responseBytesMax: 100,
    });
    expect(result).toMatchObject({ kind: "timeout", phase: "connect_or_headers" });
    expect(result.timing.totalUs).toBeGreaterThanOrEqual(60_000);
    await server.allClosed();
    expect(outbound.inFlight).toBe(0);
  });

  test.each([
    ["a Content-Length of 10 GB", "Content-Length: 10000000000\r\n\r\n", "x".repeat(65_536)],
    ["endless chunks", "Transfer-Encoding: chunked\r\n\r\n", `10000\r\n${"x".repeat(65_536)}\r\n`],
    ["an endless body of unknown length", "\r\n", "x".repeat(65_536)],
  ])("P7: sends %s costs the cap and has succeeded", async (_, head, chunk) => {
    await using server = await rawServer(endlessly(`HTTP/1.1 200 OK\r\n${head}`, chunk));
    const before = process.memoryUsage.rss();
    const url = `http://127.0.0.1:${server.port}/`;
    const result = await outbound.send({
      url,
      method: "POST",
      headers: [],
      body: BODY,
      timeoutMs: 5_000,
      responseBytesMax: 1_000,
    });
    expect(result).toMatchObject({ kind: "response", response: { status: 200, truncated: true } });
    expect(result.kind === "response" && result.response.body.byteLength).toBe(1_000);
    expect(classify(result, 0).class).toBe("delivered");
    await server.allClosed();
    expect(process.memoryUsage.rss() - before).toBeLessThan(64_000_000);
  });

  test.each([
    ["a body exactly as long as the cap", 1_000, false],
    ["a body one byte longer", 1_001, true],
  ])("P5: sends %s", async (_, bytes, truncated) => {
    for (const framing of ["length", "chunked"]) {
      const text = "x".repeat(bytes);
      const rest =
        framing === "length"
          ? `Content-Length: ${bytes}\r\n\r\n${text}`
          : `Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
      const { result } = await meet((socket) => void socket.write(`HTTP/1.1 200 OK\r\n${rest}`));
      expect(result).toMatchObject({ kind: "response", response: { truncated } });
      expect(result.kind === "response" && result.response.body.byteLength).toBe(1_000);
    }
  });

  test("P7: says a small Content-Length beside chunks gains nothing by it", async () => {
    const { result } = await meet(
      endlessly(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        `1000\r\n${"x".repeat(4_096)}\r\n`,
      ),
    );
    const bytes = result.kind === "response" ? result.response.body.byteLength : 0;
    expect(bytes).toBeLessThanOrEqual(1_000);
  });

  test("P9: sends broken gzip is recorded as it came, not decompressed", async () => {
    const { result, outcome } = await meet(
      (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
    );
    expect(outcome).toBe("delivered http_200");
    expect(result.kind === "response" && new TextDecoder().decode(result.response.body)).toBe("abc");
  });

  test.each([
    ["garbage", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["long garbage", "garbage ".repeat(50_000)],
    ["two lengths that differ", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"],
    ["a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nok"],
    ["an upgrade nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
  ])("P6: sends %s instead of HTTP is a retryable fault", async (_, bytes) => {
    const met = await meet((socket) => void socket.write(bytes));
    expect(met).toMatchObject({ outcome: "retryable invalid_response", requests: 1 });
  });

  test("P6: speaks HTTP/0.9 is a retryable fault", async () => {
    const met = await meet((socket) => void socket.end("<html>hello</html>"));
    expect(met.outcome).toMatch(/^retryable (invalid_response|connection_reset)$/);
  });

  test("P7: sends headers without end is cut off by their size", async () => {
    for (const line of [`X-A: ${"a".repeat(1_000)}\r\n`, "a".repeat(65_536)]) {
      const met = await meet(endlessly("HTTP/1.1 200 OK\r\nX-First: ", line));
      expect(met.outcome).toBe("retryable invalid_response");
    }
  });

  test("P7: sends 60 kB of headers is answered, and 16 kB of them are kept", async () => {
    const fields = Array.from({ length: 60 }, (_, i) => `X-${i}: ${"a".repeat(1_000)}\r\n`).join("");
    const { result, outcome } = await meet(
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 2\r\n\r\nok`),
    );
    expect(outcome).toBe("delivered http_200");
    const kept = result.kind === "response" ? result.response.headers.flat().join("").length : 0;
    expect(kept).toBeGreaterThan(10_000);
    expect(kept).toBeLessThanOrEqual(16_384);
  });

  test("sends an interim response first is judged by the final one", async () => {
    const met = await meet(
      (socket) => void socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`),
    );
    expect(met.outcome).toBe("delivered http_200");
  });

  test("P7: floods with 100 Continue is cut off by the deadline and its memory is bounded", async () => {
    const before = process.memoryUsage.rss();
    const met = await meet(endlessly("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(500)), { timeoutMs: 200 });
    // An engine that counts interim responses may call it an invalid response sooner.
    expect(met.outcome).toMatch(/^(timeout timeout_connect_or_headers|retryable invalid_response)$/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64_000_000);
  });

  test("answers before it has read the request is heard", async () => {
    const met = await meet(
      (socket) => void socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"),
      {
        body: new Uint8Array(8_000_000),
      },
    );
    expect(met.outcome).toBe("permanent http_413");
  });

  test("P8: redirects to the metadata service is not followed", async () => {
    const met = await meet(
      (socket) =>
        void socket.write(
          "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n",
        ),
    );
    expect(met.result).toMatchObject({ kind: "response", response: { status: 302 }, remoteAddress: "127.0.0.1" });
    expect(met).toMatchObject({ outcome: "permanent http_302", requests: 1 });
  });

  test("is not there is a fault that was certainly not sent", async () => {
    const gone = await rawServer(() => undefined);
    await gone[Symbol.asyncDispose]();
    const result = await outbound.send({
      url: `http://127.0.0.1:${gone.port}/`,
      method: "POST",
      headers: [],
      timeoutMs: 5_000,
      responseBytesMax: 0,
    });
    expect(result).toMatchObject({ kind: "fault", fault: "connection_refused", sent: false });
  });

  test("P4: sends a second response ahead of the second request does not have it taken for the answer", async () => {
    const early = "HTTP/1.1 500 Early\r\nContent-Length: 2\r\n\r\nno";
    await using server = await rawServer((socket) => void socket.write(OK + early));
    for (let i = 0; i < 3; i++) {
      const url = `http://127.0.0.1:${server.port}/`;
      const result = await outbound.send({
        url,
        method: "POST",
        headers: [],
        body: BODY,
        timeoutMs: 5_000,
        responseBytesMax: 100,
      });
      expect(result).toMatchObject({ kind: "response", response: { status: 200 } });
    }
  });
});

describe("P4: one send is one request on the wire", () => {
  test.each(["POST", "PATCH", "PUT", "GET", "DELETE", "HEAD"] as const)(
    "%s is not sent again when the connection dies under it",
    async (method) => {
      // Every connection answers once and dies when it is used again; a new one dies at once from the second request on.
      await using server = await rawServer(
        (socket, nth) =>
          void (nth === 1 ? socket.write(OK.slice(0, method === "HEAD" ? -2 : undefined)) : socket.destroy()),
      );
      const request = {
        url: `http://127.0.0.1:${server.port}/`,
        method,
        headers: [],
        timeoutMs: 5_000,
        responseBytesMax: 100,
      };
      expect(await outbound.send(request)).toMatchObject({ kind: "response" });
      expect(await outbound.send(request)).toMatchObject({ kind: "fault", fault: "connection_reset", sent: true });
      expect(server.requests).toBe(2);
    },
  );

  test("P4: what an idle connection says unasked closes it, and the next request has one of its own", async () => {
    const unasked = Promise.withResolvers<void>();
    await using server = await rawServer((socket, nth) => {
      socket.write(OK);
      // In a segment of its own, after the client has seen the answer.
      if (nth === 1) unasked.promise.then(() => socket.write(OK));
    });
    const request = {
      url: `http://127.0.0.1:${server.port}/`,
      method: "POST",
      headers: [],
      body: BODY,
      timeoutMs: 5_000,
      responseBytesMax: 100,
    } as const;
    await outbound.send(request);
    unasked.resolve();
    await server.allClosed();
    expect(await outbound.send(request)).toMatchObject({ kind: "response", response: { status: 200 } });
    expect(server).toMatchObject({ connections: 2, requests: 2 });
  });

  test("P9: a body larger than the socket takes at once arrives whole, and in order", async () => {
    const body = new Uint8Array(5_000_000).map((_, i) => (i * 7 + (i >> 8)) & 255);
    const seen = Promise.withResolvers<string>();
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        seen.resolve(Bun.hash(await request.arrayBuffer()).toString());
        return new Response("ok");
      },
    });
    const result = await outbound.send({
      url: `http://127.0.0.1:${server.port}/`,
      method: "PUT",
      headers: [],
      body,
      timeoutMs: 10_000,
      responseBytesMax: 100,
    });
    expect(result).toMatchObject({ kind: "response", response: { status: 200 } });
    expect(await seen.promise).toBe(Bun.hash(body).toString());
  });

  test("P7: five hundred requests at once, again and again, use five hundred connections", async () => {
    await using server = await rawServer((socket) => void socket.write(OK));
    const request = {
      url: `http://127.0.0.1:${server.port}/`,
      method: "POST",
      headers: [],
      body: BODY,
      timeoutMs: 10_000,
      responseBytesMax: 100,
    } as const;
    for (let i = 0; i < 3; i++) await Promise.all(Array.from({ length: 500 }, () => outbound.send(request)));
    expect(server.requests).toBe(1_500);
    expect(server.connections).toBeLessThanOrEqual(500);
  });

  test("POSTs in a row share a connection", async () => {
    await using server = await rawServer((socket) => void socket.write(OK));
    const request = {
      url: `http://127.0.0.1:${server.port}/`,
      method: "POST",
      headers: [],
      body: BODY,
      timeoutMs: 5_000,
      responseBytesMax: 100,
    } as const;
    for (let i = 0; i < 10; i++) await outbound.send(request);
    expect(server).toMatchObject({ connections: 1, requests: 10 });
  });
});
