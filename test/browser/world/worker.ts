/** A worker of the customer, in the middle of a task. */
export interface Working {
  /** It is not heard of any more; waits for what it is saying. */
  stop(): Promise<void>;
}

/** As workers do; one that is silent for a few seconds is taken for lost, and what it is at goes back to its queue. */
const BEAT_MS = 1_000;

/** Says once a second that the worker lives, until it is stopped or the engine does not listen any more. */
export function keepBeating(beat: () => Promise<unknown>): Working {
  let isStopping = false;
  let wake = Promise.withResolvers<void>();

  async function run(): Promise<void> {
    while (!isStopping) {
      const timer = setTimeout(wake.resolve, BEAT_MS);
      await wake.promise;
      clearTimeout(timer);
      wake = Promise.withResolvers();
      if (isStopping) return;
      const [said] = await Promise.allSettled([beat()]);
      // A test may stop its engine before its world; any other failure would come again at the next beat too.
      if (said.status === "rejected") return;
    }
  }

  const running = run();
  return {
    async stop() {
      isStopping = true;
      wake.resolve();
      await running;
    },
  };
}
