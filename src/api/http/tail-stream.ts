import { type Batch, type Happening, publicId, type TailReader } from "#kernel";

/** Between two batches. */
const BATCH_MS = 250;
/** Without anything to tell, a comment so often: what stands between may cut what is silent for a minute. */
const HEARTBEAT_MS = 15_000;

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(": still here\n\n");
const BYE = encoder.encode('event: bye\ndata: {"reason":"draining"}\n\n');

/**
 * What a reader reads, as server-sent events. Made only as fast as it is taken: while the client does not read, batches
 * are not made, and the reader keeps what it may and counts the rest.
 */
export function tailStream(reader: TailReader, hello: unknown): ReadableStream<Uint8Array> {
  let lastAt = Number.NEGATIVE_INFINITY;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        controller.enqueue(encoder.encode(`event: hello\ndata: ${JSON.stringify(hello)}\n\n`));
      },
      pull: async (controller) => {
        const waitMs = lastAt + BATCH_MS - performance.now();
        if (waitMs > 0) await Bun.sleep(waitMs);
        const batch = await reader.next(HEARTBEAT_MS);
        lastAt = performance.now();
        if (batch === undefined) {
          controller.enqueue(BYE);
          controller.close();
          return;
        }
        controller.enqueue(isEmpty(batch) ? HEARTBEAT : encoder.encode(batchText(batch)));
      },
      cancel: () => reader.close(),
    },
    { highWaterMark: 1 },
  );
}

function isEmpty({ happenings, skipped }: Batch): boolean {
  return happenings.length === 0 && skipped.event + skipped.attempt + skipped.rejection === 0;
}

function batchText({ happenings, skipped }: Batch): string {
  const data = {
    items: happenings.map(itemOf),
    skipped: { events: skipped.event, attempts: skipped.attempt, rejections: skipped.rejection },
  };
  return `event: batch\ndata: ${JSON.stringify(data)}\n\n`;
}

function itemOf(happening: Happening) {
  const at = new Date(happening.atMs).toISOString();
  const appId = publicId("app", happening.appId);
  switch (happening.kind) {
    case "event":
      return {
        kind: happening.kind,
        at,
        appId,
        messageId: publicId("msg", happening.messageId),
        eventType: happening.eventType,
        bytes: happening.bytes,
        sourceId: happening.sourceId === null ? null : publicId("src", happening.sourceId),
      };
    case "attempt":
      return {
        kind: happening.kind,
        at,
        appId,
        messageId: publicId("msg", happening.messageId),
        attemptId: publicId("atmpt", happening.attemptId),
        endpointId: publicId("ep", happening.endpointId),
        eventType: happening.eventType,
        outcome: happening.outcome,
        reason: happening.reason,
        status: happening.status,
        totalMs: happening.totalMs,
        settledAs: happening.settledAs,
        number: happening.number,
      };
    case "rejection":
      return {
        kind: happening.kind,
        at,
        appId,
        sourceId: publicId("src", happening.sourceId),
        reason: happening.reason,
      };
  }
}

/** Whether a happening has the text in its type, its reason or one of its ids. */
export function containing(text: string): (happening: Happening) => boolean {
  const wanted = text.toLowerCase();
  const has = (part: string | null) => part?.toLowerCase().includes(wanted) === true;
  // Ids are written out only when the text could be part of one: letters, digits and the underscore of its prefix.
  const mayBeId = /^[a-z]*_?[0-9a-z]*$/.test(wanted);
  const hasId = (...ids: readonly string[]) => mayBeId && ids.some((id) => id.includes(wanted));
  return (happening) => {
    switch (happening.kind) {
      case "event":
        return (
          has(happening.eventType) || hasId(publicId("msg", happening.messageId), publicId("app", happening.appId))
        );
      case "attempt":
        return (
          has(happening.eventType) ||
          has(happening.reason) ||
          hasId(
            publicId("msg", happening.messageId),
            publicId("ep", happening.endpointId),
            publicId("atmpt", happening.attemptId),
            publicId("app", happening.appId),
          )
        );
      case "rejection":
        return has(happening.reason) || hasId(publicId("src", happening.sourceId), publicId("app", happening.appId));
    }
  };
}
