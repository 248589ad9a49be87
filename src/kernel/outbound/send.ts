import { isIP } from "node:net";
import { type BodyRead, readUpTo } from "./body.ts";
import { DeadlineWheel, Timed } from "./deadline.ts";
import type { Guard } from "./guard.ts";
import { headerRecord } from "./headers.ts";
import { codeOf, faultOf } from "./network-fault.ts";
import type { ReceivedResponse, RequestTiming, SendResult } from "./outcome.ts";
import { type Lookup, type Resolution, Resolver } from "./resolve.ts";
import { checkUrl, type Target } from "./url.ts";

export type OutboundMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface OutboundRequest {
  /** As stored; taken apart once and remembered. */
  readonly url: string;
  readonly method: OutboundMethod;
  /** Sent with their case kept. Host, framing and hop-by-hop fields are refused. */
  readonly headers: readonly (readonly [string, string])[];
  /** The exact bytes. Must not change before the result is there. */
  readonly body?: Uint8Array<ArrayBuffer>;
  /** One deadline over resolving, connecting, sending and reading to the end. */
  readonly timeoutMs: number;
  /** How much of the response body is read and kept. */
  readonly responseBytesMax: number;
  /** Cuts the request off: its result is then the fault `interrupted`. */
  readonly signal?: AbortSignal;
}

export interface OutboundOptions {
  readonly guard: Guard;
  readonly lookup?: Lookup;
  /** Further certificate authorities (PEM) instead of the built-in ones. */
  readonly certificateAuthorities?: string | readonly string[];
  /** Only these ports, when present. */
  readonly ports?: readonly number[];
  readonly userAgent?: string;
}

export interface Outbound {
  /** Makes one request and never a second one. Never rejects: whatever happens is a {@link SendResult}. */
  send(request: OutboundRequest): Promise<SendResult>;
  readonly inFlight: number;
  /** Interrupts what is in flight, waits for its results and closes idle connections. Afterwards nothing can be sent. */
  close(): Promise<void>;
}

/** Response header fields are kept up to this many characters; what comes after is dropped. */
const RESPONSE_HEADER_CHARS_MAX = 16_384;
const ROUTES_MAX = 20_000;
const NOTHING = new Uint8Array(0);
/**
 * Idle connections go before the shortest customary keep-alive of servers (5 s) ends: a POST that meets the server's
 * close on its way fails, and the client may not repeat it.
 */
const IDLE_SECONDS = 4;

/**
 * POST and PATCH may reuse a connection, because Bun fails them when it turns out dead. The others, being idempotent
 * (RFC 9110 §9.2.2), are silently sent again by Bun, which P4 forbids, so they get a connection of their own.
 */
const REUSES_CONNECTIONS: Record<OutboundMethod, boolean> = {
  POST: true,
  PATCH: true,
  GET: false,
  HEAD: false,
  PUT: false,
  DELETE: false,
};

/** A target and how it was last reached, so that the common request builds neither a URL nor TLS options. */
interface Route {
  readonly target: Target;
  /** Absent for plain HTTP. */
  readonly tls: BunFetchRequestInitTLS | undefined;
  address: string;
  href: string;
}

type Phase = "dns" | "connect_or_headers" | "body";

/** One request between its start and its result; also its own entry in the deadline wheel. */
class Flight extends Timed {
  readonly startedAt = performance.now();
  readonly controller = new AbortController();
  phase: Phase = "dns";
  cutBy: "deadline" | "us" | undefined = undefined;
  dnsUs: number | undefined = undefined;
  firstByteUs: number | undefined = undefined;
  address: string | undefined = undefined;
  /** Ends the wait for a lookup, which cannot be aborted. */
  leaveLookup: (() => void) | undefined = undefined;

  override expire(): void {
    this.cut("deadline");
  }

  cut(by: "deadline" | "us"): void {
    this.cutBy ??= by;
    this.leaveLookup?.();
    this.controller.abort();
  }

  microseconds(): number {
    return Math.round((performance.now() - this.startedAt) * 1000);
  }

  /** Timing and address so far: what every result begins with. */
  soFar(): { timing: RequestTiming; remoteAddress?: string } {
    const timing: { dnsUs?: number; firstByteUs?: number; totalUs: number } = { totalUs: this.microseconds() };
    if (this.dnsUs !== undefined) timing.dnsUs = this.dnsUs;
    if (this.firstByteUs !== undefined) timing.firstByteUs = this.firstByteUs;
    return this.address === undefined ? { timing } : { timing, remoteAddress: this.address };
  }
}

/**
 * How many requests this process can have in flight: Bun reads BUN_CONFIG_MAX_HTTP_REQUESTS (256 by default) when it
 * starts and queues what is above, where it would burn its deadline unsent. Whoever sends more at once must not be started so.
 */
