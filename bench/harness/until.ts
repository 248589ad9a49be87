/** Looks again and again until it is so; throws when it was not so in time. A bench may look; tests wait for signals. */
export async function until(
  what: string,
  timeoutMs: number,
  everyMs: number,
  so: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await so())) {
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms for ${what}; it did not come.`);
    }
    await Bun.sleep(everyMs);
  }
}
