import type { Command, StepError } from "#language";

type At = Pick<Command, "path" | "attempt">;

/** Without its own an effect is only refused once more. */
const KEPT_MAX = 10_000;

/** Effects that were found impossible, and were not asked for again: when the machine does, they fail. */
export class Refusals {
  readonly #errors = new Map<string, StepError>();

  note(runId: string, at: At, error: StepError): void {
    if (this.#errors.size >= KEPT_MAX) this.#errors.clear();
    this.#errors.set(keyOf(runId, at), error);
  }

  /** Why this cannot be; asked once. */
  take(runId: string, at: At): StepError | undefined {
    if (this.#errors.size === 0) return undefined;
    const key = keyOf(runId, at);
    const error = this.#errors.get(key);
    if (error !== undefined) this.#errors.delete(key);
    return error;
  }
}

function keyOf(runId: string, { path, attempt }: At): string {
  return `${runId} ${path} ${attempt}`;
}
