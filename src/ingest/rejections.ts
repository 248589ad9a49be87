import { bareArray, type Log, packBytes, type Queryable, textArray } from "#kernel";
import type { Rejection, RejectionReason } from "./rejection.ts";

/** Kept per source. */
export const REJECTIONS_KEPT = 100;
/** Written per source and second: more of the same tell an operator nothing more. */
export const REJECTIONS_PER_FLUSH = 10;
/** Waiting in this process for the next write, of all sources together. */
export const REJECTIONS_PENDING_MAX = 500;
export const FLUSH_MS = 1_000;

export interface RejectionRecorder {
  /** Keeps a rejection for the next write. Never waits, never throws: refusing must cost less than being refused. */
  record(rejection: Rejection): void;
  /** Writes what waits. Never rejects: a lost rejection is logged, and nothing of the road depends on it. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface RecorderOptions {
  readonly q: Queryable;
  readonly log: Log;
  /** Runs `task` once after `ms`; returns how to call that off. */
  readonly later?: (ms: number, task: () => void) => () => void;
}

const INSERT = `
  insert into posthorn.source_rejection (id, source_id, reason, detail, remote_address, headers, body_excerpt, body_bytes)
  select id, source_id, reason, detail, remote_address, headers::jsonb, substring($1::bytea from o for l), body_bytes
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[], $10::int[])
         t(id, source_id, reason, detail, remote_address, headers, o, l, body_bytes)
   -- A source that was deleted meanwhile gets no new ones.
   where exists (select from posthorn.source s where s.id = t.source_id and s.deleted_at is null)`;

const TRIM = `
  delete from posthorn.source_rejection r
   using unnest($1::uuid[]) touched(source_id)
   cross join lateral (
     select id from posthorn.source_rejection newest
      where newest.source_id = touched.source_id order by id desc offset ${REJECTIONS_KEPT - 1} limit 1
   ) last
   where r.source_id = touched.source_id and r.id < last.id`;

/**
 * Rejections on their way to the table. Strangers cause them, so each number is bounded: a source keeps its newest few in
 * memory until the next write, all sources share one write a second, and the table keeps the newest hundred per source.
 */
export function createRejectionRecorder(options: RecorderOptions): RejectionRecorder {
  const { q, log, later = afterMs } = options;
  let pending = new Map<string, Rejection[]>();
  let count = 0;
  let callOff: (() => void) | undefined;
  let writing: Promise<void> | undefined;

  function schedule(): void {
    callOff ??= later(FLUSH_MS, () => {
      callOff = undefined;
      void flush();
    });
  }

  function take(): Rejection[] {
    const taken = [...pending.values()].flat();
    pending = new Map();
    count = 0;
    return taken;
  }

  async function write(rejections: readonly Rejection[]): Promise<void> {
    const excerpts = packBytes(rejections.map(({ bodyExcerpt }) => bodyExcerpt));
    try {
      await q.query(INSERT, [
        excerpts.bytes,
        bareArray(rejections.map(({ id }) => id)),
        bareArray(rejections.map(({ sourceId }) => sourceId)),
        textArray(rejections.map(({ reason }) => reason)),
        textArray(rejections.map(({ detail }) => detail)),
        textArray(rejections.map(({ remoteAddress }) => remoteAddress ?? null)),
        textArray(rejections.map(({ headers }) => JSON.stringify(headers))),
        excerpts.offsets,
        excerpts.lengths,
        bareArray(rejections.map(({ bodyBytes }) => bodyBytes)),
      ]);
      await q.query(TRIM, [bareArray([...new Set(rejections.map(({ sourceId }) => sourceId))])]);
    } catch (error) {
      const message = `${rejections.length} rejections could not be written down and are lost.`;
      log.limited("rejections_lost", "warn", "rejections_lost", message, { error, rejections: rejections.length });
    }
  }

  async function flush(): Promise<void> {
    callOff?.();
    callOff = undefined;
    // One write at a time: under a slow database what comes meanwhile waits in its bounded place.
    while (writing !== undefined) await writing;
    if (count === 0) return;
    writing = write(take()).finally(() => {
      writing = undefined;
    });
    await writing;
  }

  return {
    record(rejection) {
      const own = pending.get(rejection.sourceId) ?? [];
      if (own.length === REJECTIONS_PER_FLUSH) {
        own.shift();
        count--;
      } else if (count >= REJECTIONS_PENDING_MAX) {
        return;
      }
      own.push(rejection);
      pending.set(rejection.sourceId, own);
      count++;
      schedule();
    },
    flush,
    async stop() {
      await flush();
      callOff?.();
      callOff = undefined;
    },
  };
}

function afterMs(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

interface Row {
  id: string;
  source_id: string;
  reason: RejectionReason;
  detail: string;
  remote_address: string | null;
  headers: [string, string][];
  body_excerpt: Uint8Array;
  body_bytes: number;
}

/** The newest rejections of a source, newest first; the time of each is in its id. */
export async function listRejections(q: Queryable, sourceId: string, limit = REJECTIONS_KEPT): Promise<Rejection[]> {
  const rows = await q.query<Row>(
    `select id, source_id, reason, detail, remote_address, headers, body_excerpt, body_bytes
       from posthorn.source_rejection where source_id = $1 order by id desc limit $2`,
    [sourceId, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    sourceId: row.source_id,
    reason: row.reason,
    detail: row.detail,
    remoteAddress: row.remote_address ?? undefined,
    headers: row.headers,
    bodyExcerpt: row.body_excerpt,
    bodyBytes: row.body_bytes,
  }));
}
