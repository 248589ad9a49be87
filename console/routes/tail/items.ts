/** What happened, as GET /api/v1/tail tells it. */
export type TailItem =
  | {
      readonly kind: "event";
      readonly at: string;
      readonly appId: string;
      readonly appName?: string | null;
      readonly messageId: string;
      readonly eventType: string;
      readonly bytes: number;
      readonly sourceId: string | null;
    }
  | {
      readonly kind: "attempt";
      readonly at: string;
      readonly appId: string;
      readonly appName?: string | null;
      readonly messageId: string;
      readonly attemptId: string;
      readonly endpointId: string;
      readonly eventType: string | null;
      readonly outcome: string;
      readonly reason: string;
      readonly status: number | null;
      readonly totalMs: number;
      readonly settledAs: string;
      readonly number: number;
    }
  | {
      readonly kind: "rejection";
      readonly at: string;
      readonly appId: string;
      readonly appName?: string | null;
      readonly sourceId: string;
      readonly reason: string;
    };

export type TailKind = TailItem["kind"];

export interface TailBatch {
  readonly items: readonly TailItem[];
  readonly skipped?: { readonly events: number; readonly attempts: number; readonly rejections: number };
}

/** What the filter looks in: everything that is shown of an item, in small letters. */
export function textOf(item: TailItem): string {
  const own =
    item.kind === "event"
      ? `${item.messageId} ${item.eventType} ${item.sourceId ?? ""}`
      : item.kind === "attempt"
        ? `${item.messageId} ${item.attemptId} ${item.endpointId} ${item.eventType ?? ""} ${item.outcome} ${item.reason} ${item.status ?? ""} ${item.settledAs}`
        : `${item.sourceId} ${item.reason}`;
  return `${item.kind} ${item.appName ?? ""} ${item.appId} ${own}`.toLowerCase();
}

/** Whether an item's text holds every word of the filter; a word after `-` must be missing. Without words no text is made. */
export function filterOf(query: string): (item: TailItem) => boolean {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "-");
  if (words.length === 0) return () => true;
  return (item) => {
    const text = textOf(item);
    return words.every((word) => (word.startsWith("-") ? !text.includes(word.slice(1)) : text.includes(word)));
  };
}
