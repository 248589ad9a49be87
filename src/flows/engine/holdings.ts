import type { Run } from "../run.ts";
import type { Arrival, LiveRun } from "./live.ts";

/** A run that is leased to us and is not made ready yet. */
export interface Newcomer {
  readonly arrival: () => Arrival;
  readonly run: Run;
  readonly owner: string;
  readonly reservedBytes: number;
}

export interface HoldingsLimits {
  /** Runs in memory, and the bytes of what they keep. */
  readonly runsMax: number;
  readonly bytesMax: number;
}

/**
 * What this process has in hand, counted before it comes: places are promised by `reserve` inside the transaction that leases a run, so that
 * two batches cannot promise the same one.
 */
export class Holdings {
  readonly runs = new Map<string, LiveRun>();
  readonly newcomers = new Map<string, Newcomer>();
  readonly #reserved = new Map<string, number>();
  readonly #limits: HoldingsLimits;
  readonly #isTaking: () => boolean;
  readonly #onRoom: () => void;
  #bytes = 0;
  #wasFull = false;

  /** `isTaking`: whether more is wanted at all; `onRoom`: there is room again after there was none. */
  constructor(limits: HoldingsLimits, isTaking: () => boolean, onRoom: () => void) {
    this.#limits = limits;
    this.#isTaking = isTaking;
    this.#onRoom = onRoom;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.runs.size === 0 && this.newcomers.size === 0;
  }

  /** What waits for a short while may stay in memory. */
  get isHalfEmpty(): boolean {
    return this.runs.size * 2 < this.#limits.runsMax;
  }

  hasRoom(bytes: number): boolean {
    const count = this.#count();
    const isFree =
      this.#isTaking() &&
      count < this.#limits.runsMax &&
      // A run larger than all there is comes in alone.
      (this.#bytes + bytes <= this.#limits.bytesMax || count === 0);
    if (!isFree) this.#wasFull = true;
    return isFree;
  }

  /** How many more runs there is room for. */
  room(): number {
    const { runsMax, bytesMax } = this.#limits;
    return this.#bytes >= bytesMax ? 0 : Math.max(0, runsMax - this.#count());
  }

  reserve(runId: string, bytes: number): void {
    this.#reserved.set(runId, bytes);
    this.#bytes += bytes;
  }

  cancelReservation(runId: string, bytes: number): void {
    if (this.#reserved.delete(runId)) this.#bytes -= bytes;
  }

  /** One for which a place was reserved is here; its bytes are counted already. */
  arrived(newcomer: Newcomer): void {
    this.#reserved.delete(newcomer.run.id);
    this.newcomers.set(newcomer.run.id, newcomer);
  }

  /** One for which a place was reserved is not ours any more. */
  strayed(runId: string, reservedBytes: number): void {
    this.#reserved.delete(runId);
    this.#bytes -= reservedBytes;
  }

  /** Forgets a newcomer, unless it was forgotten before. Whether it was there. */
  dismiss(newcomer: Newcomer): boolean {
    if (this.newcomers.get(newcomer.run.id) !== newcomer) return false;
    this.newcomers.delete(newcomer.run.id);
    this.#bytes -= newcomer.reservedBytes;
    return true;
  }

  /** A newcomer lives. */
  hold(live: LiveRun): void {
    this.runs.set(live.run.id, live);
    this.#bytes += live.bytes;
  }

  resize(live: LiveRun, bytes: number): void {
    this.#bytes += bytes - live.bytes;
    live.bytes = bytes;
  }

  release(live: LiveRun): void {
    if (this.runs.get(live.run.id) === live) this.runs.delete(live.run.id);
    this.#bytes -= live.bytes;
    if (this.#wasFull && this.hasRoom(0)) {
      this.#wasFull = false;
      this.#onRoom();
    }
  }

  has(runId: string): boolean {
    return this.runs.has(runId) || this.newcomers.has(runId);
  }

  ids(): string[] {
    return [...this.runs.keys(), ...this.newcomers.keys(), ...this.#reserved.keys()];
  }

  #count(): number {
    return this.runs.size + this.newcomers.size + this.#reserved.size;
  }
}
