import { expect, test } from "bun:test";
import {
  type Headers,
  headerFaults,
  isSensitiveHeader,
  MASK,
  maskHeaders,
  patchHeaders,
  showHeaders,
} from "./endpoint-headers.ts";

test("a patch replaces, adds and removes whatever the case of the name, and keeps the order", () => {
  const before: Headers = [
    ["X-A", "1"],
    ["X-B", "2"],
    ["X-C", "3"],
  ];
  expect(
    patchHeaders(before, [
      ["x-b", "new"],
      ["X-c", null],
      ["X-D", "4"],
      ["x-none", null],
    ]),
  ).toEqual([
    ["X-A", "1"],
    ["x-b", "new"],
    ["X-D", "4"],
  ]);
});

test("P8: values of credentials are shown nowhere", () => {
  const headers: Headers = [
    ["Authorization", "a"],
    ["X-Api-Key", "b"],
    ["X-Shop-Token", "c"],
    ["Cookie", "d"],
    ["X-Region", "eu"],
  ];
  expect(showHeaders(headers)).toEqual({
    shown: [["X-Region", "eu"]],
    sensitive: ["Authorization", "X-Api-Key", "X-Shop-Token", "Cookie"],
  });
  expect(maskHeaders(headers).map(([, value]) => value)).toEqual([MASK, MASK, MASK, MASK, "eu"]);
  expect(["x-auth-token", "WWW-Authenticate", "Proxy-Authorization", "X-Client-Secret"].every(isSensitiveHeader)).toBe(
    true,
  );
});

test("P8: what the sender sets, what is no name, what begins a line and what is too much is refused", () => {
  const fault = (headers: Headers) => headerFaults(headers).map(({ name }) => name);
  expect(
    fault([
      ["X-Fine", "a value, with spaces"],
      ["x-empty", ""],
      ["X-Latin", "é"],
    ]),
  ).toEqual([]);
  for (const name of [
    "Host",
    "Content-Length",
    "webhook-id",
    "SVIX-ID",
    "X-Event-Id",
    "Posthorn-Hops",
    "user-agent",
    "a:b",
    "",
  ]) {
    expect(fault([[name, "x"]])).toEqual([name]);
  }
  for (const value of ["a\r\nb", "a\nb", "\u0000", " x", "x ", "€", "x".repeat(4_097)])
    expect(fault([["X-A", value]])).toEqual(["X-A"]);
  expect(
    fault([
      ["X-A", "1"],
      ["x-a", "2"],
    ]),
  ).toEqual(["x-a"]);
  expect(fault(Array.from({ length: 51 }, (_, i) => [`X-${i}`, ""]))).toEqual([""]);
  expect(
    fault([
      ["X-A", "x".repeat(4_000)],
      ["X-B", "x".repeat(4_000)],
    ]),
  ).toEqual([""]);
  expect(headerFaults([["Authorization", "top secret\n"]])[0]?.message).not.toContain("top secret");
});
