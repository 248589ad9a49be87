/** Room for the bodies of requests that may be large: they are memory before anything else can count them (P7). */
export interface LargeBodies {
  /** Undefined: with what is held already it would be too much. One alone is always let in. */
  hold(bytes: number): HeldBody | undefined;
}

export interface HeldBody extends Disposable {
  /** What it announced is not what came. */
  resize(bytes: number): void;
  /** It was given on, or is gone; once more is fine. */
  [Symbol.dispose](): void;
}

export function createLargeBodies(bytesMax: number): LargeBodies {
  let total = 0;
  return {
    hold(announced) {
      if (total > 0 && total + announced > bytesMax) return undefined;
      let own = announced;
      total += own;
      const resize = (bytes: number) => {
        total += bytes - own;
        own = bytes;
      };
      return { resize, [Symbol.dispose]: () => resize(0) };
    },
  };
}
