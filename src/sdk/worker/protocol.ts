import type { ErrorClass } from "./define.ts";

// What worker and engine tell each other: docs/reference/worker-protocol.md.

export interface LeasedTask {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly attempt: number;
  readonly priority: number;
  readonly key: string;
  readonly timeoutMs: number | null;
  readonly input: unknown;
}

export interface CancelledTask {
  readonly id: string;
  readonly attempt: number;
  readonly reason: string;
}

export interface LeaseAnswer {
  readonly worker: { readonly id: string; readonly token: string };
  readonly tasks: readonly LeasedTask[];
  readonly cancelled: readonly CancelledTask[];
  readonly heartbeatMs: number;
  readonly lostAfterMs: number;
}

/** `outputText` is JSON, and is sent as `output`. */
export type TaskResult =
  | { readonly id: string; readonly attempt: number; readonly ok: true; readonly outputText: string }
  | {
      readonly id: string;
      readonly attempt: number;
      readonly ok: false;
      readonly error: {
        readonly class: ErrorClass;
        readonly code: string;
        readonly message: string;
        readonly stack?: string | undefined;
        readonly retryAt?: string | undefined;
      };
    }
  | { readonly id: string; readonly attempt: number; readonly ok?: undefined; readonly released: true };

export interface ReportAnswer {
  readonly results: readonly { readonly id: string; readonly state: string }[];
}

/** A result as it stands in a report. */
export function resultText(result: TaskResult): string {
  if (result.ok !== true) return JSON.stringify(result);
  return `{"id":"${result.id}","attempt":${result.attempt},"ok":true,"output":${result.outputText}}`;
}
