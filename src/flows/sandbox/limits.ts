/** What a program may take. They hold whatever it does; what goes over one of them fails with an error of its own. */

/** CPU time of a program whose step says nothing, and the most that a step may ask for. */
export const CODE_TIMEOUT_MS = 100;
export const CODE_TIMEOUT_MAX_MS = 10_000;

/**
 * On the wall, when other work keeps the processor busy or a builtin loops where nothing can interrupt it: then the process that
 * runs the program is killed.
 */
export const wallMsOf = (timeoutMs: number): number => 3 * timeoutMs + 1_000;

/** What a program may allocate, on top of what its input takes once it is parsed. */
export const MEMORY_BYTES = 16 * 1024 * 1024;
/** A parsed list of small objects takes about so many times its text. */
const PARSED_FACTOR = 8;
export const memoryBytesOf = (inputBytes: number): number => MEMORY_BYTES + PARSED_FACTOR * inputBytes;

/**
 * Of the virtual machine's own stack: about 700 calls. The native stack must outlast it: with 256 KiB a deep `JSON.stringify`
 * overflowed the native one first, which leaves the machine unusable.
 */
export const STACK_BYTES = 128 * 1024;

/** As every value of a run. */
export const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;
export const OUTPUT_DEPTH_MAX = 200;

export const LOG_LINES_MAX = 100;
export const LOG_CHARS_MAX = 16 * 1024;

/** Frames of a stack that are shown. */
export const STACK_LINES_MAX = 16;
export const MESSAGE_CHARS_MAX = 2_000;
