export const CONCURRENCY: number;
export function sleep(ms: number): Promise<void>;
export function measureTasks(on: {
  add(n: number): Promise<unknown>;
  stored?: () => Promise<number>;
}): Promise<{ onStart(addedAt: number | undefined): void; onDone(): void; measure(): Promise<void> }>;
