import { CircleCheck, OctagonAlert, TriangleAlert } from "lucide-react";
import type { Attention } from "../../api/overview.ts";
import { Link } from "../../kit/button.tsx";
import { Time } from "../../kit/time.tsx";
import { placeOf } from "./evidence.ts";

const WORDS: Readonly<Record<Attention["severity"], string>> = { critical: "Critical", warning: "Warning" };

/** What needs somebody now, the worst first, each with the way to its evidence. Nothing: says so, because that is news too. */
export function AttentionList({ items }: { readonly items: readonly Attention[] | undefined }) {
  if (items === undefined) return <div className="overview-calm skeleton">Looking for what needs attention</div>;
  if (items.length === 0) {
    return (
      <p className="overview-calm">
        <CircleCheck aria-hidden />
        Nothing needs attention.
      </p>
    );
  }
  const sorted = items.toSorted((a, b) =>
    a.severity === b.severity ? (a.since ?? "").localeCompare(b.since ?? "") : a.severity === "critical" ? -1 : 1,
  );
  return (
    <section className="card overview-attention" aria-label="Needs attention">
      <ul>
        {sorted.map((item) => {
          const href = placeOf(item);
          const Icon = item.severity === "critical" ? OctagonAlert : TriangleAlert;
          return (
            <li
              key={`${item.kind} ${item.endpointId ?? item.sourceId ?? item.appId ?? item.summary}`}
              data-severity={item.severity}
            >
              <Icon aria-hidden />
              <span className="hidden-visually">{WORDS[item.severity]}:</span>
              <span className="grow">
                {href === undefined ? (
                  item.summary
                ) : (
                  <Link quiet href={href}>
                    {item.summary}
                  </Link>
                )}
              </span>
              {item.since !== null && (
                <span className="faint nowrap">
                  since <Time at={item.since} />
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
