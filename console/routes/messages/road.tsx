import { GitCompareArrows } from "lucide-react";
import type { ReactNode } from "react";
import { DeliveryBadge, OutcomeBadge } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { Checkbox } from "../../kit/field.tsx";
import { duration } from "../../kit/format.ts";
import { Duration, Time, useNow } from "../../kit/time.tsx";
import { usePaths, usePlace } from "../place.ts";
import { AttemptBar } from "./attempt-bar.tsx";
import { type Attempt, scaleOf, sinceAccepted, type Timeline, type TimelineDelivery } from "./waterfall.ts";

export interface RoadProps {
  readonly appId: string;
  readonly timeline: Timeline;
  /** The attempt whose details are shown. */
  readonly current: string | undefined;
  readonly onOpen: (attempt: Attempt) => void;
  /** Attempts that are to be compared, at most two. */
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[]) => void;
  readonly actions: (delivery: TimelineDelivery) => ReactNode;
}

/** Everything that happened to a message, from its arrival to each final outcome. */
export function Road(props: RoadProps) {
  const { timeline } = props;
  const { paths, hasApplications } = usePlace();
  const scaleMs = scaleOf(timeline.deliveries);
  const storedMs = sinceAccepted(timeline, timeline.storedAt);
  return (
    <ol className="road">
      <li>
        <span className="road-knot" data-tone="ok" aria-hidden="true" />
        <div>
          <div className="road-head">
            <strong>Accepted</strong>
            <Time at={timeline.acceptedAt} exact />
          </div>
          <p className="muted">
            {hasApplications &&
              (timeline.message.sourceId && paths.source !== undefined ? (
                <>
                  Came in through the source{" "}
                  <Link href={paths.source(props.appId, timeline.message.sourceId)}>{timeline.message.sourceId}</Link>.{" "}
                </>
              ) : (
                "Came in through the API. "
              ))}
            {storedMs === undefined
              ? "It was committed before the answer."
              : `Written after ${duration(storedMs)}, and answered once that was committed.`}
          </p>
        </div>
      </li>
      {timeline.deliveries.map((delivery) => (
        <li key={delivery.id}>
          <span className="road-knot" data-tone={TONES[delivery.state]} aria-hidden="true" />
          <DeliveryRoad {...props} delivery={delivery} scaleMs={scaleMs} />
        </li>
      ))}
      {timeline.isExpanding && (
        <li>
          <span className="road-knot" data-tone="info" aria-hidden="true" />
          <p className="muted">It goes to very many endpoints; more deliveries follow in a moment.</p>
        </li>
      )}
      {!timeline.isComplete && (
        <li>
          <span className="road-knot" aria-hidden="true" />
          <p className="muted">There are more deliveries or attempts than are shown here.</p>
        </li>
      )}
    </ol>
  );
}

const TONES: Readonly<Record<TimelineDelivery["state"], "ok" | "bad" | "warn" | "info">> = {
  delivered: "ok",
  dead: "bad",
  held: "warn",
  owed: "info",
  leased: "info",
};

