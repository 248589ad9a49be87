/** Starts of runs that this process has under way, those that wait for their answer among them (P7). */
export interface StartsHeld {
  /** Undefined: it may hold no more. Disposing gives the place back. */
  hold(appId: string, inputBytes: number): Disposable | undefined;
}

export interface StartsBounds {
  readonly countMax: number;
  /** Of inputs above `smallBytes`, all together; smaller ones are bounded by their count. */
  readonly bytesMax: number;
  readonly smallBytes: number;
}

/**
 * One application may hold half of the places and half of the bytes: callers that wait long, or with large inputs, are no reason to refuse
 * everybody else's.
 */
export function createStartsHeld({ countMax, bytesMax, smallBytes }: StartsBounds): StartsHeld {
  const all = { count: 0, bytes: 0 };
  const ofApp = new Map<string, typeof all>();

  const fits = (held: typeof all, bytes: number, share: number): boolean =>
    held.count + 1 <= countMax * share && (bytes === 0 || held.bytes + bytes <= bytesMax * share);

  return {
    hold(appId, inputBytes) {
      const bytes = inputBytes > smallBytes ? inputBytes : 0;
      const own = ofApp.get(appId) ?? { count: 0, bytes: 0 };
      if (!fits(all, bytes, 1) || !fits(own, bytes, 1 / 2)) return undefined;
      ofApp.set(appId, own);
      for (const held of [all, own]) {
        held.count++;
        held.bytes += bytes;
      }
      return {
        [Symbol.dispose]: () => {
          for (const held of [all, own]) {
            held.count--;
            held.bytes -= bytes;
          }
          if (own.count === 0) ofApp.delete(appId);
        },
      };
    },
  };
}
