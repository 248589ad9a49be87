import { CircleCheck, OctagonAlert, TriangleAlert } from "lucide-react";
import type { Attention } from "../../api/overview.ts";
import { Link } from "../../kit/button.tsx";
import { Time } from "../../kit/time.tsx";
import { placeOf } from "./evidence.ts";

const WORDS: Readonly<Record<Attention["severity"], string>> = { critical: "Critical", warning: "Warning" };

/** Two lines of what it is, one of since when. */
const ITEM_PX = 78;

/**
 * What needs somebody now, the worst first, each with the way to its evidence. It keeps its height whatever there is: what stands below must
 * not move under somebody's hand. Nothing: says so, because that is news too.
 */
export function AttentionList({ items }: { readonly items: readonly Attention[] }) {
  const sorted = items.toSorted((a, b) =>
    a.severity === b.severity ? (a.since ?? "").localeCompare(b.since ?? "") : a.severity === "critical" ? -1 : 1,
  );
  return (
    <section className="card overview-attention" aria-labelledby="attention">
      <div className="card-head">
        <h2 id="attention" className="grow">
          Needs attention
        </h2>
        <span className="tab-count num" data-some={items.length > 0 || undefined}>
          {items.length}
        </span>
      </div>
      {items.length === 0 ? (
        <div className="overview-calm">
          <CircleCheck aria-hidden />
          <p>Nothing needs attention.</p>
        </div>
      ) : (
        <section className="overview-list" aria-label="What needs attention" tabIndex={0}>
          <ul style={{ height: sorted.length * ITEM_PX }}>
            {sorted.map((item, place) => (
              <Item
                key={`${item.kind} ${item.endpointId ?? item.sourceId ?? item.appId ?? item.summary}`}
                item={item}
                top={place * ITEM_PX}
              />
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}

/** It slides to its place when others come and go. */
function Item({ item, top }: { readonly item: Attention; readonly top: number }) {
  const href = placeOf(item);
  const Icon = item.severity === "critical" ? OctagonAlert : TriangleAlert;
  return (
    <li data-severity={item.severity} style={{ height: ITEM_PX, transform: `translateY(${top}px)` }}>
      <Icon aria-hidden />
      <div className="grow">
        <span className="hidden-visually">{WORDS[item.severity]}: </span>
        <span className="overview-summary" title={item.summary}>
          {href === undefined ? (
            item.summary
          ) : (
            <Link quiet href={href}>
              {item.summary}
            </Link>
          )}
        </span>
        {item.since !== null && (
          <span className="description">
            since <Time at={item.since} />
          </span>
        )}
      </div>
    </li>
  );
}
