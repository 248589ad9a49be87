import { afterAll, expect, test } from "bun:test";
import { createLog } from "#kernel";
import type { ProgramOutcome } from "./outcome.ts";
import type { Program } from "./program.ts";
import { createSandbox, type SandboxOptions } from "./sandbox.ts";
import type { SandboxProcessEvents } from "./sandbox-process.ts";

const log = createLog({ level: "silent", format: "json" });

/** Processes of which the test says what happens to them. */
function staged(options: Partial<SandboxOptions> = {}) {
  const started: { events: SandboxProcessEvents; programs: Program[]; killed: boolean; die(how: string): void }[] = [];
  const timers: { ms: number; task: () => void; off: boolean }[] = [];
  let nowMs = 0;
  const sandbox = createSandbox({
    log,
    processesMax: 1,
    monotonic: () => nowMs,
    later(ms, task) {
      const timer = { ms, task, off: false };
      timers.push(timer);
      return () => {
        timer.off = true;
      };
    },
    start(events) {
      const gone = Promise.withResolvers<void>();
      const one = {
        events,
        programs: [] as Program[],
        killed: false,
        die(how: string) {
          events.onGone(how);
          gone.resolve();
        },
      };
      started.push(one);
      return {
        run: (program) => void one.programs.push(program),
        kill() {
          one.killed = true;
          one.die("signal SIGKILL");
        },
        gone: gone.promise,
      };
    },
    ...options,
  });
  const at = (n: number) => {
    const one = started[n];
    if (one === undefined) throw new Error(`${started.length} processes were started, not ${n + 1}`);
    return one;
  };
  return {
    sandbox,
    started,
    at,
    ready: (n = 0) => at(n).events.onMessage({ kind: "ready" }),
    done: (outcome: ProgramOutcome, n = 0, last = false) => at(n).events.onMessage({ kind: "done", outcome, last }),
    pass(ms: number) {
      nowMs += ms;
    },
    fire(ms: number) {
      for (const timer of timers.filter((one) => one.ms === ms && !one.off)) timer.task();
    },
  };
}

const call = (appId = "a", code = "return 1") => ({ appId, code, input: null, timeoutMs: 100 });
const one: ProgramOutcome = { ok: true, output: "1", logs: [] };

test("no process is there before the first program, and one with nothing to do is ended", async () => {
  const { sandbox, started, at, ready, done, fire } = staged({ idleMs: 777 });
  expect(started).toHaveLength(0);
  const outcome = sandbox.run(call());
  ready();
  done(one);
  expect(await outcome).toEqual({ ok: true, output: 1, logs: [] });
  expect(sandbox.stats()).toMatchObject({ processes: 1, running: 0, programs: 1 });
  fire(777);
  expect(at(0).killed).toBe(true);
  expect(sandbox.stats().processes).toBe(0);
  const next = sandbox.run(call());
  ready(1);
  done(one, 1);
  expect((await next).ok).toBe(true);
});

test("P7 at most so many processes run, each one program at a time", () => {
  const { sandbox, started, at, ready, done } = staged({ processesMax: 2 });
  for (let n = 0; n < 5; n++) void sandbox.run(call());
  expect(started).toHaveLength(2);
  ready(0);
  ready(1);
  expect([at(0).programs.length, at(1).programs.length]).toEqual([1, 1]);
  expect(sandbox.stats()).toMatchObject({ running: 2, waiting: 3 });
  done(one, 0);
  expect([at(0).programs.length, at(1).programs.length]).toEqual([2, 1]);
});

test("a process that is lost costs its own program only, which may be tried again", async () => {
  const { sandbox, at, ready, done, pass } = staged();
  const first = sandbox.run(call());
  const second = sandbox.run(call());
  ready();
  pass(10);
  at(0).die("signal SIGSEGV");
  expect(await first).toMatchObject({
    ok: false,
    error: { code: "sandbox_lost", message: expect.stringContaining("SIGSEGV") },
  });
  ready(1);
  done(one, 1);
  expect((await second).ok).toBe(true);
  expect(sandbox.stats()).toMatchObject({ lost: 1, failed: 1, programs: 2 });
});

