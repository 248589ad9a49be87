import type { ProgramOutcome } from "./outcome.ts";
import type { Program } from "./program.ts";

/** From the engine to the process of a sandbox; one at a time. */
export interface ProgramMessage {
  readonly program: Program;
  /** On the wall, from now. */
  readonly wallMs: number;
}

/** From the process of a sandbox to the engine. */
export type SandboxMessage =
  | { readonly kind: "ready" }
  /** The virtual machine could not be loaded. */
  | { readonly kind: "unfit"; readonly message: string }
  /** `last`: this process takes nothing more. */
  | { readonly kind: "done"; readonly outcome: ProgramOutcome; readonly last: boolean };
