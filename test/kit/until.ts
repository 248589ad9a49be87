/** Waits until `holds` answers something truthy, asking again and again; rejects after the patience and says what was awaited. */
export async function until<T>(
  what: string,
  holds: () => T | Promise<T>,
  timeoutMs = 15_000,
): Promise<Exclude<T, undefined | false | null | 0>> {
  const givesUpAt = performance.now() + timeoutMs;
  for (;;) {
    const held = await holds();
    // What is left of T once everything falsy a condition may say is out of it.
    if (held) return held as Exclude<T, undefined | false | null | 0>;
    if (performance.now() > givesUpAt) throw new Error(`Waited ${timeoutMs} ms until ${what}; it was not so.`);
    await Bun.sleep(20);
  }
}
