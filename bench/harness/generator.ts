import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Children } from "./children.ts";
import { type Load, type LoadResult, requestParts } from "./load.ts";

/** A closed loop of clients, each sending its next request when its last was answered: finds what the other side can take. */
export interface Generator {
  readonly kind: string;
  run(load: Load, seconds: number, connections: number): Promise<LoadResult>;
}

export function chooseGenerator(children: Children, scratch: string, builtIn: boolean): Generator {
  return !builtIn && Bun.which("wrk") !== null ? wrk(children, scratch) : bunGenerator(children);
}

const RESULT = "posthorn-bench-result ";

function wrk(children: Children, scratch: string): Generator {
  let scripts = 0;
  return {
    kind: "wrk",
    async run(load, seconds, connections) {
      const script = join(scratch, `load-${++scripts}.lua`);
      writeFileSync(script, wrkScript(load));
      const command = [
        "wrk",
        "-t1",
        `-c${connections}`,
        `-d${seconds}s`,
        "--timeout",
        "30s",
        "--latency",
        "-s",
        script,
        load.origin,
      ];
      const child = children.start("wrk", command);
      const result = await child.line(
        (line) => (line.startsWith(RESULT) ? line.slice(RESULT.length) : undefined),
        (seconds + 60) * 1000,
      );
      await child.exited;
      return { ...JSON.parse(result), cpuSeconds: child.cpuSeconds() };
    },
  };
}

/** Lua's long brackets quote anything that does not contain the closing one. */
const lua = (text: string): string => `[==[${text.startsWith("\n") ? "\n" : ""}${text}]==]`;

/** One path and no key: wrk sends fixed bytes. Otherwise a request is two joined strings: still 5 % of a core at 20,000/s. */
function wrkScript(load: Load): string {
  const parts = load.paths.map((path) => requestParts(load, path));
  // Carriage returns must be written as escapes: Lua turns \r\n inside long brackets into \n.
  const quoted = (text: string): string => text.split("\r\n").map(lua).join(`.."\\r\\n"..`);
  return `
local before = { ${parts.map((p) => quoted(p.before)).join(",\n")} }
local after = { ${parts.map((p) => quoted(p.after)).join(",\n")} }
local whole, turn, key = {}, 0, 0
for i = 1, #before do whole[i] = before[i] .. after[i] end
request = function()
  turn = turn % #before + 1
  ${
    load.idempotencyKey
      ? `key = key + 1
  return before[turn] .. "idempotency-key: ${randomBytes(12).toString("hex")}-" .. key .. "\\r\\n" .. after[turn]`
      : "return whole[turn]"
  }
end
done = function(s, latency)
  local e = s.errors
  io.write(string.format('${RESULT}{"requests":%d,"seconds":%.6f,"refused":%d,"socketErrors":%d,"ackMs":{"p50":%.3f,"p99":%.3f,"max":%.3f}}\\n',
    s.requests, s.duration / 1e6, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
`;
}

function bunGenerator(children: Children): Generator {
  return {
    kind: "built-in (Bun, raw sockets)",
    async run(load, seconds, connections) {
      const job = JSON.stringify({ load, seconds, connections });
      const child = children.start("generator", [process.execPath, join(import.meta.dir, "generator-main.ts")], {
        env: { BENCH_JOB: job },
      });
      const result = await child.line(
        (line) => (line.startsWith(RESULT) ? line.slice(RESULT.length) : undefined),
        (seconds + 60) * 1000,
      );
      await child.exited;
      return { ...JSON.parse(result), cpuSeconds: child.cpuSeconds() };
    },
  };
}
