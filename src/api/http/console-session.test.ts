import { expect, test } from "bun:test";
import { createConsoleSessions } from "#tenancy";
import { openConsoleSession } from "./console-session.ts";

const sessions = createConsoleSessions(Date.now);
const HERE = { host: "localhost:8080", origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };

function opened(headers: Record<string, string | undefined> = {}, address: string | undefined = "127.0.0.1") {
  const sent = Object.entries({ ...HERE, ...headers }).filter(
    (header): header is [string, string] => header[1] !== undefined,
  );
  const request = new Request("http://localhost:8080/console/session", { method: "POST", headers: sent });
  return openConsoleSession(sessions, request, address) !== undefined;
}

test("the console of this machine gets a session, under each name of it", () => {
  expect(opened()).toBe(true);
  expect(opened({ host: "127.0.0.1:8080", origin: "http://127.0.0.1:8080" })).toBe(true);
  expect(opened({ host: "[::1]:8080", origin: "http://[::1]:8080" }, "::1")).toBe(true);
  expect(opened({}, "::ffff:127.0.0.1")).toBe(true);
  expect(opened({ origin: undefined })).toBe(true);
});

test("P8: a name that somebody pointed here gets none (DNS rebinding)", () => {
  for (const host of ["evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0:8080", ""]) {
    expect([host, opened({ host, origin: `http://${host}` })]).toEqual([host, false]);
  }
});

test("P8: a page of another site, or of another program on this machine, gets none", () => {
  for (const site of ["cross-site", "same-site", "none", undefined]) {
    expect([site, opened({ "sec-fetch-site": site })]).toEqual([site, false]);
  }
  expect(opened({ origin: "http://localhost:3000" })).toBe(false);
  expect(opened({ origin: "null" })).toBe(false);
});

test("P8: who comes from elsewhere gets none, and neither does who comes through a proxy on this machine", () => {
  for (const address of ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "fe80::1", ""]) {
    expect([address, opened({}, address)]).toEqual([address, false]);
  }
  for (const header of ["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host", "cf-connecting-ip"]) {
    expect([header, opened({ [header]: "127.0.0.1" })]).toEqual([header, false]);
  }
  // One that was told nothing but where we are.
  expect(opened({ connection: "close", host: "127.0.0.1:8080", origin: undefined })).toBe(false);
});

test("outside development there is nothing to get", () => {
  expect(
    openConsoleSession(undefined, new Request("http://localhost/", { headers: HERE }), "127.0.0.1"),
  ).toBeUndefined();
});
