import type { ErrorClass, Json } from "../definition.ts";
import type { Command, StepError, StepLogs } from "../journal.ts";

/** What one attempt of a step is made to lead to. `afterMs`: so much later by the virtual clock; default 0. `logs`: what it wrote. */
export type PinnedResult =
  | { readonly output: Json; readonly afterMs?: number; readonly logs?: StepLogs }
  | { readonly error: PinnedError; readonly afterMs?: number; readonly logs?: StepLogs };

export interface PinnedError {
  readonly class: ErrorClass;
  /** Default: the class. */
  readonly code?: string;
  readonly message?: string;
  readonly detail?: Json;
  /** As a server's Retry-After: the next attempt is not before. */
  readonly retryAfterMs?: number;
}

/** One result for every attempt; a list for one attempt after the other (the last one stands for those after it); or made when it is asked for. */
export type Pin = PinnedResult | readonly PinnedResult[] | ((asked: Command) => PinnedResult);

/**
 * By path of one item (`orders[2].charge`), by path of all items (`orders[].charge`), or by id of the step (`charge`): the most exact one counts.
 */
export type Pins = Readonly<Record<string, Pin>>;

export function pinFor(pins: Pins, path: string): Pin | undefined {
  return own(pins, path) ?? own(pins, ofAllItems(path)) ?? own(pins, idAt(path));
}

export function resultOf(pin: Pin, asked: Command): PinnedResult | undefined {
  if (typeof pin === "function") {
    return pin(asked);
  }
  return isList(pin) ? (pin[asked.attempt - 1] ?? pin.at(-1)) : pin;
}

export function stepErrorOf({ class: kind, code, message, detail }: PinnedError): StepError {
  return {
    class: kind,
    code: code ?? kind,
    message: message ?? `Pinned: ${code ?? kind}.`,
    ...(detail !== undefined && { detail }),
  };
}

export function ofAllItems(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "[]");
}

/** The id of the step that a path leads to. */
export function idAt(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function own(pins: Pins, name: string): Pin | undefined {
  return Object.hasOwn(pins, name) ? pins[name] : undefined;
}

function isList(pin: PinnedResult | readonly PinnedResult[]): pin is readonly PinnedResult[] {
  return Array.isArray(pin);
}