function DeliveryRoad({
  appId,
  timeline,
  delivery,
  scaleMs,
  current,
  onOpen,
  chosen,
  onChoose,
  actions,
}: RoadProps & { readonly delivery: TimelineDelivery; readonly scaleMs: number }) {
  const paths = usePaths();
  const name = delivery.endpointDescription || delivery.endpointUrl || delivery.endpointId;
  return (
    <div className="grow">
      <div className="road-head">
        {delivery.endpointDeleted ? (
          <span className="road-url truncate">{name}</span>
        ) : (
          <Link href={paths.endpoint(appId, delivery.endpointId)}>
            <span className="road-url truncate">{name}</span>
          </Link>
        )}
        <DeliveryBadge state={delivery.state} />
        {delivery.trigger !== null && delivery.trigger !== "scheduled" && (
          <span className="faint">{TRIGGERS[delivery.trigger]}</span>
        )}
        {delivery.endpointDeleted && <span className="faint">endpoint deleted</span>}
        <span className="end row">{actions(delivery)}</span>
      </div>
      <p className="muted">
        <Fate delivery={delivery} />
      </p>
      {delivery.attempts.length > 0 && (
        <div className="attempts-scroll">
          <table className="attempts" aria-label={`Attempts at ${name}`}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="hidden-visually">Compare</span>
                </th>
                <th scope="col">Attempt</th>
                <th scope="col">After</th>
                <th scope="col">Outcome</th>
                <th scope="col">Where the time went</th>
                <th scope="col">Took</th>
              </tr>
            </thead>
            <tbody>
              {delivery.attempts.map((attempt) => (
                <tr key={attempt.id} data-current={attempt.id === current || undefined}>
                  <td>
                    <Checkbox
                      aria-label={`Compare attempt ${attempt.number ?? ""}`}
                      isSelected={chosen.includes(attempt.id)}
                      onChange={(on) =>
                        onChoose(on ? [...chosen, attempt.id].slice(-2) : chosen.filter((id) => id !== attempt.id))
                      }
                    />
                  </td>
                  <td>
                    <Button size="s" look="quiet" onPress={() => onOpen(attempt)}>
                      #{attempt.number ?? "?"}
                    </Button>
                  </td>
                  <td>
                    <Duration ms={sinceAccepted(timeline, attempt.timestamp)} />
                  </td>
                  <td>
                    <OutcomeBadge outcome={attempt.outcome ?? attempt.statusText} /> <code>{attempt.reason}</code>
                    {attempt.late && <DeliveryBadge state="late" />}
                  </td>
                  <td>
                    <AttemptBar attempt={attempt} scaleMs={scaleMs} />
                  </td>
                  <td data-align="end">
                    <Duration ms={attempt.timing?.totalMs} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

const TRIGGERS = { scheduled: "", resend: "sent again by hand", replay: "replayed", probe: "a probe" } as const;

const DEAD_REASONS: Readonly<Record<string, string>> = {
  exhausted: "All tries of its schedule were used up",
  permanent: "The receiver refused it for good",
  expired: "It became older than the endpoint wants",
  endpoint_deleted: "Its endpoint was deleted",
  application_deleted: "Its application was deleted",
  endpoint_disabled: "Its endpoint was disabled",
  held_too_long: "It was held longer than deliveries are kept",
  held_too_many: "More was held for the endpoint than is kept",
  cancelled: "Somebody cancelled it",
  erased: "Its payload was erased",
};

/** What is true of a delivery now, as a sentence. */
function Fate({ delivery }: { readonly delivery: TimelineDelivery }) {
  switch (delivery.state) {
    case "delivered":
      return <>Its receiver has it; the answer was read to its end.</>;
    case "dead":
      return (
        <>
          {DEAD_REASONS[delivery.deadReason ?? ""] ?? "It was given up, and its dead letter expired"}
          {delivery.deadAt !== null && (
            <>
              {" "}
              (<Time at={delivery.deadAt} />)
            </>
          )}
          .
        </>
      );
    case "held":
      return <>Held by hand: it is not sent until somebody releases it.</>;
    case "leased":
      return <>In the hands of a process, which sends it now.</>;
    case "owed":
      return <Waiting delivery={delivery} />;
  }
}

/** A moment ago is due as well: whoever claims it does so in turns. */
const LATE_MS = 3_000;

function Waiting({ delivery }: { readonly delivery: TimelineDelivery }) {
  const now = useNow();
  const words = delivery.attempts.length === 0 ? "Waits for its first try" : "Waits for its next try";
  if (delivery.dueAt === null) return <>{words}.</>;
  return Date.parse(delivery.dueAt) < now - LATE_MS ? (
    <>
      {words}, which was due <Time at={delivery.dueAt} />: its endpoint's breaker, a pause or a limit keeps it back.
    </>
  ) : (
    <>
      {words}, due <Time at={delivery.dueAt} />.
    </>
  );
}

export function CompareButton({ count, onPress }: { readonly count: number; readonly onPress: () => void }) {
  return (
    <Button size="s" icon={<GitCompareArrows />} isDisabled={count !== 2} onPress={onPress}>
      {count === 2 ? "Compare the two" : "Compare two"}
    </Button>
  );
}
