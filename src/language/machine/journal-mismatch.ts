import type { Entry } from "../journal.ts";

/** An entry that this run cannot have: it was written by another definition, or by a fault of ours. */
export class JournalMismatch extends Error {
  override readonly name = "JournalMismatch";
  readonly entry: Entry;
  constructor(entry: Entry, why: string) {
    super(`The journal says that "${entry.path}" ${entry.kind}, but ${why}.`);
    this.entry = entry;
  }
}
