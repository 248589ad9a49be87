import { expect, test } from "bun:test";
import { createConsoleSessions } from "./console-session.ts";
import { createAuthenticate, type Principal, ROOT, WRONG } from "./principal.ts";

const authenticate = createAuthenticate("the-token");
const asked = (authorization?: string, by = authenticate) =>
  by({ headers: new Headers(authorization === undefined ? {} : { authorization }) });

test("the root token is recognised as a bearer token, whatever the scheme's case", () => {
  expect(asked("Bearer the-token")).toEqual({ ok: true, principal: ROOT });
  expect(asked("bearer  the-token")).toMatchObject({ ok: true });
});

test("P8: a missing header, another scheme and a wrong token are told apart, and none gets in", () => {
  expect(asked()).toEqual({ ok: false, reason: "missing" });
  expect(asked("Basic the-token")).toEqual({ ok: false, reason: "not_bearer" });
  expect(asked("Bearer the-token x")).toEqual({ ok: false, reason: "not_bearer" });
  for (const wrong of ["the-toke", "the-token1", "phk_x", "appsk_x", "phc_x", "x".repeat(10_000)]) {
    expect(asked(`Bearer ${wrong}`)).toEqual({ ok: false, reason: "wrong" });
  }
});

test("who holds tokens is asked for his kind only, and by the hash", () => {
  const seen: string[] = [];
  const source = (name: string) => ({
    find: (hash: string) => {
      seen.push(`${name} ${/^[0-9a-f]{64}$/.test(hash)}`);
      return WRONG;
    },
  });
  const both = createAuthenticate("phk_root", { stored: source("stored"), console: source("console") });
  // A root token that looks like a key is still the root token.
  expect(asked("Bearer phk_root", both)).toMatchObject({ ok: true });
  for (const token of ["phk_1", "appsk_1", "phc_1", "other"]) asked(`Bearer ${token}`, both);
  expect(seen).toEqual(["stored true", "stored true", "console true"]);
});

test("a session of the console ends by itself after an hour, and when it is closed", () => {
  let nowMs = 1_000_000;
  const sessions = createConsoleSessions(() => nowMs);
  const by = createAuthenticate("the-token", { console: sessions });
  const first = sessions.open();
  const second = sessions.open();
  const found = asked(`Bearer ${first.token}`, by) as { readonly principal: Principal };
  expect(found.principal).toMatchObject({ kind: "console", role: "admin", appId: undefined });
  sessions.close(found.principal.id);
  expect(asked(`Bearer ${first.token}`, by)).toEqual({ ok: false, reason: "wrong" });
  nowMs = second.expiresAtMs - 1;
  expect(asked(`Bearer ${second.token}`, by)).toMatchObject({ ok: true });
  nowMs++;
  expect(asked(`Bearer ${second.token}`, by)).toEqual({ ok: false, reason: "expired" });
});
