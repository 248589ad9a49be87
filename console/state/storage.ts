/** The browser's storage, which may be refused (a frame, a private window): then nothing is remembered, and nothing breaks. */
export interface Shelf {
  read(key: string): string | undefined;
  write(key: string, value: string | undefined): void;
}

function shelf(open: () => Storage): Shelf {
  return {
    read: (key) => {
      try {
        return open().getItem(`posthorn.${key}`) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write: (key, value) => {
      try {
        if (value === undefined) open().removeItem(`posthorn.${key}`);
        else open().setItem(`posthorn.${key}`, value);
      } catch {
        // Not remembered: see above.
      }
    },
  };
}

/** Gone with the tab: the token. */
export const tabShelf = shelf(() => sessionStorage);
/** Kept: what somebody prefers. */
export const longShelf = shelf(() => localStorage);
