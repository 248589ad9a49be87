import { CircleAlert, Filter, Inbox, SendHorizontal, ShieldX, Unplug } from "lucide-react";
import { memo } from "react";
import { HttpStatus, OutcomeBadge } from "../../kit/badge.tsx";
import { shortId } from "../../kit/copy.tsx";
import { bytes, clock, count, duration } from "../../kit/format.ts";
import { paths } from "../paths.ts";
import type { TailItem } from "./items.ts";
import type { TailRow } from "./ring.ts";

/**
 * One line. Its links are plain ones, which the list follows for all of them: a hundred of the kit's, each with its own listeners, are too dear
 * here. Made anew only when it shows another row: at thousands a second everything else would be too dear. */
export const Row = memo(function Row({
  row,
  inUtc,
  top,
}: {
  readonly row: TailRow;
  readonly inUtc: boolean;
  readonly top: number;
}) {
  const style = { transform: `translateY(${top}px)` };
  switch (row.kind) {
    case "item":
      return (
        <div className="tail-row" data-kind={row.item.kind} data-bad={isBad(row.item) || undefined} style={style}>
          <Item item={row.item} inUtc={inUtc} />
        </div>
      );
    case "skipped":
      return (
        <div className="tail-row tail-note" style={style}>
          <span className="num">{clock(new Date(row.atMs), inUtc)}</span>
          <CircleAlert aria-hidden />
          <span className="truncate">Too much at once: {skippedWords(row)} not shown</span>
        </div>
      );
    case "gap":
      return (
        <div className="tail-row tail-note" style={style}>
          <span className="num">{clock(new Date(row.toMs), inUtc)}</span>
          <Unplug aria-hidden />
          <span className="truncate">
            The connection was gone for {duration(row.toMs - row.fromMs)}: what happened then is not here
          </span>
        </div>
      );
    case "narrowed":
      return (
        <div className="tail-row tail-note" style={style}>
          <span className="num">{clock(new Date(row.atMs), inUtc)}</span>
          <Filter aria-hidden />
          <span className="truncate">
            {row.query === ""
              ? "From here on everything is asked for"
              : `From here on the engine is asked only for what has “${row.query}” in its type or ids`}
          </span>
        </div>
      );
  }
});

function Item({ item, inUtc }: { readonly item: TailItem; readonly inUtc: boolean }) {
  const app = (
    <a className="tail-link tail-app truncate" href={paths.app(item.appId)}>
      {item.appName ?? shortId(item.appId)}
    </a>
  );
  const at = <span className="num tail-at">{clock(new Date(item.at), inUtc)}</span>;
  if (item.kind === "rejection") {
    return (
      <>
        {at}
        <span className="tail-kind">
          <ShieldX aria-hidden />
          <span className="tail-word">Rejected</span>
        </span>
        {app}
        <span className="tail-what truncate">{item.reason.replaceAll("_", " ")}</span>
        <span className="tail-result" />
        <span className="tail-number" />
        <a className="tail-link tail-id" href={paths.source(item.appId, item.sourceId)}>
          {shortId(item.sourceId)}
        </a>
      </>
    );
  }
  const message = (
    <a className="tail-link tail-id" href={paths.message(item.appId, item.messageId)}>
      {shortId(item.messageId)}
    </a>
  );
  if (item.kind === "event") {
    return (
      <>
        {at}
        <span className="tail-kind">
          <Inbox aria-hidden />
          <span className="tail-word">Event</span>
        </span>
        {app}
        <span className="tail-what truncate">{item.eventType}</span>
        <span className="tail-result faint">{item.sourceId === null ? "accepted" : "received"}</span>
        <span className="tail-number num">{bytes(item.bytes)}</span>
        {message}
      </>
    );
  }
  return (
    <>
      {at}
      <span className="tail-kind">
        <SendHorizontal aria-hidden />
        <span className="tail-word">Attempt{item.number > 1 && ` ${item.number}`}</span>
      </span>
      {app}
      <span className="tail-what truncate">
        {item.eventType}
        {item.outcome !== "delivered" && <span className="tail-reason"> {item.reason.replaceAll("_", " ")}</span>}
      </span>
      <span className="tail-result">
        <OutcomeBadge outcome={item.outcome} />
        <HttpStatus status={item.status} />
      </span>
      <span className="tail-number num">{duration(item.totalMs)}</span>
      {message}
    </>
  );
}

function isBad(item: TailItem): boolean {
  return item.kind === "rejection" || (item.kind === "attempt" && item.outcome !== "delivered");
}

function skippedWords(row: Extract<TailRow, { kind: "skipped" }>): string {
  const parts = [
    row.events > 0 && `${count(row.events)} ${row.events === 1 ? "event" : "events"}`,
    row.attempts > 0 && `${count(row.attempts)} ${row.attempts === 1 ? "attempt" : "attempts"}`,
    row.rejections > 0 && `${count(row.rejections)} ${row.rejections === 1 ? "rejection" : "rejections"}`,
  ];
  return parts.filter((part) => part !== false).join(", ");
}
