import type { Socket } from "bun";
import { parseRequest, type ReceivedRequest } from "./http-request.ts";

export type { ReceivedRequest } from "./http-request.ts";

/**
 * What a receiver does with a request. A well-formed response (Content-Length is added unless `headers` frame it themselves);
 * `raw`: these bytes as they are, then close, reset, or leave open; `stream`: bytes sent as the test sends them, then close;
 * `reset` (RST) and `close` (FIN) without a byte; `never`: nothing, and the connection stays open.
 */
export type Answer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  | { readonly raw: string | Uint8Array; readonly afterwards: "close" | "reset" | "open" }
  | { readonly stream: (send: (bytes: string | Uint8Array) => Promise<void>) => Promise<void> }
  | "reset"
  | "close"
  | "never";

/** May be async: an answer that waits for a signal is a slow receiver. */
export type Answerer = (request: ReceivedRequest, index: number) => Answer | Promise<Answer>;

export interface Receiver extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>` with TLS. */
  readonly url: string;
  readonly port: number;
  /** In the order in which they were complete. */
  readonly requests: readonly ReceivedRequest[];
  /** Connections accepted so far, and open now. */
  readonly connections: { readonly accepted: number; readonly open: number };
  /** From the next request on. */
  answer(next: Answer | Answerer): void;
  /** Resolves with the requests that fit, when there are `count`; rejects after the patience and says what came. */
  waitFor(
    count: number,
    options?: { readonly fits?: (request: ReceivedRequest) => boolean; readonly timeoutMs?: number },
  ): Promise<readonly ReceivedRequest[]>;
  clear(): void;
}

interface Connection {
  buffered: Buffer<ArrayBufferLike>;
  readonly number: number;
  /** Answers go out in the order of their requests. */
  turn: Promise<void>;
  drained: PromiseWithResolvers<void>;
  closed: boolean;
}

/** An HTTP/1.1 server in this process that records every request byte by byte and answers as it is told; by default 200. */
export function receiver(
  options: {
    readonly answer?: Answer | Answerer;
    readonly port?: number;
    readonly hostname?: string;
    readonly tls?: { readonly key: string; readonly cert: string };
  } = {},
): Receiver {
  let answerer = toAnswerer(options.answer ?? {});
  let requests: ReceivedRequest[] = [];
  let accepted = 0;
  let taken = 0;
  let arrived = Promise.withResolvers<void>();
  const open = new Set<Socket<Connection>>();

  function take(socket: Socket<Connection>): void {
    for (;;) {
      const parsed = parseRequest(socket.data.buffered, socket.data.number);
      if (parsed === undefined) return;
      socket.data.buffered = socket.data.buffered.subarray(parsed.bytes);
      const { request } = parsed;
      requests.push(request);
      const index = taken++;
      arrived.resolve();
      arrived = Promise.withResolvers();
      const answer = Promise.resolve(answerer(request, index));
      socket.data.turn = socket.data.turn.then(async () => perform(socket, await answer));
    }
  }

  const server = Bun.listen<Connection>({
    hostname: options.hostname ?? "127.0.0.1",
    port: options.port ?? 0,
    ...(options.tls && { tls: options.tls }),
    socket: {
      open(socket) {
        socket.data = {
          buffered: Buffer.alloc(0),
          number: ++accepted,
          turn: Promise.resolve(),
          drained: Promise.withResolvers(),
          closed: false,
        };
        open.add(socket);
      },
      data(socket, bytes) {
        socket.data.buffered = Buffer.concat([socket.data.buffered, bytes]);
        take(socket);
      },
      drain(socket) {
        socket.data.drained.resolve();
        socket.data.drained = Promise.withResolvers();
      },
      close(socket) {
        open.delete(socket);
        socket.data.closed = true;
        socket.data.drained.resolve();
      },
      error() {}, // The other side broke the connection: `close` follows.
    },
  });

  return {
    url: `${options.tls ? "https://localhost" : `http://${options.hostname ?? "127.0.0.1"}`}:${server.port}`,
    port: server.port,
    get requests() {
      return requests;
    },
    get connections() {
      return { accepted, open: open.size };
    },
    answer(next) {
      answerer = toAnswerer(next);
    },
    async waitFor(count, { fits = () => true, timeoutMs = 10_000 } = {}) {
      const late = Promise.withResolvers<"late">();
      const timer = setTimeout(late.resolve, timeoutMs, "late");
      try {
        for (;;) {
          const fitting = requests.filter(fits);
          if (fitting.length >= count) return fitting;
          if ((await Promise.race([arrived.promise, late.promise])) !== "late") continue;
          const lines = [...new Set(requests.map(({ method, target }) => `${method} ${target}`))];
          const came = `${lines.slice(0, 20).join(", ") || "none"} (${requests.length} in all)`;
          throw new Error(`Waited ${timeoutMs} ms for ${count} requests; ${fitting.length} came that fit, of: ${came}`);
        }
      } finally {
        clearTimeout(timer);
      }
    },
    clear() {
      requests = [];
    },
    async [Symbol.asyncDispose]() {
      server.stop(true);
    },
  };
}

function toAnswerer(answer: Answer | Answerer): Answerer {
  return typeof answer === "function" ? answer : () => answer;
}

async function perform(socket: Socket<Connection>, answer: Answer): Promise<void> {
  if (answer === "never") return;
  if (answer === "close") return void socket.end();
  if (answer === "reset") return void socket.terminate();
  if ("stream" in answer) {
    await answer.stream((bytes) => send(socket, bytes));
    return void socket.end();
  }
  if ("raw" in answer) {
    await send(socket, answer.raw);
    if (answer.afterwards === "close") socket.end();
    if (answer.afterwards === "reset") socket.terminate();
    return;
  }
  const body = Buffer.from(answer.body ?? "");
  const headers = Object.entries(answer.headers ?? {});
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  if (!framed) headers.push(["Content-Length", String(body.length)]);
  const head = [`HTTP/1.1 ${answer.status ?? 200} Answer`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  await send(socket, Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]));
  if (headers.some(([name, value]) => /^connection$/i.test(name) && /close/i.test(value))) socket.end();
}

/** Writes all of it, waiting while the other side does not read. Silently short when it is gone: that is the sender's business. */
async function send(socket: Socket<Connection>, bytes: string | Uint8Array): Promise<void> {
  let rest = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  while (rest.length > 0 && !socket.data.closed) {
    const { drained } = socket.data;
    const written = socket.write(rest);
    if (written < 0) return;
    rest = rest.subarray(written);
    if (rest.length > 0) await drained.promise;
  }
}
