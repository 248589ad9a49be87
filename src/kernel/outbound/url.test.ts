import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createGuard } from "./guard.ts";
import { checkUrl } from "./url.ts";

const guard = createGuard({ ownAddresses: () => [] });

describe("the URL of an endpoint", () => {
  test.each([
    ["ftp://example.com/", "scheme_not_allowed"],
    ["file:///etc/passwd", "scheme_not_allowed"],
    ["javascript:alert(1)", "scheme_not_allowed"],
    ["example.com/hook", "url_invalid"],
    ["", "url_invalid"],
    ["https://", "url_invalid"],
    ["https:///path", "url_invalid"],
    ["https:example.com", "url_invalid"],
    ["https:\\\\example.com", "url_invalid"],
    ["https://example.com\\@evil.test/", "url_invalid"],
    ["https://user@example.com/", "userinfo_not_allowed"],
    ["https://user:secret@example.com/", "userinfo_not_allowed"],
    ["https://@example.com/", "userinfo_not_allowed"],
    ["https://exa\tmple.com/", "url_invalid"],
    ["https://example.com/\r\nHost: evil", "url_invalid"],
    [" https://example.com/", "url_invalid"],
    ["https://example.com/\u0000", "url_invalid"],
    ["https://example.com:99999/", "url_invalid"],
    ["https://example.com:0/", "port_not_allowed"],
    ["https://example.com:25/", "port_not_allowed"],
    ["https://example.com:6379/", "port_not_allowed"],
    ["https://exa%20mple.com/", "url_invalid"],
    ["https://a..b/", "url_invalid"],
    ["https://-a.test/", "url_invalid"],
    [`https://${"a".repeat(64)}.test/`, "url_invalid"],
    [`https://example.com/${"a".repeat(2100)}`, "url_invalid"],
    ["http://[fe80::1%25eth0]/", "url_invalid"],
    ["http://[::1%eth0]/", "url_invalid"],
    // Spellings of 127.0.0.1 that the URL standard knows (https://url.spec.whatwg.org/#ipv4-parser).
    ["http://127.0.0.1/", "address_not_allowed"],
    ["http://127.1/", "address_not_allowed"],
    ["http://2130706433/", "address_not_allowed"],
    ["http://0x7f000001/", "address_not_allowed"],
    ["http://0177.0.0.01/", "address_not_allowed"],
    ["http://0x7f.0.0.1/", "address_not_allowed"],
    ["http://127.0.0.1./", "address_not_allowed"],
    ["http://%31%32%37.0.0.1/", "address_not_allowed"],
    ["http://１２７.0.0.1/", "address_not_allowed"],
    ["http://①②⑦.0.0.1/", "address_not_allowed"],
    ["http://127。0。0。1/", "address_not_allowed"],
    ["http://[::1]/", "address_not_allowed"],
    ["http://[::ffff:127.0.0.1]/", "address_not_allowed"],
    ["http://[::ffff:7f00:1]/", "address_not_allowed"],
    ["http://[0:0:0:0:0:ffff:169.254.169.254]/latest/meta-data/", "address_not_allowed"],
    ["http://169.254.169.254/", "address_not_allowed"],
    ["http://0/", "address_not_allowed"],
    ["http://localhost/", "address_not_allowed"],
    ["http://LOCALHOST./", "address_not_allowed"],
    ["http://a.localhost:8080/", "address_not_allowed"],
  ] as const)("P8: %p is refused: %s", (text, refusal) => {
    const checked = checkUrl(text, { guard });
    expect(checked.ok).toBe(false);
    if (!checked.ok) expect(checked.refusal).toBe(refusal);
  });

  test("P8: the refusal quotes the value, says what is and what should be, and shows no password", () => {
    const loopback = checkUrl("http://127.0.0.1:8080/x", { guard });
    expect(loopback).toMatchObject({
      detail:
        'The URL "http://127.0.0.1:8080/x" leads to 127.0.0.1 (loopback); outbound requests reach public addresses only.',
    });
    const withPassword = checkUrl("https://user:secret@example.com/");
    expect(withPassword.ok ? "" : withPassword.detail).not.toContain("secret");
  });

  test("is taken apart as it will be used", () => {
    expect(checkUrl("https://Example.COM:443/a b?x=ü#frag".replace(" ", "%20"))).toMatchObject({
      ok: true,
      target: { secure: true, hostname: "example.com", port: 443, authority: "example.com", path: "/a%20b?x=%C3%BC" },
    });
    expect(checkUrl("http://bücher.test:8080")).toMatchObject({
      target: {
        secure: false,
        hostname: "xn--bcher-kva.test",
        port: 8080,
        authority: "xn--bcher-kva.test:8080",
        path: "/",
      },
    });
    expect(checkUrl("https://[2606:4700::1]/")).toMatchObject({
      target: { hostname: "2606:4700::1", authority: "[2606:4700::1]" },
    });
    expect(checkUrl("https://example.com./")).toMatchObject({
      target: { hostname: "example.com", authority: "example.com." },
    });
  });

  test("localhost passes where loopback is an allowed network", () => {
    expect(checkUrl("http://localhost:3000/", { guard: createGuard({ allowNetworks: ["127.0.0.0/8"] }) }).ok).toBe(
      true,
    );
  });

  test("only the listed ports pass where ports are listed", () => {
    expect(checkUrl("https://example.com/", { ports: [443] }).ok).toBe(true);
    expect(checkUrl("https://example.com:8443/", { ports: [443] })).toMatchObject({ refusal: "port_not_allowed" });
  });

  test("whatever is typed, the check answers, and what passes has no line ends and no userinfo", () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.string({ unit: "binary" }).map((tail) => `https://example.com/${tail}`),
    );
    fc.assert(
      fc.property(text, (value) => {
        const checked = checkUrl(value, { guard });
        if (!checked.ok) return;
        expect(`${checked.target.authority}${checked.target.path}`).toMatch(/^[\x21-\x7e]+$/);
        expect(checked.url.username + checked.url.password).toBe("");
      }),
    );
  });
});
