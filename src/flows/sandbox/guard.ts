/**
 * A thread of the sandbox's process that does one thing: it kills the process when a program is not done at its deadline on the
 * wall. The thread that runs the program cannot look after itself while a builtin loops, and the engine may be gone by then.
 *
 * The cell holds the deadline (ns of the monotonic clock that all threads share), or 0 while nothing runs. Deadlines only grow, so
 * a wait for an old one ends early and looks again.
 */
declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<SharedArrayBuffer>) => {
  const cell = new BigInt64Array(data);
  self.postMessage("on guard");
  for (;;) {
    const endsAt = Atomics.load(cell, 0);
    if (endsAt === 0n) {
      Atomics.wait(cell, 0, 0n);
      continue;
    }
    const restNs = endsAt - process.hrtime.bigint();
    if (restNs <= 0n) process.kill(process.pid, "SIGKILL");
    Atomics.wait(cell, 0, endsAt, Number(restNs / 1_000_000n) + 1);
  }
};
