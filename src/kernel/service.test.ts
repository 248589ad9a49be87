import { describe, expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import { createLog } from "./log.ts";
import type { RunOptions, Service } from "./service.ts";
import { runServices } from "./service.ts";

/** A stage: services that tell what happens to them, signals we send, and time that passes when we say so. */
function stage(
  names: readonly string[],
  overrides: Record<string, Partial<Service>> = {},
  options: Partial<RunOptions> = {},
) {
  const told: string[] = [];
  const lines: string[] = [];
  const signals = new EventEmitter();
  const clock = { ms: 0 };
  const started = Promise.withResolvers<void>();
  const waits: { ms: number; pass: () => void }[] = [];
  const services = names.map(
    (name): Service => ({
      name,
      start: async () => void told.push(`start ${name}`),
      drain: async () => void told.push(`drain ${name}`),
      stop: async () => void told.push(`stop ${name}`),
      ...overrides[name],
    }),
  );
  const exit = runServices(services, {
    graceMs: 25_000,
    log: createLog({ level: "trace", format: "json", write: (line) => lines.push(line) }),
    signals,
    now: () => clock.ms,
    onStarted: () => {
      told.push("all started");
      started.resolve();
    },
    onSignal: (signal) => told.push(signal),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        waits.push({ ms, pass: resolve });
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    ...options,
  });
  const events = () => lines.map((line) => (JSON.parse(line) as { event: string }).event);
  return { told, events, lines, signals, clock, started: started.promise, exit, waits };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await Promise.resolve();
  }
}

const never = new Promise<never>(() => {});

describe("P12: leaving is graceful", () => {
  test("services start in order, drain in reverse, and stop in reverse after all have drained", async () => {
    const { told, signals, started, exit } = stage(["db", "delivery", "http"]);
    await started;
    signals.emit("SIGTERM");
    expect(await exit).toBe(0);
    expect(told).toEqual([
      "start db",
      "start delivery",
      "start http",
      "all started",
      "SIGTERM",
      "drain http",
      "drain delivery",
      "drain db",
      "stop http",
      "stop delivery",
      "stop db",
    ]);
  });

  test("before anything drains, the process is seen as not ready for a while", async () => {
    const { told, signals, started, exit, waits } = stage(["http"], {}, { delayMs: 5000 });
    await started;
    signals.emit("SIGINT");
    await until(() => waits.length === 1);
    expect(told.at(-1)).toBe("SIGINT");
    expect(waits.map((wait) => wait.ms)).toEqual([5000]);
    waits[0]?.pass();
    expect(await exit).toBe(0);
    expect(told.slice(-2)).toEqual(["drain http", "stop http"]);
  });

  test("the drains share one grace; when it is over the rest is stopped", async () => {
    const draining = Promise.withResolvers<AbortSignal>();
    const drain = (signal: AbortSignal) => {
      draining.resolve(signal);
      return never;
    };
    const { told, signals, started, exit, waits, events } = stage(["db", "http"], { http: { drain } });
    await started;
    signals.emit("SIGTERM");
    const signal = await draining.promise;
    expect(signal.aborted).toBe(false);
    expect(waits.map((wait) => wait.ms)).toEqual([25_000]);
    waits[0]?.pass();
    expect(await exit).toBe(0);
    expect(signal.aborted).toBe(true);
    expect(told.slice(-2)).toEqual(["stop http", "stop db"]);
    expect(events()).toContain("service_drain_overdue");
  });

  test("a second signal ends drains at once but still stops", async () => {
    const draining = Promise.withResolvers<void>();
    const drain = () => {
      draining.resolve();
      return never;
    };
    const { told, signals, clock, started, exit } = stage(["db", "http"], { http: { drain } });
    await started;
    signals.emit("SIGINT");
    await draining.promise;
    clock.ms += 1000;
    signals.emit("SIGINT");
    expect(await exit).toBe(130);
    expect(told.slice(-2)).toEqual(["stop http", "stop db"]);
  });

  test("the echo of a signal that npm or a launcher passes on is no second signal", async () => {
    const { told, signals, started, exit } = stage(["db"]);
    await started;
    signals.emit("SIGINT");
    signals.emit("SIGINT");
    expect(await exit).toBe(0);
    expect(told.slice(-2)).toEqual(["drain db", "stop db"]);
  });

  test("a service that does not stop does not keep the process", async () => {
    const { signals, started, exit, waits, events } = stage(["db"], { db: { stop: () => never } });
    await started;
    signals.emit("SIGTERM");
    await until(() => waits.length === 2);
    waits[1]?.pass();
    expect(await exit).toBe(1);
    expect(events()).toContain("service_stop_overdue");
  });

  test("listeners are taken back", async () => {
    const { signals, started, exit } = stage(["db"]);
    await started;
    signals.emit("SIGTERM");
    await exit;
    expect(signals.listenerCount("SIGTERM") + signals.listenerCount("SIGINT")).toBe(0);
  });
});

describe("trouble", () => {
  test("a start that fails stops what was touched, and nothing else starts", async () => {
    const start = () => Promise.reject(new Error("port taken"));
    const { told, exit, lines } = stage(["db", "http", "late"], { http: { start } });
    expect(await exit).toBe(1);
    expect(told).toEqual(["start db", "drain db", "stop http", "stop db"]);
    expect(lines.join()).toContain("port taken");
  });

  test("a signal during the start ends it after the service that is starting", async () => {
    const starting = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const start = () => {
      starting.resolve();
      return go.promise;
    };
    const { told, signals, exit } = stage(["db", "http"], { db: { start } });
    await starting.promise;
    signals.emit("SIGTERM");
    go.resolve();
    expect(await exit).toBe(0);
    expect(told).toEqual(["SIGTERM", "drain db", "stop db"]);
  });

  test("a second signal leaves a start that hangs", async () => {
    const starting = Promise.withResolvers<void>();
    const start = () => {
      starting.resolve();
      return never;
    };
    const { told, signals, clock, exit } = stage(["db", "http"], { db: { start } });
    await starting.promise;
    signals.emit("SIGTERM");
    clock.ms += 1000;
    signals.emit("SIGTERM");
    expect(await exit).toBe(143);
    expect(told).toEqual(["SIGTERM", "stop db"]);
  });

  test("errors while leaving are told and keep no other service from leaving", async () => {
    const http: Partial<Service> = {
      drain: () => {
        throw new Error("drain broke");
      },
      stop: () => Promise.reject(new Error("stop broke")),
    };
    const { told, signals, started, exit, lines } = stage(["db", "http"], { http });
    await started;
    signals.emit("SIGTERM");
    expect(await exit).toBe(1);
    expect(told.slice(-2)).toEqual(["drain db", "stop db"]);
    expect(lines.join()).toContain("drain broke");
    expect(lines.join()).toContain("stop broke");
  });

  test("a service that fails while running brings the process down in order", async () => {
    const failure = Promise.withResolvers<never>();
    const { told, started, exit, lines } = stage(["db"], {}, { failed: failure.promise });
    await started;
    failure.reject(new Error("lost the lease of this process"));
    expect(await exit).toBe(1);
    expect(told.slice(-2)).toEqual(["drain db", "stop db"]);
    expect(lines.join()).toContain("lost the lease");
  });
});

test("without injected time the grace is real and leaves no timer behind", async () => {
  const signals = new EventEmitter();
  const service: Service = { name: "slow", drain: () => never, stop: async () => {} };
  const log = createLog({ level: "silent", format: "json" });
  const exit = await runServices([service], { graceMs: 1, log, signals, onStarted: () => signals.emit("SIGTERM") });
  expect(exit).toBe(0);
});
