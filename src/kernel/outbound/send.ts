import { isIP } from "node:net";
import { type BodyRead, readUpTo } from "./body.ts";
import { DeadlineWheel, Timed } from "./deadline.ts";
import type { Guard } from "./guard.ts";
import { headerRecord } from "./headers.ts";
import { codeOf, faultOf } from "./network-fault.ts";
import type { ReceivedResponse, RequestTiming, SendResult } from "./outcome.ts";
import { type Lookup, Resolver } from "./resolve.ts";
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
const TARGETS_MAX = 20_000;
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
  timedOut = false;
  interrupted = false;
  dnsUs: number | undefined;
  firstByteUs: number | undefined;
  address: string | undefined;
  /** Ends the wait for a lookup, which cannot be aborted. */
  leaveLookup: (() => void) | undefined;

  expire(): void {
    this.timedOut = true;
    this.#cut();
  }

  interrupt(): void {
    this.interrupted = true;
    this.#cut();
  }

  #cut(): void {
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
  const wheel = new DeadlineWheel();
  const session = new Bun.FetchSession({ proxy: false, keepAlive: { idleTimeout: IDLE_SECONDS } });
  const flights = new Set<Flight>();
  const routes = new Map<string, Route>();
  const userAgent = options.userAgent ?? "Posthorn";
  let closed = false;
  let whenEmpty: (() => void) | undefined;

  function routeOf(url: string): Route | Extract<SendResult, { kind: "refused" }> {
    const known = routes.get(url);
    if (known !== undefined) return known;
    const checked = checkUrl(url, options.ports === undefined ? {} : { ports: options.ports });
    if (!checked.ok)
      return { kind: "refused", refusal: checked.refusal, detail: checked.detail, timing: { totalUs: 0 } };
    if (routes.size >= TARGETS_MAX) routes.clear();
    const route: Route = {
      target: checked.target,
      tls: tlsFor(checked.target, options.certificateAuthorities),
      address: "",
      href: "",
    };
    routes.set(url, route);
    return route;
  }

  async function send(request: OutboundRequest): Promise<SendResult> {
    const route = routeOf(request.url);
    if ("kind" in route) return route;
    const headers: Record<string, string> = {
      Host: route.target.authority,
      "User-Agent": userAgent,
      "Accept-Encoding": "identity",
    };
    const unfit = headerRecord(request.headers, headers);
    if (unfit !== undefined)
      return { kind: "refused", refusal: "header_invalid", detail: unfit, timing: { totalUs: 0 } };

    const flight = new Flight();
    flights.add(flight);
    wheel.start(flight, request.timeoutMs);
    const interrupt = request.signal === undefined ? undefined : () => flight.interrupt();
    if (interrupt !== undefined) request.signal?.addEventListener("abort", interrupt);
    if (closed || request.signal?.aborted === true) flight.interrupt();
    try {
      return await fly(flight, route, request, headers);
    } finally {
      if (interrupt !== undefined) request.signal?.removeEventListener("abort", interrupt);
      wheel.stop(flight);
      flights.delete(flight);
      if (flights.size === 0) whenEmpty?.();
    }
  }

  async function fly(
    flight: Flight,
    route: Route,
    request: OutboundRequest,
    headers: Record<string, string>,
  ): Promise<SendResult> {
    const { hostname } = route.target;
    const resolution = resolver.known(hostname) ?? (await lookedUp(flight, hostname));
    if (flight.timedOut || flight.interrupted || resolution === undefined) return cutOff(flight);
    switch (resolution.kind) {
      case "address":
        break;
      case "refused":
        return { kind: "refused", refusal: "address_not_allowed", detail: resolution.detail, ...flight.soFar() };
      case "not_found":
        return { kind: "fault", fault: "dns_not_found", sent: false, detail: resolution.detail, ...flight.soFar() };
      case "failed":
        return { kind: "fault", fault: "dns_failed", sent: false, detail: resolution.detail, ...flight.soFar() };
    }
    if (route.address !== resolution.address) aim(route, resolution.address);
    flight.address = route.address;
    flight.phase = "connect_or_headers";

    const init: BunFetchRequestInit = {
      method: request.method,
      headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(route.tls === undefined ? {} : { tls: route.tls }),
      session,
      proxy: false,
      protocol: "http1.1",
      redirect: "manual",
      decompress: false,
      keepalive: REUSES_CONNECTIONS[request.method],
      signal: flight.controller.signal,
    };
    let response: Response;
    try {
      response = await fetch(route.href, init);
    } catch (error) {
      if (flight.timedOut || flight.interrupted) {
        resolver.avoid(hostname, route.address);
        return cutOff(flight);
      }
      const code = codeOf(error);
      const { fault, sent } = faultOf(code);
      if (!sent) resolver.avoid(hostname, route.address);
      return {
        kind: "fault",
        fault,
        sent,
        detail: `${request.method} to ${flight.address} failed: ${code}.`,
        ...flight.soFar(),
      };
    }
    flight.firstByteUs = flight.microseconds();
    flight.phase = "body";
    return received(flight, response, request.responseBytesMax);
  }

  async function lookedUp(flight: Flight, hostname: string) {
    const left = new Promise<undefined>((resolve) => {
      flight.leaveLookup = () => resolve(undefined);
    });
    const resolution = await Promise.race([resolver.resolve(hostname), left]);
    flight.leaveLookup = undefined;
    flight.dnsUs = flight.microseconds();
    return resolution;
  }

  return {
    send,
    get inFlight() {
      return flights.size;
    },
    async close() {
      closed = true;
      for (const flight of flights) flight.interrupt();
      if (flights.size > 0) {
        await new Promise<void>((resolve) => {
          whenEmpty = resolve;
        });
      }
      session.close();
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

function cutOff(flight: Flight, response?: ReceivedResponse): SendResult {
  if (flight.interrupted) {
    const sent = flight.phase !== "dns";
    return {
      kind: "fault",
      fault: "interrupted",
      sent,
      detail: "The engine stopped before the request was finished.",
      ...flight.soFar(),
    };
  }
  return { kind: "timeout", phase: flight.phase, ...(response === undefined ? {} : { response }), ...flight.soFar() };
}

async function received(flight: Flight, response: Response, bytesMax: number): Promise<SendResult> {
  const headers: [string, string][] = [];
  let room = RESPONSE_HEADER_CHARS_MAX;
  // Iterating the Headers itself costs 2 µs more.
  const fields: Record<string, string | string[]> = response.headers.toJSON();
  for (const name in fields) {
    const value = fields[name];
    for (const each of typeof value === "string" ? [value] : (value ?? [])) {
      room -= name.length + each.length;
      if (room >= 0) headers.push([name, each]);
    }
  }
  // With a transfer coding the length says nothing (RFC 9112 §6.3).
  const length = fields["transfer-encoding"] === undefined ? fields["content-length"] : undefined;
  const announced = typeof length === "string" ? Number(length) : Number.NaN;
  const { status } = response;
  const read =
    announced >= 0 && announced <= bytesMax ? await readWhole(response) : await readUpTo(response.body, bytesMax);
  const got: ReceivedResponse = { status, headers, body: read.bytes, truncated: read.truncated };
  if (read.broken === undefined) return { kind: "response", response: got, ...flight.soFar() };
  if (flight.timedOut || flight.interrupted) return cutOff(flight, got);
  return {
    kind: "broken_body",
    response: got,
    detail: `The response body broke off: ${codeOf(read.broken)}.`,
    ...flight.soFar(),
  };
}

/** The fast path for a body that announced a length within the cap. What came of a broken one is lost. */
async function readWhole(response: Response): Promise<BodyRead> {
  try {
    return { bytes: await response.bytes(), truncated: false };
  } catch (broken) {
    return { bytes: new Uint8Array(0), truncated: false, broken };
  }
}
