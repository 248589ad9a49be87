/** How a receiver of the world behaves. Each is a path of one server, except for the two that are no server at all. */
export const PERSONALITIES = {
  prompt: "answers at once",
  slow: "answers after 400 to 900 ms",
  flaky: "fails with 500 in 30 of 100 requests",
  broken: "fails with 500 always, until it is repaired",
  busy: "takes five requests a second and answers 429 with Retry-After to the others",
  gone: "answers 410",
  missing: "answers 404",
  moved: "answers 301 and points elsewhere",
  hanging: "takes the request and never answers",
  refusing: "is a port where nobody listens",
  insecure: "speaks no TLS where TLS is asked for",
} as const;
export type Personality = keyof typeof PERSONALITIES;

export interface Receivers extends AsyncDisposable {
  /** Where a receiver with this behaviour is; `name` makes the path readable. */
  url(personality: Personality, name: string): string;
  /** From now on `broken` receivers of this name answer at once, as if somebody had repaired them. */
  repair(name: string): void;
  /** Requests taken so far under this name. */
  taken(name: string): number;
}

const HANG_MS_MAX = 120_000;

/** Starts them on one port of this machine. Bodies are read and forgotten. */
export function startReceivers(random: () => number): Receivers {
  const repaired = new Set<string>();
  const counts = new Map<string, number>();
  const over = new AbortController();
  let window = { second: 0, taken: 0 };

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      await request.arrayBuffer();
      const [, personality = "", name = ""] = new URL(request.url).pathname.split("/");
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return answer(personality as Personality, name);
    },
  });
  const closed = freePort();

  async function answer(personality: Personality, name: string): Promise<Response> {
    switch (personality) {
      case "prompt":
        return Response.json({ received: true });
      case "slow":
        await pause(400 + random() * 500);
        return Response.json({ received: true });
      case "flaky":
        return random() < 0.3 ? failure() : Response.json({ received: true });
      case "broken":
        return repaired.has(name) ? Response.json({ received: true }) : failure();
      case "busy": {
        const second = Math.floor(Date.now() / 1_000);
        if (window.second !== second) window = { second, taken: 0 };
        window.taken++;
        if (window.taken <= 5) return Response.json({ received: true });
        return Response.json({ error: "Too many requests" }, { status: 429, headers: { "retry-after": "2" } });
      }
      case "gone":
        return Response.json({ error: "This hook was removed on 1 March" }, { status: 410 });
      case "moved":
        return new Response(null, { status: 301, headers: { location: "https://hooks.example.com/v2" } });
      case "hanging":
        await pause(HANG_MS_MAX);
        return new Response(null, { status: 504 });
      case "missing":
      case "refusing":
      case "insecure":
        return Response.json({ error: "No such route" }, { status: 404 });
      default:
        return new Response(`no receiver behaves like ${personality satisfies never}`, { status: 500 });
    }
  }

  const failure = () => Response.json({ error: "NullPointerException in OrderMapper.java:214" }, { status: 500 });

  /** Until then, or until the world ends. */
  function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    over.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
    return promise;
  }

  return {
    url(personality, name) {
      const host = `127.0.0.1:${personality === "refusing" ? closed : server.port}`;
      return `${personality === "insecure" ? "https" : "http"}://${host}/${personality}/${name}`;
    },
    repair: (name) => void repaired.add(name),
    taken: (name) => counts.get(name) ?? 0,
    async [Symbol.asyncDispose]() {
      over.abort();
      await server.stop(true);
    },
  };
}

/** A port that was free a moment ago. */
function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
