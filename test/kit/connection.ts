import type { Socket } from "bun";

export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * `refused`: nobody listens. `idle_closed`: the connection was closed while no request was under way on it, which HTTP/1.1 allows
 * at any time (RFC 9112 §9.5). `cut`: it was closed after bytes of a request had been sent and before its answer was complete.
 */
export type Sending = Answered | { readonly kind: "refused" | "idle_closed" | "cut" };

/**
 * One keep-alive connection as a careful HTTP/1.1 client keeps it: a request at a time, none after `Connection: close`. It tells
 * apart what `fetch` calls by one name, because only one of these is the server's fault.
 */
export class KeepAlive {
  #socket: Socket | undefined;
  #buffered = Buffer.alloc(0);
  #waiting: PromiseWithResolvers<Sending> | undefined;
  #isOver = false;

  async send(url: string, method: string, path: string, headers: Readonly<Record<string, string>>, body: string) {
    const { hostname, port } = new URL(url);
    if (this.#socket === undefined) {
      try {
        await this.#connect(hostname, Number(port));
      } catch {
        return { kind: "refused" } as const;
      }
    }
    if (this.#isOver) {
      this.#forget();
      return { kind: "idle_closed" } as const;
    }
    this.#waiting = Promise.withResolvers();
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = Buffer.byteLength(body);
    this.#socket?.write(
      `${method} ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${fields.join("")}Content-Length: ${length}\r\n\r\n${body}`,
    );
    const answer = await this.#waiting.promise;
    if (answer.kind !== "answered" || answer.headers["connection"]?.toLowerCase() === "close") this.#forget();
    return answer;
  }

  close(): void {
    this.#forget();
  }

  #forget(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isOver = false;
    this.#buffered = Buffer.alloc(0);
    this.#waiting = undefined;
    socket?.end();
  }

  async #connect(hostname: string, port: number): Promise<Socket> {
    const over = (socket: Socket) => {
      if (socket !== this.#socket) return;
      this.#isOver = true;
      this.#waiting?.resolve({ kind: "cut" });
    };
    return Bun.connect({
      hostname,
      port,
      socket: {
        open: (socket) => {
          this.#socket = socket;
        },
        data: (socket, bytes) => {
          if (socket !== this.#socket) return;
          this.#buffered = Buffer.concat([this.#buffered, bytes]);
          const answer = parseAnswer(this.#buffered);
          if (answer === undefined) return;
          this.#buffered = this.#buffered.subarray(answer.bytes);
          this.#waiting?.resolve(answer.answered);
        },
        close: over,
        end: over,
        error: over,
      },
    });
  }
}

/** A whole answer with Content-Length, as the engine frames all of them. */
function parseAnswer(bytes: Buffer): { answered: Answered; bytes: number } | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const [line = "", ...fields] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const headers: Record<string, string> = {};
  for (const field of fields) {
    const colon = field.indexOf(":");
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
  }
  const length = Number(headers["content-length"] ?? 0);
  const end = headEnd + 4 + length;
  if (bytes.length < end) return undefined;
  const text = bytes.toString("utf8", headEnd + 4, end);
  return { answered: { kind: "answered", status: Number(line.split(" ")[1]), headers, text }, bytes: end };
}
