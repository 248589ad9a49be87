/** What waits for a sandbox: bounded, and shared fairly. Applications take turns; within one, first come first served. */
export interface CallQueue<T extends Waiting> {
  /** False: there is no room, in all or for this application. */
  push(call: T): boolean;
  shift(): T | undefined;
  /** Takes out one that nobody needs any more; false: it does not wait. */
  remove(call: T): boolean;
  /** Everything, in no particular order. */
  clear(): readonly T[];
  readonly length: number;
}

export interface Waiting {
  readonly appId: string;
  readonly bytes: number;
}

export interface QueueLimits {
  readonly calls: number;
  readonly bytes: number;
  /** Of either, one application may fill so many hundredths. */
  readonly percentOfOne: number;
}

export const QUEUE_LIMITS: QueueLimits = { calls: 4_000, bytes: 64 * 1024 * 1024, percentOfOne: 50 };

interface Line<T> {
  readonly calls: T[];
  bytes: number;
}

export function createCallQueue<T extends Waiting>(limits: QueueLimits = QUEUE_LIMITS): CallQueue<T> {
  // A Map keeps its order: the first is whose turn it is, and who had a turn goes to the end.
  const lines = new Map<string, Line<T>>();
  let length = 0;
  let bytes = 0;
  const share = (limit: number) => (limit * limits.percentOfOne) / 100;

  const left = (line: Line<T>, call: T): void => {
    line.bytes -= call.bytes;
    bytes -= call.bytes;
    length--;
    if (line.calls.length === 0) lines.delete(call.appId);
  };

  return {
    push(call) {
      const line = lines.get(call.appId) ?? { calls: [], bytes: 0 };
      const fits = length < limits.calls && bytes + call.bytes <= limits.bytes;
      const isItsShare = line.calls.length < share(limits.calls) && line.bytes + call.bytes <= share(limits.bytes);
      if (!fits || !isItsShare) return false;
      lines.set(call.appId, line);
      line.calls.push(call);
      line.bytes += call.bytes;
      bytes += call.bytes;
      length++;
      return true;
    },
    shift() {
      const [next] = lines;
      if (next === undefined) return undefined;
      const [appId, line] = next;
      const call = line.calls.shift();
      if (call === undefined) return undefined;
      lines.delete(appId);
      lines.set(appId, line);
      left(line, call);
      return call;
    },
    remove(call) {
      const line = lines.get(call.appId);
      const at = line?.calls.indexOf(call) ?? -1;
      if (line === undefined || at < 0) return false;
      line.calls.splice(at, 1);
      left(line, call);
      return true;
    },
    clear() {
      const all = [...lines.values()].flatMap((line) => line.calls);
      lines.clear();
      length = 0;
      bytes = 0;
      return all;
    },
    get length() {
      return length;
    },
  };
}
