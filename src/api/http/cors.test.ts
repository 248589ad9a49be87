import { describe, expect, test } from "bun:test";
import { createCors } from "./cors.ts";

const SHOP = "https://shop.example";

function ask(method: string, headers: Record<string, string> = {}): Request {
  return new Request("http://engine/api/v1/app/a/endpoint", { method, headers });
}

const preflight = ask("OPTIONS", {
  origin: SHOP,
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization, content-type,idempotency-key",
});

describe("a page of another origin", () => {
  test("may ask with its own headers where all origins are allowed", () => {
    const answer = createCors(["*"]).preflight(preflight);
    expect(answer?.status).toBe(204);
    expect(answer?.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer?.headers.get("access-control-allow-headers")).toBe("authorization, content-type,idempotency-key");
    expect(answer?.headers.get("access-control-allow-methods")).toContain("PATCH");
    expect(answer?.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("is told by name when only some are, and the answer is kept apart by origin", () => {
    const cors = createCors([SHOP]);
    const response = Response.json({});
    cors.allow(ask("GET", { origin: SHOP }), response);
    expect(response.headers.get("access-control-allow-origin")).toBe(SHOP);
    expect(response.headers.get("access-control-expose-headers")).toContain("Retry-After");
    expect(response.headers.get("vary")).toContain("Origin");
  });

  test.each([[[]], [["https://other.example"]]])("gets no permission when %j are allowed", (origins) => {
    const cors = createCors(origins);
    const response = Response.json({});
    cors.allow(ask("GET", { origin: SHOP }), response);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(cors.preflight(preflight)?.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("cannot smuggle anything through the list of headers it asks for", () => {
    const odd = ask("OPTIONS", {
      origin: SHOP,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization; x",
    });
    expect(createCors(["*"]).preflight(odd)?.headers.get("access-control-allow-headers")).toBeNull();
  });
});

test("who asks without an origin is answered as ever", () => {
  const cors = createCors(["*"]);
  const response = Response.json({});
  cors.allow(ask("GET"), response);
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  expect(cors.preflight(ask("OPTIONS", { origin: SHOP }))).toBeUndefined();
  expect(cors.preflight(ask("GET", { origin: SHOP, "access-control-request-method": "POST" }))).toBeUndefined();
});