export function requestsInFlightMax(environment: Record<string, string | undefined> = process.env): number {
  const set = Number(environment["BUN_CONFIG_MAX_HTTP_REQUESTS"]);
  return Number.isInteger(set) && set > 0 ? set : 256;
}

/**
 * The only way out (P4, P5, P7, P8): guarded, without redirects and proxies, one deadline, a bounded response.
 *
 * Connections are pooled by Bun under (TLS options, address, port). The TLS options of a request carry the name that the
 * certificate was checked for, so a verified connection is never shared between names.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const resolver = new Resolver({
    guard: options.guard,
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  });
  const wheel = new DeadlineWheel<Flight>();
  const session = new Bun.FetchSession({ proxy: false, keepAlive: { idleTimeout: IDLE_SECONDS } });
  const routes = new Map<string, Route>();
  const userAgent = options.userAgent ?? "Posthorn";
  const rules = options.ports === undefined ? {} : { ports: options.ports };
  let inFlight = 0;
  let closing: Promise<void> | undefined;
  const emptied = Promise.withResolvers<void>();
  const common: BunFetchRequestInit = {
    session,
    proxy: false,
    protocol: "http1.1",
    redirect: "manual",
    decompress: false,
  };
  // One object for all requests: `fetch` reads its options before it returns, and nothing is awaited in between. Two,
  // because TLS options, even empty ones, cost a plain request several µs.
  const plainInit: BunFetchRequestInit = {
    ...common,
    method: "POST",
    headers: {},
    keepalive: true,
    body: null,
    signal: null,
  };
  const secureInit: BunFetchRequestInit = { ...plainInit, tls: {} };

  function routeTo(url: string): Route | Extract<SendResult, { kind: "refused" }> {
    const known = routes.get(url);
    if (known !== undefined) return known;
    const checked = checkUrl(url, rules);
    if (!checked.ok) {
      return { kind: "refused", refusal: checked.refusal, detail: checked.detail, timing: { totalUs: 0 } };
    }
    if (routes.size >= ROUTES_MAX) routes.clear();
    const tls = tlsFor(checked.target, options.certificateAuthorities);
    const route: Route = { target: checked.target, tls, address: "", href: "" };
    routes.set(url, route);
    return route;
  }

  async function lookedUp(flight: Flight, hostname: string): Promise<Resolution | undefined> {
    const left = new Promise<undefined>((resolve) => {
      flight.leaveLookup = () => resolve(undefined);
    });
    const resolution = await Promise.race([resolver.resolve(hostname), left]);
    flight.leaveLookup = undefined;
    flight.dnsUs = flight.microseconds();
    return resolution;
  }

  function failed(flight: Flight, target: Target, error: unknown): SendResult {
    // The flight's own address: by now the route may lead to another one.
    const { address = "", cutBy } = flight;
    if (cutBy === "us") return cutOff(flight);
    const code = codeOf(error);
    const { fault, sent } = faultOf(code);
    // Nothing came of the address, so the next request tries another one, if the name has any.
    if (cutBy === "deadline" || !sent) resolver.avoid(target.hostname, address);
    if (cutBy === "deadline") return cutOff(flight);
    const detail = `The request to ${address} port ${target.port} failed: ${code}.`;
    return { kind: "fault", fault, sent, detail, ...flight.soFar() };
  }

  // One function from beginning to end: each further async function costs a promise and a turn of the microtask queue.
  async function send(request: OutboundRequest): Promise<SendResult> {
    const route = routeTo(request.url);
    if ("kind" in route) return route;
    const headers: Record<string, string> = {
      Host: route.target.authority,
      "User-Agent": userAgent,
      "Accept-Encoding": "identity",
    };
    const unfit = headerRecord(request.headers, headers);
    if (unfit !== undefined) {
      return { kind: "refused", refusal: "header_invalid", detail: unfit, timing: { totalUs: 0 } };
    }

    const flight = new Flight();
    inFlight++;
    wheel.start(flight, request.timeoutMs, flight.startedAt);
    const { signal } = request;
    const interrupt = signal === undefined ? undefined : () => flight.cut("us");
    if (interrupt !== undefined) signal?.addEventListener("abort", interrupt);
    if (closing !== undefined || signal?.aborted === true) flight.cut("us");
    try {
      const { hostname } = route.target;
      const resolution = resolver.known(hostname, flight.startedAt) ?? (await lookedUp(flight, hostname));
      if (flight.cutBy !== undefined || resolution === undefined) return cutOff(flight);
      if (resolution.kind !== "address") return unresolved(flight, resolution);
      if (route.address !== resolution.address) aim(route, resolution.address);
      flight.address = route.address;
      flight.phase = "connect_or_headers";

      const init = route.tls === undefined ? plainInit : secureInit;
      if (route.tls !== undefined) init.tls = route.tls;
      init.method = request.method;
      init.headers = headers;
      init.keepalive = REUSES_CONNECTIONS[request.method];
      init.body = request.body ?? null;
      init.signal = flight.controller.signal;
      let response: Response;
      try {
        response = await fetch(route.href, init);
      } catch (error) {
        return failed(flight, route.target, error);
      }
      flight.firstByteUs = flight.microseconds();
      flight.phase = "body";

      const head = headOf(response);
      if (!(head.length <= request.responseBytesMax)) {
        return concluded(flight, response.status, head.fields, await readUpTo(response.body, request.responseBytesMax));
      }
      let bytes: Uint8Array;
      try {
        bytes = await response.bytes();
      } catch (broken) {
        // What came of it is lost with this way of reading, which costs half of the other.
        return concluded(flight, response.status, head.fields, { bytes: NOTHING, truncated: false, broken });
      }
      return concluded(flight, response.status, head.fields, { bytes, truncated: false });
    } finally {
      if (interrupt !== undefined) signal?.removeEventListener("abort", interrupt);
      wheel.stop(flight);
      inFlight--;
      if (inFlight === 0 && closing !== undefined) emptied.resolve();
    }
  }

  return {
    send,
    get inFlight() {
      return inFlight;
    },
    close() {
      closing ??= (async () => {
        wheel.each((flight) => flight.cut("us"));
        if (inFlight > 0) await emptied.promise;
        session.close();
      })();
      return closing;
    },
  };
}

function tlsFor(
  target: Target,
  authorities: OutboundOptions["certificateAuthorities"],
): BunFetchRequestInitTLS | undefined {
  if (!target.secure) return undefined;
  return {
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would turn the default around.
    rejectUnauthorized: true,
    // RFC 6066 §3 allows no address as a server name; Bun then checks the certificate against the address.
    ...(isIP(target.hostname) === 0 ? { serverName: target.hostname } : {}),
    ...(authorities === undefined ? {} : { ca: typeof authorities === "string" ? authorities : [...authorities] }),
  };
}

/** The address stands in the URL, so nothing resolves the name a second time. */
function aim(route: Route, address: string): void {
  const { secure, port, path } = route.target;
  route.address = address;
  route.href = `${secure ? "https" : "http"}://${isIP(address) === 6 ? `[${address}]` : address}:${port}${path}`;
}

