import { describe, expect, test } from "bun:test";
import { createLog, LOG_LEVELS, type LogOptions } from "./log.ts";
import { Secret } from "./secret.ts";

const noon = new Date("2026-03-01T12:00:00.000Z");

function logTo(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const timers: { task: () => void; off: boolean }[] = [];
  const log = createLog({
    level: "info",
    format: "json",
    write: (line) => lines.push(line),
    now: () => noon,
    later(_ms, task) {
      const timer = { task, off: false };
      timers.push(timer);
      return () => {
        timer.off = true;
      };
    },
    ...options,
  });
  const passWindow = (): void => {
    for (const timer of timers.splice(0)) {
      if (!timer.off) {
        timer.task();
      }
    }
  };
  return { log, lines, passWindow, records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("json", () => {
  test("a line has time, level, event, message and then its fields", () => {
    const { log, lines } = logTo();
    log.warn("endpoint_paused", "The endpoint answered 410.", {
      endpoint: "ep_1",
      count: 2n,
      at: noon,
      none: undefined,
    });
    expect(lines).toEqual([
      '{"time":"2026-03-01T12:00:00.000Z","level":"warn","event":"endpoint_paused","message":"The endpoint answered 410.","endpoint":"ep_1","count":"2","at":"2026-03-01T12:00:00.000Z"}\n',
    ]);
  });

  test("every level has its name, and none writes below the threshold", () => {
    const { log, records } = logTo({ level: "trace" });
    for (const level of LOG_LEVELS) {
      log[level]("tick", "Tick.");
    }
    expect(records().map((record) => record["level"])).toEqual([...LOG_LEVELS]);
  });

  test("an error keeps its code, stack and causes", () => {
    const { log, records } = logTo();
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    log.error("send_failed", "The request failed.", { error: new Error("no answer", { cause }) });
    const error = records()[0]?.["error"] as { message: string; stack: string; cause: { code: string } };
    expect(error.message).toBe("no answer");
    expect(error.stack).toContain("log.test.ts");
    expect(error.cause.code).toBe("ECONNREFUSED");
  });

  test("values of any size, depth or shape give one bounded line", () => {
    const { log, lines } = logTo();
    const ring: Record<string, unknown> = {
      bytes: new Uint8Array(9),
      set: new Set([1]),
      map: new Map([["a", Number.NaN]]),
    };
    ring["self"] = ring;
    log.info("odd", "Odd.", { ring, long: "x".repeat(100_000), many: Array.from({ length: 10_000 }, (_, i) => i) });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThan(10_000);
    expect(lines[0]).toContain("<9 bytes>");
  });
});

describe("P8: secrets", () => {
  test("are masked as wrapped values, under names that hold secrets, and inside URLs", () => {
    for (const format of ["json", "pretty"] as const) {
      const { log, lines } = logTo({ format });
      log.error("trouble", "Trouble.", {
        key: new Secret("hunter2"),
        headers: {
          Authorization: "Bearer hunter2",
          "Set-Cookie": "hunter2",
          "x-api-key": "hunter2",
          accept: "text/html",
        },
        nested: [{ api_token: "hunter2", masterKey: "hunter2" }],
        error: new Error("cannot reach postgres://posthorn:hunter2@db/posthorn"),
        url: new URL("https://user:hunter2@example.com/path"),
      });
      expect(lines.join("")).not.toContain("hunter2");
      expect(lines.join("")).toContain("text/html");
      expect(lines.join("")).toContain("db/posthorn");
    }
  });

  test("are masked by their shape where no name tells: in messages, in errors and their causes, deep down", () => {
    const secrets = [
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "phk_0123456789abcdefghijklmn",
      "Bearer 0123456789abcdef",
      "postgres://me:hunter22@db/posthorn",
    ];
    const lines: string[] = [];
    const log = createLog({ level: "info", format: "json", write: (line) => lines.push(line) });
    for (const secret of secrets) {
      const cause = new Error(`cause ${secret}`);
      const error = new AggregateError([new Error(`part ${secret}`)], `whole ${secret}`, { cause });
      log.info("tried", `Tried ${secret}.`, { error, list: [secret, { deep: new Map([["x", new Set([secret])]]) }] });
      log.child({ bound: secret }).limited(secret, "warn", "tried_again", `Tried ${secret}.`);
    }
    log.flush();
    expect(lines.length).toBe(8);
    for (const word of ["MfKQ9r8", "0123456789abcdef", "hunter22"]) expect(lines.join("")).not.toContain(word);
    // Ids of ours are none.
    log.info("named", "endpoint ep_01h455vb4pex5vsknk084sn02q of msg_01h455vb4pex5vsknk084sn02q");
    expect(lines.at(-1)).toContain("ep_01h455vb4pex5vsknk084sn02q of msg_01h455vb4pex5vsknk084sn02q");
  });

  test("the token of a lease is no secret", () => {
    const { log, records } = logTo();
    log.info("lease_taken", "Taken.", { leaseToken: 7n });
    expect(records()[0]?.["leaseToken"]).toBe("7");
  });
});

describe("level", () => {
  test("it changes while running, also for children made before", () => {
    const { log, lines } = logTo();
    const child = log.child({ room: "delivery" });
    child.debug("quiet", "Not written.");
    log.level = "debug";
    expect(log.level).toBe("debug");
    expect(child.enabled("debug")).toBe(true);
    child.debug("loud", "Written.");
    log.level = "silent";
    child.fatal("mute", "Not written.");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"room":"delivery"');
  });
});

describe("limited", () => {
  test("the first line is written at once, the rest of the window as one line with its number", () => {
    const { log, records, passWindow } = logTo();
    for (let i = 1; i <= 5; i++) {
      log.limited("db", "error", "database_lost", "Lost.", { i });
    }
    expect(records()).toHaveLength(1);
    passWindow();
    expect(records()[1]).toMatchObject({ i: 5, suppressed: 3 });
    passWindow();
    log.limited("db", "error", "database_lost", "Lost.", { i: 6 });
    expect(records()).toHaveLength(3);
    expect(records()[2]).not.toHaveProperty("suppressed");
  });

  test("a lasting fault costs one line per window", () => {
    const { log, records, passWindow } = logTo();
    for (let window = 0; window < 4; window++) {
      for (let i = 0; i < 100; i++) {
        log.limited("db", "error", "database_lost", "Lost.");
      }
      passWindow();
    }
    expect(records()).toHaveLength(5);
    expect(records().reduce((sum, record) => sum + 1 + Number(record["suppressed"] ?? 0), 0)).toBe(400);
  });

  test("keys do not silence each other, and endless keys do not fill memory or the log", () => {
    const { log, records } = logTo();
    log.limited("a", "warn", "a", "A.");
    log.limited("b", "warn", "b", "B.");
    expect(records()).toHaveLength(2);
    for (let i = 0; i < 5000; i++) {
      log.limited(`stranger ${i}`, "warn", "stranger", "Stranger.");
    }
    expect(records().length).toBeLessThanOrEqual(1001);
  });

  test("flush tells what was counted", () => {
    const { log, records, passWindow } = logTo();
    log.limited("a", "warn", "a", "A.");
    log.limited("a", "warn", "a", "A.");
    log.limited("a", "warn", "a", "A.");
    log.flush();
    expect(records()[1]).toMatchObject({ suppressed: 1 });
    passWindow();
    expect(records()).toHaveLength(2);
  });
});

describe("pretty", () => {
  test("a line reads from left to right: time, level, message, event, fields", () => {
    const { log, lines } = logTo({ format: "pretty", colour: false });
    log.info("listening", "Posthorn is listening.", { url: "http://127.0.0.1:8420", note: "two words", port: 8420 });
    expect(lines[0]?.replace(/^\d\d:\d\d:00\.000/, "TIME")).toBe(
      'TIME INFO  Posthorn is listening. listening url=http://127.0.0.1:8420 note="two words" port=8420\n',
    );
  });

  test("strangers' text cannot forge a line or move the cursor", () => {
    const { log, lines } = logTo({ format: "pretty", colour: false });
    log.info("received", "evil\u001b[2J\nforged", { agent: "a\r\nb\u009b31m" });
    expect(lines[0]?.trimEnd().split("\n")).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  test("an error's stack and causes stand below its line", () => {
    const { log, lines } = logTo({ format: "pretty", colour: false });
    log.error("failed", "Failed.", { error: new Error("outer", { cause: new TypeError("inner") }) });
    expect(lines[0]).toContain('error="Error: outer"');
    expect(lines[0]).toContain("caused by TypeError: inner");
  });
});
