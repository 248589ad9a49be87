// What a run may be at most. Each is also a sentence that somebody reads when it is too much.

/** Entries of a journal. As many again for what follows when there are more: `on_failure` and compensations. */
export const ENTRIES_MAX = 50_000;
/** Steps begun, those without an entry among them: what bounds pure work. */
export const STEPS_BEGUN_MAX = 250_000;
/** Items of one `for_each`. */
export const ITEMS_MAX = 10_000;
/** Of one output, about: bytes of its JSON. */
export const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;
/** Of all outputs that a run keeps at once. */
export const RUN_BYTES_MAX = 128 * 1024 * 1024;
/** Of one call of `next`, in steps begun and entries taken. */
export const WORK_PER_CALL = 512;
/** Of the same, in what evaluations take: some ms. One of them may take more by itself. */
export const COST_PER_CALL = 100_000;
/** However long a server asks us to wait: P6. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
