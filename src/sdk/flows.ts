// `posthorn/flows`: flows written in TypeScript. What comes out is a definition, the same that YAML gives; nothing of this runs with the flow.
import type { Definition } from "#language";
import { Flow } from "./builder/flow.ts";

export type { Control, Definition, Json, Retry, Span, Step, Trigger } from "#language";
export { type Expr, expr, type Part, type Ref, type Value } from "./builder/expression.ts";
export type { BeforeRun, ControlOf, Flow } from "./builder/flow.ts";
export type {
  AwaitingOptions,
  Decision,
  EventFacts,
  FailureFacts,
  HttpAnswer,
  HttpRequestOf,
  RunFacts,
  StepOptions,
  Steps,
  Tolerated,
  Written,
} from "./builder/steps.ts";

/**
 * Begins a flow. Steps are written down in the order in which they are to be done; each gives its output to those after it, typed.
 *
 * ```ts
 * interface Cart { id: string; total: number; email: string }
 *
 * export default flow("abandoned-cart")
 *   .on.event<Cart>("cart.updated", ({ event }) => expr`${event.data.total} > 0`)
 *   .control({ debounce: { wait: "1h", key: ({ event }) => event.data.id } })
 *   .secrets("mailer")
 *   .steps((f) => {
 *     const order = f.waitForEvent("order", {
 *       type: "order.placed",
 *       match: { key: (event) => event.data.cart_id, equals: f.event.data.id },
 *     }, { timeout: "1d" });
 *     f.if("left", expr`${order.output.event} == null`, (then) =>
 *       then.http("remind", {
 *         url: "https://mail.example.com/send",
 *         headers: { authorization: expr`"Bearer " + ${f.secrets.mailer}` },
 *         body: { to: f.event.data.email, template: "cart" },
 *       }),
 *     );
 *   });
 * ```
 */
export function flow(name: string): Flow<never, unknown, never> {
  return new Flow({ flow: name });
}

/** A definition written as an object: gives it back, and the compiler its type. */
export function defineFlow(definition: Definition): Definition {
  return definition;
}
