// What every peer's program does alike: warm up, count over a window, print one line of JSON.
// Settings come as environment variables, all numbers: PEER_SECONDS, PEER_WARM_SECONDS, PEER_CONCURRENCY, PEER_BACKLOG, PEER_RATE.

const number = (name, fallback) => Number(process.env[name] ?? fallback);

export const SECONDS = number("PEER_SECONDS", 10);
export const WARM_SECONDS = number("PEER_WARM_SECONDS", 3);
/** Runs or tasks under way at once. */
export const CONCURRENCY = number("PEER_CONCURRENCY", 256);
/** Tasks that wait, at most: enough that no worker ever starves. */
export const BACKLOG = number("PEER_BACKLOG", 5_000);
/** Above 0: so many are begun each second at fixed moments, and each one's latency is told. */
export const RATE = number("PEER_RATE", 0);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/**
 * `once` does one run from begin to end. A closed loop of CONCURRENCY of them, or RATE a second at fixed moments (latency counts from
 * when one was due). `stored`, if there is one, tells how many ended according to the store.
 */
export async function measureRuns(once, stored) {
  let ended = 0;
  let stop = false;
  const latencies = [];
  let isCounted = false;
  const one = async (dueAt) => {
    await once();
    ended++;
    if (isCounted) latencies.push(performance.now() - dueAt);
  };
  const loops =
    RATE > 0
      ? [openLoop(one, () => stop)]
      : Array.from({ length: CONCURRENCY }, async () => {
          while (!stop) await one(performance.now());
        });
  await sleep(WARM_SECONDS * 1_000);
  const storedBefore = await stored?.();
  const before = ended;
  const beganAt = performance.now();
  isCounted = true;
  await sleep(SECONDS * 1_000);
  isCounted = false;
  const seconds = (performance.now() - beganAt) / 1_000;
  const counted = ended - before;
  const storedAfter = await stored?.();
  stop = true;
  await Promise.all(loops);
  say({
    event: "measured",
    seconds,
    ended: counted,
    stored: stored === undefined ? null : storedAfter - storedBefore,
    storedSeconds: stored === undefined ? null : (performance.now() - beganAt) / 1_000,
    ...percentiles(latencies),
  });
}

async function openLoop(one, isOver) {
  const under = new Set();
  const beganAt = performance.now();
  for (let n = 0; !isOver(); n++) {
    const dueAt = beganAt + (n * 1_000) / RATE;
    const wait = dueAt - performance.now();
    if (wait > 0) await sleep(wait);
    const work = one(dueAt).finally(() => under.delete(work));
    under.add(work);
  }
  await Promise.all(under);
}

/**
 * Keeps up to BACKLOG tasks waiting with `add(n)`, and counts those that `onDone` was called for; or with RATE adds that many a second,
 * each with its moment, and `onDone(addedAt)` tells how long it waited until it was picked up.
 */
export async function measureTasks({ add, stored }) {
  let added = 0;
  let done = 0;
  let stop = false;
  let isCounted = false;
  const waits = [];
  const onStart = (addedAt) => {
    if (isCounted && addedAt !== undefined) waits.push(Date.now() - addedAt);
  };
  const onDone = () => {
    done++;
  };
  const producing = (async () => {
    const beganAt = performance.now();
    while (!stop) {
      const due =
        RATE > 0 ? Math.floor(((performance.now() - beganAt) / 1_000) * RATE) - added : BACKLOG - (added - done);
      const n = Math.min(RATE > 0 ? 1_000 : 500, due);
      if (n < (RATE > 0 ? 1 : 100)) {
        await sleep(RATE > 0 ? 2 : 1);
        continue;
      }
      added += n;
      await add(n);
    }
  })();
  return {
    onStart,
    onDone,
    async measure() {
      await sleep(WARM_SECONDS * 1_000);
      say({ event: "open" });
      const storedBefore = await stored?.();
      const before = done;
      const beganAt = performance.now();
      isCounted = true;
      await sleep(SECONDS * 1_000);
      isCounted = false;
      const seconds = (performance.now() - beganAt) / 1_000;
      const counted = done - before;
      const storedAfter = await stored?.();
      const storedSeconds = (performance.now() - beganAt) / 1_000;
      stop = true;
      await producing;
      say({
        event: "measured",
        seconds,
        ended: counted,
        stored: stored === undefined ? null : storedAfter - storedBefore,
        storedSeconds,
        ...percentiles(waits),
      });
    },
  };
}

function percentiles(values) {
  if (values.length === 0) return { p50Ms: null, p99Ms: null };
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
