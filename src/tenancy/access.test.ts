import { expect, test } from "bun:test";
import { type Access, isWithinApplication, KEY_ROLES, permits, ROLE_PERMISSIONS } from "./access.ts";
import { tooStrong } from "./api-key.ts";
import { type Principal, ROOT } from "./principal.ts";

const key = (fields: Partial<Principal>): Principal => ({ ...ROOT, kind: "key", id: "key_1", ...fields });
const asked = { role: "viewer", appId: undefined, expiresAt: undefined } as const;

test("a role may do what its permissions say, and the portal's users nothing that an operator may not", () => {
  const table = KEY_ROLES.map((role) => [
    role,
    ...(["admin", "read", "write", "ingest", "work", "portal:read", "portal:write", "any", "public"] as const).filter(
      (access) => permits(ROLE_PERMISSIONS[role], access),
    ),
  ]);
  expect(table).toEqual([
    ["admin", "admin", "read", "write", "ingest", "work", "portal:read", "portal:write", "any", "public"],
    ["operator", "read", "write", "ingest", "work", "portal:read", "portal:write", "any", "public"],
    ["viewer", "read", "portal:read", "any", "public"],
    ["ingest", "ingest", "any", "public"],
    ["worker", "work", "any", "public"],
    ["portal", "portal:read", "portal:write", "any", "public"],
  ]);
});

test("a token for one application is good inside it, and where the portal is", () => {
  const within: [Access, string, boolean][] = [
    ["read", "/api/v1/app/{app_id}/endpoint", true],
    ["read", "/api/v1/app", false],
    ["portal:read", "/api/v1/event-type", true],
    ["any", "/api/v1/whoami", true],
    ["admin", "/api/v1/api-key", false],
  ];
  for (const [access, path, expected] of within)
    expect([path, isWithinApplication(access, path)]).toEqual([path, expected]);
});

test("P8: nobody hands out a key that may do more than he may", () => {
  expect(tooStrong(ROOT, { ...asked, role: "admin" })).toBeUndefined();
  expect(tooStrong(key({ permissions: ROLE_PERMISSIONS.operator }), { ...asked, role: "admin" })).toContain("admin");
  expect(tooStrong(key({ permissions: ROLE_PERMISSIONS.viewer }), { ...asked, role: "operator" })).toContain("write");
});

test("P8: nobody hands out a key for more applications than his own is for", () => {
  const mine = key({ role: "operator", permissions: ROLE_PERMISSIONS.operator, appId: "a" });
  expect(tooStrong(mine, { ...asked, appId: "a" })).toBeUndefined();
  expect(tooStrong(mine, { ...asked, appId: "b" })).toContain("one application");
  expect(tooStrong(mine, asked)).toContain("one application");
});

test("P8: a key that ends hands out no key that outlives it; a session of the console may", () => {
  const ends = { expiresAtMs: 1_000_000 };
  expect(tooStrong(key(ends), { ...asked, expiresAt: new Date(1_000_000) })).toBeUndefined();
  expect(tooStrong(key(ends), { ...asked, expiresAt: new Date(1_000_001) })).toContain("expire");
  expect(tooStrong(key(ends), asked)).toContain("expire");
  expect(tooStrong({ ...key(ends), kind: "console" }, asked)).toBeUndefined();
});
