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

/** One application may hold half of the bytes: callers that wait long with large inputs are no reason to refuse everybody else's. */
export function createStartsHeld({ countMax, bytesMax, smallBytes }: StartsBounds): StartsHeld {
  let count = 0;
  let total = 0;
  const ofApp = new Map<string, number>();

  function keep(appId: string, bytes: number): void {
    total += bytes;
    const own = (ofApp.get(appId) ?? 0) + bytes;
    if (own === 0) ofApp.delete(appId);
    else ofApp.set(appId, own);
  }

  return {
    hold(appId, inputBytes) {
      const bytes = inputBytes > smallBytes ? inputBytes : 0;
      const own = ofApp.get(appId) ?? 0;
      if (count >= countMax || (bytes > 0 && (total + bytes > bytesMax || own + bytes > bytesMax / 2)))
        return undefined;
      count++;
      keep(appId, bytes);
      return {
        [Symbol.dispose]: () => {
          count--;
          keep(appId, -bytes);
        },
      };
    },
  };
}
