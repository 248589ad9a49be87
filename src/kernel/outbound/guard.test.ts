import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { REFUSED_IPV4, REFUSED_IPV6 } from "./address-ranges.ts";
import { createGuard, parseNetwork } from "./guard.ts";

const guard = createGuard({ ownAddresses: () => ["198.41.0.4", "2620:fe::9", "::ffff:9.9.9.10"] });
const allowed = (address: string) => guard.check(address).allowed;

const REFUSED = [
  ["0.0.0.0", "this network"],
  ["10.1.2.3", "private"],
  ["100.64.0.1", "shared (carrier-grade NAT)"],
  ["100.100.100.200", "cloud metadata (Alibaba)"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["168.63.129.16", "cloud metadata (Azure)"],
  ["169.254.169.254", "cloud metadata"],
  ["169.254.170.2", "cloud metadata (container credentials)"],
  ["169.254.1.1", "link-local"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.0.0.192", "cloud metadata (Oracle)"],
  ["192.0.0.8", "protocol assignments"],
  ["192.0.2.1", "documentation"],
  ["192.88.99.1", "6to4 relays"],
  ["192.168.1.1", "private"],
  ["198.18.0.1", "benchmarking"],
  ["198.19.255.255", "benchmarking"],
  ["198.51.100.7", "documentation"],
  ["203.0.113.7", "documentation"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.250", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "broadcast"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["::7f00:1", "IPv4-compatible"],
  ["::808:808", "IPv4-compatible"],
  ["::ffff:127.0.0.1", "IPv4-mapped for 127.0.0.1, loopback"],
  ["::ffff:a9fe:a9fe", "IPv4-mapped for 169.254.169.254, cloud metadata"],
  ["64:ff9b::a00:1", "NAT64 for 10.0.0.1, private"],
  ["64:ff9b:1::808:808", "local-use NAT64"],
  ["2002:7f00:1::1", "6to4 for 127.0.0.1, loopback"],
  ["2001:0:808:808::f5ff:fffe", "Teredo for 10.0.0.1, private"],
  ["2001:0:a00:1::f7f7:f7f7", "Teredo for 10.0.0.1, private"],
  ["100::1", "discard-only"],
  ["2001:db8::1", "documentation"],
  ["3fff::1", "documentation"],
  ["2001:20::1", "protocol assignments"],
  ["fc00::1", "unique-local"],
  ["fd00:ec2::254", "cloud metadata (AWS)"],
  ["fd20:ce::254", "cloud metadata (Google)"],
  ["fe80::1", "link-local"],
  ["fec0::1", "site-local"],
  ["ff02::1", "multicast"],
  ["4000::1", "not global unicast"],
  ["::ffff:0:1.2.3.4", "not global unicast"],
  ["198.41.0.4", "this host's own"],
  ["::ffff:198.41.0.4", "IPv4-mapped for 198.41.0.4, this host's own"],
  ["9.9.9.10", "this host's own"],
  ["2620:fe::9", "this host's own"],
  ["2620:00fe:0::0009", "this host's own"],
  ["64:ff9b::c629:4", "NAT64 for 198.41.0.4, this host's own"],
  ["fe80::1%eth0", "no plain IP address"],
  ["2606:4700::1%1", "no plain IP address"],
  ["example.com", "no plain IP address"],
  ["0177.0.0.1", "no plain IP address"],
  ["2130706433", "no plain IP address"],
  ["127.1", "no plain IP address"],
  ["[::1]", "no plain IP address"],
  ["", "no plain IP address"],
] as const;

describe("the guard", () => {
  test.each(REFUSED)("P8: %s is refused as %s", (address, why) => {
    expect(guard.check(address)).toEqual({ allowed: false, why });
  });

  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "168.63.129.17",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81c::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "2001:0:808:808::f7f7:f7f7",
  ])("P8: %s may be reached", (address) => expect(guard.check(address)).toEqual({ allowed: true }));

  test("P8: no address of any refused network passes, in whatever form it is embedded", () => {
    const network = fc.constantFrom(...REFUSED_IPV4.map(({ cidr }) => cidr));
    fc.assert(
      fc.property(network, fc.nat(0xffff_ffff), (cidr, bits) => {
        const [base, length] = ipaddr.parseCIDR(cidr);
        const host = length === 32 ? 0 : bits % 2 ** (32 - length);
        const number = base.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0) + host;
        const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
        const text = bytes.join(".");
        const [hi, lo] = [bytes.slice(0, 2), bytes.slice(2)].map((pair) =>
          pair.map((b) => b.toString(16).padStart(2, "0")).join(""),
        );
        for (const form of [text, `::ffff:${text}`, `::${text}`, `64:ff9b::${text}`, `2002:${hi}:${lo}::1`])
          expect(allowed(form)).toBe(false);
      }),
    );
  });

  test("P8: no address of any refused IPv6 network passes, and none outside of global unicast", () => {
    const embeds = /^(::\/96|2001::\/23)$/;
    const networks = REFUSED_IPV6.map(({ cidr }) => cidr).filter((cidr) => !embeds.test(cidr));
    fc.assert(
      fc.property(fc.constantFrom(...networks), fc.uint8Array({ minLength: 16, maxLength: 16 }), (cidr, noise) => {
        const [base, length] = ipaddr.parseCIDR(cidr);
        const bytes = base.toByteArray().map((byte, i) => {
          const free = 0xff >> Math.min(Math.max(length - i * 8, 0), 8);
          return (byte & ~free & 0xff) | ((noise[i] ?? 0) & free);
        });
        expect(allowed(new ipaddr.IPv6(bytes).toString())).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        fc.pre(((bytes[0] ?? 0) & 0xe0) !== 0x20);
        const text = new ipaddr.IPv6([...bytes]).toString();
        fc.pre(!/^(64:ff9b::|::ffff:)/.test(text));
        expect(allowed(text)).toBe(false);
      }),
    );
  });

  test("P8: an allowed network opens what it names, in both spellings, and nothing beside it", () => {
    const open = createGuard({
      allowNetworks: ["127.0.0.0/8", "::1", "10.1.0.0/16", "fd12::/16"],
      ownAddresses: () => ["127.0.0.1", "::1"],
    });
    for (const address of ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "::1", "10.1.2.3", "fd12::1"]) {
      expect(open.check(address).allowed).toBe(true);
    }
    for (const address of ["10.2.0.1", "::2", "fd13::1", "64:ff9b::a01:1", "2002:a01:1::1", "192.168.0.1"]) {
      expect(open.check(address).allowed).toBe(false);
    }
  });

  test("P8: the addresses of this host are asked for again when they may have changed", () => {
    let now = 0;
    let own = ["198.41.0.4"];
    const watched = createGuard({ now: () => now, ownAddresses: () => own });
    expect(watched.check("198.41.0.4").allowed).toBe(false);
    own = ["199.7.83.42"];
    now += 60_000;
    expect(watched.check("198.41.0.4").allowed).toBe(true);
    expect(watched.check("199.7.83.42").allowed).toBe(false);
  });

  test("without injection the guard knows the real interfaces of this host", () => {
    expect(createGuard().check("127.0.0.1").allowed).toBe(false);
  });

  test.each([
    "10.0.0.0/33",
    "10.0.0/8",
    "0x7f.1/8",
    "fe80::%eth0/10",
    "::/129",
    "10.0.0.0/8/8",
    "10.0.0.0/",
    "",
    "all",
  ])("the network %p is told to be none", (text) => {
    const parsed = parseNetwork(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.detail).toContain(`"${text}"`);
    expect(() => createGuard({ allowNetworks: [text] })).toThrow("Creating the outbound guard");
  });
});
