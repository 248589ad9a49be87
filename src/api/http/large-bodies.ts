/** Room for the bodies of requests that may be large: they are memory before anything else can count them (P7). */
export interface LargeBodies {
  /**
   * `owner`: whose it is. Undefined: with what is held already it would be too much, of all or of this one, who may have half.
   * One alone is always let in.
   */
  hold(owner: string, bytes: number): HeldBody | undefined;
}

export interface HeldBody extends Disposable {
  /** So many bytes came by now. False: there is no room for them, and nothing changed. */
  resize(bytes: number): boolean;
  /** It was given on, or is gone; once more is fine. */
  [Symbol.dispose](): void;
}

/** Bodies up to `smallBytes` are not counted: whoever sends one slowly keeps nobody else out. */
export function createLargeBodies(bytesMax: number, smallBytes: number): LargeBodies {
  let total = 0;
  const ofOwner = new Map<string, number>();

  return {
    hold(owner, bytes) {
      let held = 0;
      const take = (weight: number) => {
        const own = (ofOwner.get(owner) ?? 0) + weight - held;
        total += weight - held;
        held = weight;
        if (own === 0) ofOwner.delete(owner);
        else ofOwner.set(owner, own);
      };
      const resize = (bytes: number): boolean => {
        const weight = bytes > smallBytes ? bytes : 0;
        const others = total - held;
        const ownOthers = (ofOwner.get(owner) ?? 0) - held;
        const grows = weight > held;
        if (grows && others > 0 && others + weight > bytesMax) return false;
        if (grows && ownOthers > 0 && ownOthers + weight > bytesMax / 2) return false;
        take(weight);
        return true;
      };
      return resize(bytes) ? { resize, [Symbol.dispose]: () => take(0) } : undefined;
    },
  };
}
