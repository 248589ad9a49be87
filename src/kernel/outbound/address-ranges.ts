/**
 * Networks that are not the public internet, as data.
 *
 * Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, with the entries added up to RFC 9780) and the
 * IPv4 Multicast and IPv6 Address Space registries. Entries that IANA marks "globally reachable" inside a larger block
 * that is not (192.0.0.9/32, 2001:1::1/128, ORCHIDv2, …) are not excepted: nobody receives webhooks there.
 *
 * The order matters: the first match names the reason, so what says more stands first.
 */
export interface NamedNetwork {
  readonly cidr: string;
  readonly name: string;
}

export const REFUSED_IPV4: readonly NamedNetwork[] = [
  { cidr: "168.63.129.16/32", name: "cloud metadata (Azure)" },
  { cidr: "169.254.169.254/32", name: "cloud metadata" },
  { cidr: "169.254.170.0/23", name: "cloud metadata (container credentials)" },
  { cidr: "100.100.100.200/32", name: "cloud metadata (Alibaba)" },
  { cidr: "192.0.0.192/32", name: "cloud metadata (Oracle)" },
  { cidr: "0.0.0.0/8", name: "this network" },
  { cidr: "10.0.0.0/8", name: "private" },
  { cidr: "100.64.0.0/10", name: "shared (carrier-grade NAT)" },
  { cidr: "127.0.0.0/8", name: "loopback" },
  { cidr: "169.254.0.0/16", name: "link-local" },
  { cidr: "172.16.0.0/12", name: "private" },
  { cidr: "192.0.0.0/24", name: "protocol assignments" },
  { cidr: "192.0.2.0/24", name: "documentation" },
  { cidr: "192.31.196.0/24", name: "AS112" },
  { cidr: "192.52.193.0/24", name: "AMT relays" },
  { cidr: "192.88.99.0/24", name: "6to4 relays" },
  { cidr: "192.168.0.0/16", name: "private" },
  { cidr: "192.175.48.0/24", name: "AS112" },
  { cidr: "198.18.0.0/15", name: "benchmarking" },
  { cidr: "198.51.100.0/24", name: "documentation" },
  { cidr: "203.0.113.0/24", name: "documentation" },
  { cidr: "224.0.0.0/4", name: "multicast" },
  { cidr: "255.255.255.255/32", name: "broadcast" },
  { cidr: "240.0.0.0/4", name: "reserved" },
];

/** Beside these, everything outside 2000::/3 is refused: IANA has allotted no other block to global unicast. */
export const REFUSED_IPV6: readonly NamedNetwork[] = [
  { cidr: "fd00:ec2::/32", name: "cloud metadata (AWS)" },
  { cidr: "fd20:ce::/32", name: "cloud metadata (Google)" },
  { cidr: "fd00:42::42/128", name: "cloud metadata (Scaleway)" },
  { cidr: "::/128", name: "unspecified" },
  { cidr: "::1/128", name: "loopback" },
  { cidr: "::/96", name: "IPv4-compatible" },
  { cidr: "64:ff9b:1::/48", name: "local-use NAT64" },
  { cidr: "100::/64", name: "discard-only" },
  { cidr: "100:0:0:1::/64", name: "dummy prefix" },
  { cidr: "2001::/23", name: "protocol assignments" },
  { cidr: "2001:db8::/32", name: "documentation" },
  { cidr: "2620:4f:8000::/48", name: "AS112" },
  { cidr: "3fff::/20", name: "documentation" },
  { cidr: "5f00::/16", name: "segment routing" },
  { cidr: "fc00::/7", name: "unique-local" },
  { cidr: "fe80::/10", name: "link-local" },
  { cidr: "fec0::/10", name: "site-local" },
  { cidr: "ff00::/8", name: "multicast" },
];

export const GLOBAL_UNICAST_IPV6 = "2000::/3";

/**
 * IPv6 addresses that stand for an IPv4 address, which is then what is judged.
 * `at` is the offset of its four bytes; Teredo carries a server in the clear and a client with every bit inverted (RFC 4380 §4).
 */
export const EMBEDDING_IPV6: readonly {
  readonly cidr: string;
  readonly name: string;
  readonly embedded: readonly { readonly at: number; readonly inverted: boolean }[];
}[] = [
  { cidr: "::ffff:0:0/96", name: "IPv4-mapped", embedded: [{ at: 12, inverted: false }] },
  { cidr: "64:ff9b::/96", name: "NAT64", embedded: [{ at: 12, inverted: false }] },
  { cidr: "2002::/16", name: "6to4", embedded: [{ at: 2, inverted: false }] },
  {
    cidr: "2001::/32",
    name: "Teredo",
    embedded: [
      { at: 4, inverted: false },
      { at: 12, inverted: true },
    ],
  },
];
