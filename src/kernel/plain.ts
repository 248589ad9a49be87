// The part of the ground that needs nothing of the process it runs in, as a door of its own (`#kernel/plain`): what is pure stands on
// this, so that it can be loaded where there is no Bun, as by the test runners of those who write flows.

export { nearest } from "./nearest.ts";
export { unreachable } from "./unreachable.ts";
