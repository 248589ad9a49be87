import { expect, test } from "bun:test";
import { receiver } from "./index.ts";

test("a receiver keeps the bytes of a request: order and case of its headers, and its body", async () => {
  await using receiving = receiver({ answer: { status: 202, headers: { "X-One": "1" }, body: "taken" } });
  const body = Uint8Array.from([0, 255, 13, 10, 13, 10, 1]);
  const response = await fetch(`${receiving.url}/a?b=c`, { method: "POST", headers: { "X-Signed-By": "Me" }, body });
  expect([response.status, response.headers.get("x-one"), await response.text()]).toEqual([202, "1", "taken"]);
  const [request] = await receiving.waitFor(1);
  expect(request?.head).toStartWith("POST /a?b=c HTTP/1.1\r\n");
  expect(request?.headers).toContainEqual(["X-Signed-By", "Me"]);
  expect(request?.header("x-signed-by")).toBe("Me");
  expect(request?.body).toEqual(body);
});

test("a receiver takes chunked bodies and several requests on one connection", async () => {
  await using receiving = receiver();
  const lines = new ReadableStream({
    start(controller) {
      for (const part of ["one ", "two ", "three"]) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  await (await fetch(receiving.url, { method: "POST", body: lines })).text();
  await (await fetch(receiving.url, { method: "POST", body: "again" })).text();
  expect(receiving.requests.map((request) => request.text())).toEqual(["one two three", "again"]);
  expect(receiving.requests[1]?.connection).toBe(1);
});

test("a receiver resets, closes, breaks a body, and never answers, as told", async () => {
  await using receiving = receiver();
  const code = async (): Promise<unknown> => {
    try {
      await (await fetch(receiving.url, { method: "POST", body: "x", signal: AbortSignal.timeout(1_000) })).text();
      return "answered";
    } catch (error) {
      return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
    }
  };
  receiving.answer("reset");
  expect(await code()).toBe("ECONNRESET");
  receiving.answer("close");
  expect(await code()).not.toBe("answered");
  receiving.answer({ raw: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", afterwards: "close" });
  expect(await code()).not.toBe("answered");
  receiving.answer({ stream: async (send) => send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") });
  expect(await code()).toBe("answered");
});

test("waiting for requests that do not come ends and says what came", async () => {
  await using receiving = receiver();
  await (await fetch(`${receiving.url}/x`)).text();
  await expect(receiving.waitFor(2, { timeoutMs: 20 })).rejects.toThrow("1 came that fit, of: GET /x");
});
