/** Lets so many through at once; as many more may wait, and who comes after that is told so. */
export interface Gate {
  /** Undefined: too many wait already, nothing was begun. */
  pass<T>(work: () => Promise<T>): Promise<T> | undefined;
}

/**
 * The pool of connections is shared with the road of events. Without a gate a client that lists in fifty threads, or repeats one
 * Idempotency-Key while its first request still runs, would hold every connection, and intake would wait for it (P7).
 */
export function createGate(atOnce: number, waitingMax: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];

  function leave(): void {
    // Who waits takes the place over, so that nobody slips in between.
    const next = waiting.shift();
    if (next === undefined) inside--;
    else next();
  }

  async function enter<T>(work: () => Promise<T>): Promise<T> {
    if (inside < atOnce) inside++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      leave();
    }
  }

  return {
    pass: (work) => (inside >= atOnce && waiting.length >= waitingMax ? undefined : enter(work)),
  };
}
