import { afterAll, describe, expect, test } from "bun:test";
import { OK, rawServer, rawTlsServer, TEST_CA } from "./fixtures/raw-server.ts";
import { createGuard } from "./guard.ts";
import type { Answer as Address } from "./resolve.ts";
import { createOutbound } from "./send.ts";

const guard = createGuard({ allowNetworks: ["127.0.0.0/8"] });
/** Every name under .test is here. */
const lookup = async (name: string): Promise<Address[]> => (name.endsWith(".test") ? [{ address: "127.0.0.1" }] : []);
const outbound = createOutbound({ guard, lookup, certificateAuthorities: TEST_CA });
afterAll(() => outbound.close());

const request = {
  method: "POST",
  headers: [],
  body: new TextEncoder().encode("{}"),
  timeoutMs: 5_000,
  responseBytesMax: 1_000,
} as const;

describe("what is sent", () => {
  test("P9: is the exact body, with the case of header names kept and the name as Host", async () => {
    await using server = await rawServer((socket) => void socket.write(OK));
    const body = new Uint8Array([0, 255, 13, 10, 65]);
    await outbound.send({
      ...request,
      url: `http://a.test:${server.port}/a%20b?c=d#e`,
      body,
      headers: [
        ["WebHook-ID", "msg_1"],
        ["X-latin", "é"],
      ],
    });
    const [head = "", sent] = server.received.split("\r\n\r\n");
    expect(head.split("\r\n")[0]).toBe("POST /a%20b?c=d HTTP/1.1");
    for (const line of [
      `Host: a.test:${server.port}`,
      "WebHook-ID: msg_1",
      "Accept-Encoding: identity",
      "Content-Length: 5",
    ]) {
      expect(head.split("\r\n")).toContain(line);
    }
    expect(head).toContain("X-latin: é");
    expect(sent).toBe("\u0000\u00ff\r\nA");
  });

  test.each([
    ["Host", "evil.test"],
    ["Content-Length", "0"],
    ["X-A", "1\r\nX-B: 2"],
    ["X\r\nB", "2"],
    ["X-A", "→"],
  ])("P8: is nothing when a header is %p: %p", async (name, value) => {
    await using server = await rawServer((socket) => void socket.write(OK));
    const result = await outbound.send({ ...request, url: `http://a.test:${server.port}/`, headers: [[name, value]] });
    expect(result).toMatchObject({ kind: "refused", refusal: "header_invalid" });
    expect(server.connections).toBe(0);
  });

  test("P8: goes to the receiver, whatever proxy the environment names", async () => {
    await using proxy = await rawServer(
      (socket) => void socket.write("HTTP/1.1 500 Proxy\r\nContent-Length: 0\r\n\r\n"),
    );
    await using server = await rawServer((socket) => void socket.write(OK));
    const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
    try {
      expect(await outbound.send({ ...request, url: `http://a.test:${server.port}/` })).toMatchObject({
        kind: "response",
        response: { status: 200 },
      });
      await outbound.send({ ...request, url: `https://a.test:${server.port}/`, timeoutMs: 200 });
    } finally {
      for (const [i, name] of names.entries()) {
        const old = before[i];
        if (old === undefined) delete process.env[name];
        else process.env[name] = old;
      }
    }
    expect(proxy.connections).toBe(0);
  });
});

