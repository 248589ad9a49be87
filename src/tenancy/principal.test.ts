import { expect, test } from "bun:test";
import { createAuthenticate } from "./principal.ts";

const authenticate = createAuthenticate("the-token");
const asked = (authorization?: string) =>
  authenticate({ headers: new Headers(authorization === undefined ? {} : { authorization }) });

test("the admin token is recognised as a bearer token, whatever the scheme's case", () => {
  expect(asked("Bearer the-token")).toEqual({ ok: true, principal: { kind: "admin", id: "admin" } });
  expect(asked("bearer  the-token")).toMatchObject({ ok: true });
});

test("P8: a missing header, another scheme and a wrong token are told apart, and none gets in", () => {
  expect(asked()).toEqual({ ok: false, reason: "missing" });
  expect(asked("Basic the-token")).toEqual({ ok: false, reason: "not_bearer" });
  expect(asked("Bearer the-token x")).toEqual({ ok: false, reason: "not_bearer" });
  for (const wrong of ["the-toke", "the-token1", "x".repeat(10_000)]) {
    expect(asked(`Bearer ${wrong}`)).toEqual({ ok: false, reason: "wrong" });
  }
});