test("a process that was lost past the program's last moment was killed because of the program", async () => {
  const { sandbox, at, ready, pass } = staged();
  const outcome = sandbox.run(call());
  ready();
  pass(1_300);
  at(0).die("signal SIGKILL");
  expect(await outcome).toMatchObject({ ok: false, error: { code: "code_timeout" } });
});

test("a process whose machine broke is replaced, after its answer", async () => {
  const { sandbox, at, started, ready, done } = staged();
  const [first, second] = [sandbox.run(call()), sandbox.run(call())];
  ready();
  done(one, 0, true);
  expect((await first).ok).toBe(true);
  expect(at(0).killed).toBe(true);
  expect(started).toHaveLength(2);
  ready(1);
  done(one, 1);
  expect((await second).ok).toBe(true);
});

test("when processes cannot start, what waits is told so, and the next program tries again", async () => {
  const { sandbox, at, started, ready, done } = staged();
  const outcome = sandbox.run(call());
  at(0).events.onMessage({ kind: "unfit", message: "no machine" });
  at(1).die("exit code 1");
  at(2).die("exit code 1");
  expect(await outcome).toMatchObject({
    ok: false,
    error: { code: "sandbox_lost", message: expect.stringContaining("exit code 1") },
  });
  expect(started).toHaveLength(3);
  const next = sandbox.run(call());
  ready(3);
  done(one, 3);
  expect((await next).ok).toBe(true);
});

test("a process that does not get ready in time is ended, and another one started", () => {
  const { sandbox, at, started, fire } = staged();
  void sandbox.run(call());
  fire(20_000);
  expect(at(0).killed).toBe(true);
  expect(started).toHaveLength(2);
});

test("P7 more than may wait is refused at once", async () => {
  const { sandbox } = staged({ queue: { calls: 2, bytes: 1_000, percentOfOne: 50 } });
  void sandbox.run(call("a"));
  expect(await sandbox.run(call("a"))).toMatchObject({ ok: false, error: { code: "sandbox_busy" } });
  void sandbox.run(call("b"));
  expect(await sandbox.run(call("c"))).toMatchObject({ ok: false, error: { code: "sandbox_busy" } });
});

test("a program whose run gave it up does not run", async () => {
  const { sandbox, at, ready } = staged();
  const giveUp = new AbortController();
  const outcome = sandbox.run({ ...call(), signal: giveUp.signal });
  giveUp.abort();
  expect(await outcome).toMatchObject({ ok: false, error: { code: "sandbox_closed" } });
  ready();
  expect(at(0).programs).toHaveLength(0);
});

test("P12 closing ends every process and answers whoever waits", async () => {
  const { sandbox, at, ready } = staged();
  const outcomes = [sandbox.run(call()), sandbox.run(call())];
  ready();
  await sandbox.close();
  expect(at(0).killed).toBe(true);
  for (const outcome of outcomes) expect(await outcome).toMatchObject({ ok: false, error: { code: "sandbox_closed" } });
  expect(await sandbox.run(call())).toMatchObject({ ok: false, error: { code: "sandbox_closed" } });
  await sandbox.close();
});

const real = createSandbox({ log, processesMax: 1 });
afterAll(() => real.close());

test("a program runs in a process of its own", async () => {
  expect(
    await real.run({ ...call("a", "console.log('in'); return { twice: input.n * 2 }"), input: { n: 21 } }),
  ).toEqual({
    ok: true,
    output: { twice: 42 },
    logs: ["in"],
  });
});

test("P7 a builtin that nothing can interrupt is killed with its process, and the next program runs", async () => {
  const endless = "const list = []; list[2 ** 32 - 2] = 1; return list.join().length";
  const [killed, next] = await Promise.all([real.run(call("a", endless)), real.run(call("b", "return 'fine'"))]);
  expect(killed).toMatchObject({ ok: false, error: { code: "code_timeout" } });
  expect(next).toMatchObject({ ok: true, output: "fine" });
});

test("the sandbox lives in UTC wherever the engine runs", async () => {
  expect(await real.run(call("a", "return new Date(2026, 6, 1).toISOString()"))).toMatchObject({
    output: "2026-07-01T00:00:00.000Z",
  });
});
