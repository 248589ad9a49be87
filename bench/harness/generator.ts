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

/** What changes costs CPU that the measured side should have, so only what a load needs is written into its script. */
function wrkScript(load: Load): string {
  const [path] = load.paths;
  const fixed = load.paths.length === 1 && path !== undefined && !load.idempotencyKey;
  return [
    fixed ? fixedRequest(load, path) : changingRequests(load),
    load.pauseAfterRefusalMs > 0 ? pauses(load) : "",
    DONE,
  ].join("\n");
}

/** wrk itself repeats the same bytes: the cheapest there is. */
function fixedRequest(load: Load, path: string): string {
  const headers = Object.entries(load.headers).map(([name, value]) => `wrk.headers[ ${lua(name)} ] = ${lua(value)}`);
  return [`wrk.method = "POST"`, `wrk.path = ${lua(path)}`, ...headers, `wrk.body = ${lua(load.body)}`].join("\n");
}

/** Another path or key each time: two strings joined per request, about 2 µs. */
function changingRequests(load: Load): string {
  const parts = load.paths.map((path) => requestParts(load, path));
  // Carriage returns must be written as escapes: Lua turns \r\n inside long brackets into \n.
  const quoted = (text: string): string => text.split("\r\n").map(lua).join(`.."\\r\\n"..`);
  const withKey = `key = key + 1
  return before[turn] .. "idempotency-key: ${randomBytes(12).toString("hex")}-" .. key .. "\\r\\n" .. after[turn]`;
  return `
local before = { ${parts.map((part) => quoted(part.before)).join(",\n")} }
local after = { ${parts.map((part) => quoted(part.after)).join(",\n")} }
local whole, turn, key = {}, 0, 0
for i = 1, #before do whole[i] = before[i] .. after[i] end
request = function()
  turn = turn % #before + 1
  ${load.idempotencyKey ? withKey : "return whole[turn]"}
end`;
}

/** Having wrk look at answers costs it about 3 µs each: only where refusals are expected. */
const pauses = (load: Load): string => `
local pause = 0
response = function(status) if status >= 400 then pause = ${load.pauseAfterRefusalMs} end end
delay = function()
  local ms = pause
  pause = 0
  return ms
end`;

const DONE = `
done = function(s, latency)
  local e = s.errors
  io.write(string.format('${RESULT}{"requests":%d,"seconds":%.6f,"refused":%d,"socketErrors":%d,"ackMs":{"p50":%.3f,"p99":%.3f,"max":%.3f}}\\n',
    s.requests, s.duration / 1e6, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end`;

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
