import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";
import {
  EMBEDDING_IPV6,
  GLOBAL_UNICAST_IPV6,
  type NamedNetwork,
  REFUSED_IPV4,
  REFUSED_IPV6,
} from "./address-ranges.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** An address block: base and prefix length. */
export type Network = readonly [Address, number];

/** `why` completes the sentence "the address is not allowed: it is …". */
export type AddressVerdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** Decides which addresses outbound requests may reach (P8). */
export interface Guard {
  /** @param address an IPv4 or IPv6 address in text form, as a resolver returns it, without brackets or zone. */
  check(address: string): AddressVerdict;
}

export interface GuardOptions {
  /** CIDRs that may be reached although they are not public. They win over everything else. */
  readonly allowNetworks?: readonly string[];
  /** The addresses of this host. Injected by tests. */
  readonly ownAddresses?: () => readonly string[];
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const ALLOWED: AddressVerdict = { allowed: true };
/** Interfaces come and go; asking the system costs about 0.1 ms, so not for each request. */
const OWN_ADDRESSES_FRESH_MS = 10_000;

const parseTable = (table: readonly NamedNetwork[]) =>
  table.map(({ cidr, name }) => ({ network: ipaddr.parseCIDR(cidr) as Network, name }));
const refused4 = parseTable(REFUSED_IPV4);
const refused6 = parseTable(REFUSED_IPV6);
const embedding6 = EMBEDDING_IPV6.map((entry) => ({ ...entry, network: ipaddr.parseCIDR(entry.cidr) as Network }));
const globalUnicast6 = ipaddr.parseCIDR(GLOBAL_UNICAST_IPV6) as Network;

function inside(address: Address, [base, bits]: Network): boolean {
  if (address instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && address.match(base, bits);
  return base instanceof ipaddr.IPv6 && address.match(base, bits);
}

/** Parses one CIDR (or a single address) of POSTHORN_ALLOW_NETWORKS. A failure is told as a sentence. */
export function parseNetwork(text: string): { ok: true; network: Network } | { ok: false; detail: string } {
  const [base = "", bits, ...rest] = text.split("/");
  const version = base.includes("%") ? 0 : isIP(base);
  const bitsMax = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? bitsMax : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (version === 0 || rest.length > 0 || prefix < 0 || prefix > bitsMax) {
    return { ok: false, detail: `"${text}" is not a network: write it like 10.0.0.0/8 or fd00::/8.` };
  }
  return { ok: true, network: [ipaddr.parse(base), prefix] };
}

function ownAddressesOfThisHost(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}

function judge4(address: ipaddr.IPv4): AddressVerdict {
  const hit = refused4.find(({ network }) => inside(address, network));
  return hit === undefined ? ALLOWED : { allowed: false, why: hit.name };
}

function embeddedVerdict(
  address: ipaddr.IPv6,
  judge: (inner: ipaddr.IPv4) => AddressVerdict,
): AddressVerdict | undefined {
  const form = embedding6.find(({ network }) => inside(address, network));
  if (form === undefined) return undefined;
  const bytes = address.toByteArray();
  for (const { at, inverted } of form.embedded) {
    const inner = new ipaddr.IPv4(bytes.slice(at, at + 4).map((byte) => (inverted ? byte ^ 0xff : byte)));
    const verdict = judge(inner);
    if (!verdict.allowed) return { allowed: false, why: `${form.name} for ${inner}, ${verdict.why}` };
  }
  return ALLOWED;
}

function judge6(address: ipaddr.IPv6, judge: (inner: ipaddr.IPv4) => AddressVerdict): AddressVerdict {
  const embedded = embeddedVerdict(address, judge);
  if (embedded !== undefined) return embedded;
  const hit = refused6.find(({ network }) => inside(address, network));
  if (hit !== undefined) return { allowed: false, why: hit.name };
  return inside(address, globalUnicast6) ? ALLOWED : { allowed: false, why: "not global unicast" };
}

/**
 * Only global unicast addresses pass, and none of this host's own, and no cloud metadata service.
 * IPv6 forms that stand for an IPv4 address are judged by it. Throws when an allowed network does not parse: the
 * configuration checks them first with {@link parseNetwork}.
 */
export function createGuard(options: GuardOptions = {}): Guard {
  const allow = (options.allowNetworks ?? []).map((text) => {
    const parsed = parseNetwork(text);
    if (!parsed.ok) throw new Error(`Creating the outbound guard: ${parsed.detail}`);
    return parsed.network;
  });
  const now = options.now ?? (() => performance.now());
  const listOwn = options.ownAddresses ?? ownAddressesOfThisHost;
  let own = new Set<string>();
  let ownListedAt = Number.NEGATIVE_INFINITY;
  const isOwn = (address: Address): boolean => {
    if (now() - ownListedAt >= OWN_ADDRESSES_FRESH_MS) {
      own = new Set(listOwn().flatMap((text) => (isIP(text) === 0 ? [] : [canonical(ipaddr.parse(text)).toString()])));
      ownListedAt = now();
    }
    return own.has(address.toString());
  };
  // The tables speak first: "loopback" tells an operator more than "this host's own".
  const unlessOwn = (address: Address, verdict: AddressVerdict): AddressVerdict =>
    verdict.allowed && isOwn(address) ? { allowed: false, why: "this host's own" } : verdict;
  const judgeInner = (inner: ipaddr.IPv4): AddressVerdict => unlessOwn(inner, judge4(inner));

  return {
    check(text) {
      // A zone (fe80::1%eth0) names an interface of this host; nothing that a customer may name has one.
      if (isIP(text) === 0 || text.includes("%")) return { allowed: false, why: "no plain IP address" };
      const written = ipaddr.parse(text);
      // Connecting to an IPv4-mapped address is connecting to the IPv4 address, so an allowed network covers both spellings.
      const address = canonical(written);
      if (allow.some((network) => inside(address, network) || inside(written, network))) return ALLOWED;
      if (written instanceof ipaddr.IPv4) return judgeInner(written);
      return unlessOwn(written, judge6(written, judgeInner));
    },
  };
}

function canonical(address: Address): Address {
  const plain = address instanceof ipaddr.IPv6 && address.zoneId ? new ipaddr.IPv6(address.toByteArray()) : address;
  return plain instanceof ipaddr.IPv6 && plain.isIPv4MappedAddress() ? plain.toIPv4Address() : plain;
}
