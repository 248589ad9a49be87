// The ground: what every room stands on and that knows no room.
export { unreachable } from "./unreachable.ts";
export type { NetworkFault, Outcome, OutcomeClass, ReceivedResponse, Refusal, RequestTiming, SendResult } from "./outbound/outcome.ts";