function unresolved(flight: Flight, resolution: Exclude<Resolution, { kind: "address" }>): SendResult {
  const { kind, detail } = resolution;
  if (kind === "refused") return { kind, refusal: "address_not_allowed", detail, ...flight.soFar() };
  return {
    kind: "fault",
    fault: kind === "not_found" ? "dns_not_found" : "dns_failed",
    sent: false,
    detail,
    ...flight.soFar(),
  };
}

function cutOff(flight: Flight, response?: ReceivedResponse): SendResult {
  if (flight.cutBy === "us") {
    const sent = flight.phase !== "dns";
    const detail = "The engine stopped before the request was finished.";
    return { kind: "fault", fault: "interrupted", sent, detail, ...flight.soFar() };
  }
  return { kind: "timeout", phase: flight.phase, ...(response === undefined ? {} : { response }), ...flight.soFar() };
}

/** The header fields that are kept, and the length that the body announced: NaN when it has none to go by. */
function headOf(response: Response): { fields: [string, string][]; length: number } {
  const fields: [string, string][] = [];
  let room = RESPONSE_HEADER_CHARS_MAX;
  let length = Number.NaN;
  let coded = false;
  const record: Record<string, string | string[]> = response.headers.toJSON();
  for (const name in record) {
    const value = record[name];
    for (const each of typeof value === "string" ? [value] : (value ?? [])) {
      if (name === "content-length") length = Number(each);
      else if (name === "transfer-encoding") coded = true;
      room -= name.length + each.length;
      if (room >= 0) fields.push([name, each]);
    }
  }
  // With a transfer coding the length says nothing (RFC 9112 §6.3).
  return { fields, length: coded ? Number.NaN : length };
}

function concluded(flight: Flight, status: number, headers: [string, string][], read: BodyRead): SendResult {
  const response: ReceivedResponse = { status, headers, body: read.bytes, truncated: read.truncated };
  const { timing, remoteAddress = "" } = flight.soFar();
  if (read.broken === undefined) return { kind: "response", response, timing, remoteAddress };
  if (flight.cutBy !== undefined) return cutOff(flight, response);
  const detail = `The response body broke off: ${codeOf(read.broken)}.`;
  return { kind: "broken_body", response, detail, timing, remoteAddress };
}
