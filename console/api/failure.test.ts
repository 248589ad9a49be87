import { describe, expect, test } from "bun:test";
import { asFailure, failureOf } from "./failure.ts";

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  failureOf(new Response(body, { status, headers }));

describe("a failure", () => {
  test("carries the API's stable code, its words, and what to look for in the log", async () => {
    const failure = await answer(409, '{"code":"conflict","detail":"The uid is taken"}', {
      "posthorn-request-id": "r1",
    });
    expect({ ...failure, message: failure.message, kind: failure.kind }).toMatchObject({
      status: 409,
      code: "conflict",
      message: "The uid is taken",
      kind: "conflict",
      requestId: "r1",
    });
  });

  test("names every fault of a 422 with the way to its field", async () => {
    const failure = await answer(
      422,
      '{"detail":[{"loc":["body","url"],"msg":"is no URL","type":"value_error"},{"loc":["body","uid"],"msg":"is long"}]}',
    );
    expect(failure.kind).toBe("invalid");
    expect(failure.faults.map(({ loc }) => loc.join("."))).toEqual(["body.url", "body.uid"]);
    expect(failure.message).toBe("url: is no URL");
  });

  test("tells a 503 that may have happened from one that did not (P1)", async () => {
    expect((await answer(503, '{"code":"not_confirmed","detail":"…"}', { "retry-after": "2" })).kind).toBe("maybe");
    const busy = await answer(503, '{"code":"overloaded","detail":"…"}', { "retry-after": "2" });
    expect([busy.kind, busy.retryAfterSeconds]).toEqual(["busy", 2]);
  });

  test("has words for an answer that is not the API's", async () => {
    expect((await answer(502, "<html>bad gateway</html>")).message).toBe("The server answered 502");
    expect((await answer(500, "null")).code).toBe("http_500");
  });

  test("knows a server that did not answer", () => {
    expect(asFailure(new TypeError("Failed to fetch")).kind).toBe("unreachable");
    expect(asFailure(new TypeError("x is not a function")).kind).toBe("fault");
  });
});