describe("where it goes", () => {
  test("P8: a name that resolves to a private address only is refused before anything is sent", async () => {
    for (const address of ["10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1", "fd00:ec2::254"]) {
      const inside = createOutbound({ guard, lookup: async () => [{ address }] });
      const result = await inside.send({ ...request, url: "http://rebind.test/" });
      expect(result).toMatchObject({ kind: "refused", refusal: "address_not_allowed" });
      expect(result.kind === "refused" && result.detail).toContain(address);
    }
  });

  test("P8: of several addresses only an allowed one is connected to", async () => {
    await using server = await rawServer((socket) => void socket.write(OK));
    const mixed = createOutbound({
      guard,
      lookup: async () => ["10.0.0.1", "::1", "127.0.0.1"].map((address) => ({ address })),
    });
    expect(await mixed.send({ ...request, url: `http://mixed.test:${server.port}/` })).toMatchObject({
      kind: "response",
      remoteAddress: "127.0.0.1",
    });
    await mixed.close();
  });

  test("P8: rebinding gains nothing, since the checked address is the one connected to", async () => {
    await using server = await rawServer((socket) => void socket.write(OK));
    const answers = [["127.0.0.1"], ["169.254.169.254"]];
    let asked = 0;
    const rebound = createOutbound({
      guard,
      lookup: async () => (answers[asked++] ?? ["10.0.0.1"]).map((address) => ({ address })),
    });
    const url = `http://rebind.test:${server.port}/`;
    expect(await rebound.send({ ...request, url })).toMatchObject({ kind: "response", remoteAddress: "127.0.0.1" });
    expect(asked).toBe(1);
    expect(server.connections).toBe(1);
    await rebound.close();
  });

  test("P8: literal addresses are judged for each request", async () => {
    for (const host of ["10.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "0x0a000001", "169.254.169.254"]) {
      expect(await outbound.send({ ...request, url: `http://${host}/` })).toMatchObject({
        kind: "refused",
        refusal: "address_not_allowed",
      });
    }
  });

  test.each([
    ["ftp://a.test/", "scheme_not_allowed"],
    ["http://u:p@a.test/", "userinfo_not_allowed"],
    ["http://a.test:25/", "port_not_allowed"],
    ["nonsense", "url_invalid"],
  ] as const)("P8: %s is refused: %s", async (url, refusal) => {
    expect(await outbound.send({ ...request, url })).toMatchObject({ kind: "refused", refusal });
  });

  test("a name that does not exist is a fault of its own", async () => {
    expect(await outbound.send({ ...request, url: "http://nowhere.example/" })).toMatchObject({
      kind: "fault",
      fault: "dns_not_found",
      sent: false,
    });
  });

  test("P7: a lookup that hangs is under the same deadline", async () => {
    const hanging = createOutbound({ guard, lookup: () => new Promise(() => undefined) });
    expect(await hanging.send({ ...request, url: "http://slow.test/", timeoutMs: 40 })).toMatchObject({
      kind: "timeout",
      phase: "dns",
    });
    await hanging.close();
  });
});

describe("TLS", () => {
  /** Answers with the name that the client gave and the number of the connection. */
  const telling = () =>
    rawTlsServer((socket, _, connection) => {
      const name = "servername" in socket ? String(socket.servername) : "";
      socket.write(`HTTP/1.1 200 OK\r\nX-Name: ${name}\r\nX-Connection: ${connection}\r\nContent-Length: 0\r\n\r\n`);
    });
  async function seen(url: string): Promise<string> {
    const result = await outbound.send({ ...request, url });
    if (result.kind !== "response")
      return result.kind === "fault" ? `${result.fault} sent:${result.sent}` : result.kind;
    const field = (name: string) => result.response.headers.find(([header]) => header.toLowerCase() === name)?.[1];
    return `${field("x-name")} on ${field("x-connection")}`;
  }

  test("P8: a verified connection is never shared between names at one address and port", async () => {
    await using server = await telling();
    const of = (name: string) => seen(`https://${name}:${server.port}/`);
    expect([
      await of("a.test"),
      await of("b.test"),
      await of("a.test"),
      await of("b.test"),
      await of("A.test."),
    ]).toEqual(["a.test on 1", "b.test on 2", "a.test on 1", "b.test on 2", "a.test on 1"]);
  });

  test("P8: a certificate for another name is refused before the request is sent, pooled connection or not", async () => {
    await using server = await telling();
    expect(await seen(`https://a.test:${server.port}/`)).toBe("a.test on 1");
    expect(await seen(`https://c.test:${server.port}/`)).toBe("tls_certificate sent:false");
    expect(await seen(`https://127.0.0.1:${server.port}/`)).toBe("tls_certificate sent:false");
    expect(server.requests).toBe(1);
  });

  test("P8: a certificate of an unknown authority is refused, even when the environment says not to look", async () => {
    await using server = await telling();
    const strict = createOutbound({ guard, lookup });
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const result = await strict.send({ ...request, url: `https://a.test:${server.port}/` });
      expect(result).toMatchObject({ kind: "fault", fault: "tls_certificate", sent: false });
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
    expect(server.requests).toBe(0);
    await strict.close();
  });

  test("a receiver without TLS is a TLS fault", async () => {
    await using server = await rawServer((socket) => void socket.write(OK));
    server.allClosed();
    await using plain = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("ok") });
    const result = await outbound.send({ ...request, url: `https://a.test:${plain.port}/` });
    expect(result).toMatchObject({ kind: "fault", fault: "tls_protocol", sent: false });
  });
});

describe("leaving", () => {
  test("P12: what a signal cuts off is interrupted, and may have been sent", async () => {
    let arrived = (): void => undefined;
    const seen = new Promise<void>((resolve) => (arrived = resolve));
    await using server = await rawServer(() => arrived());
    const stop = new AbortController();
    const sent = outbound.send({ ...request, url: `http://a.test:${server.port}/`, signal: stop.signal });
    await seen;
    expect(outbound.inFlight).toBe(1);
    stop.abort();
    expect(await sent).toMatchObject({ kind: "fault", fault: "interrupted", sent: true });
    expect(outbound.inFlight).toBe(0);
  });

  test("P12: closing interrupts what is in flight, and afterwards nothing is sent", async () => {
    let arrived = (): void => undefined;
    const seen = new Promise<void>((resolve) => (arrived = resolve));
    await using server = await rawServer(() => arrived());
    const leaving = createOutbound({ guard, lookup });
    const url = `http://a.test:${server.port}/`;
    const sent = leaving.send({ ...request, url });
    await seen;
    await leaving.close();
    expect(await sent).toMatchObject({ kind: "fault", fault: "interrupted", sent: true });
    expect(await leaving.send({ ...request, url })).toMatchObject({ kind: "fault", fault: "interrupted", sent: false });
    expect(server.requests).toBe(1);
    await leaving.close();
  });
});
