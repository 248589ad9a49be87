import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import type { components } from "../../api/schema.d.ts";
import { Badge } from "../../kit/badge.tsx";
import { Link } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { shortId } from "../../kit/copy.tsx";
import { KeyValues } from "../../kit/key-values.tsx";
import { None, Time } from "../../kit/time.tsx";
import { paths } from "../paths.ts";
import { askedOf, predicateOf, refusalOf } from "./deeds.ts";

type Entry = components["schemas"]["AuditOut"];

/** One record, as a sentence; the whole of it when asked for. */
export function AuditEntry({
  entry,
  appName,
  onActor,
}: {
  readonly entry: Entry;
  readonly appName: string | undefined;
  readonly onActor: (actorId: string) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const { actor, target, appId, status } = entry;
  const href = hrefOf(entry);
  const isAboutApp = target !== null && target === appId;
  const label = labelOf(entry);
  return (
    <li>
      <div className="settings-audit-line">
        <AriaButton
          className="settings-audit-more"
          aria-expanded={isOpen}
          aria-label="Details"
          onPress={() => setOpen(!isOpen)}
        >
          <ChevronRight aria-hidden />
        </AriaButton>
        <p className="grow">
          <AriaButton className="settings-audit-actor" onPress={() => onActor(actor.id)}>
            {actor.name === "" ? actor.id : actor.name}
          </AriaButton>{" "}
          {predicateOf(entry)}{" "}
          {isAboutApp ? (
            <Link href={paths.app(target)}>{appName ?? target}</Link>
          ) : href === undefined ? (
            label
          ) : (
            <Link href={href}>{label}</Link>
          )}
          {appId !== null && !isAboutApp && (
            <>
              {" of "}
              <Link quiet href={paths.app(appId)}>
                {appName ?? shortId(appId)}
              </Link>
            </>
          )}
        </p>
        {status >= 400 && <Badge tone="warn">{refusalOf(status)}</Badge>}
        <span className="faint">
          <Time at={entry.at} />
        </span>
      </div>
      {isOpen && (
        <div className="stack settings-audit-whole">
          <KeyValues
            columns={2}
            items={[
              ["At", <Time key="at" at={entry.at} exact />],
              ["By", <code key="by">{`${actor.kind} ${actor.id}`}</code>],
              ["Request", <code key="request">{`${entry.method} ${entry.path}`}</code>],
              ["Answered", String(status)],
              ["Operation", <code key="operation">{entry.operation}</code>],
              [
                "From",
                entry.remoteAddress === null ? <None key="from" /> : <code key="from">{entry.remoteAddress}</code>,
              ],
              ["Request id", <code key="id">{entry.requestId}</code>],
              ["Target", target === null ? <None key="target" /> : <code key="target">{target}</code>],
            ]}
          />
          {Object.keys(entry.detail).length > 0 && (
            <CodeView text={JSON.stringify(entry.detail)} what="what was asked" lines={12} />
          )}
        </div>
      )}
    </li>
  );
}

/** What it is called: as it was called in the request, or by its id. */
function labelOf({ target, status, detail }: Entry) {
  const name = askedOf(detail, "name") ?? askedOf(detail, "description");
  if (status < 400 && typeof name === "string" && name !== "") return <strong>{name}</strong>;
  if (target === null) return null;
  return <code title={target}>{/^[a-z]+_[0-9a-z]{26}$/.test(target) ? shortId(target) : target}</code>;
}

/** Where the thing is, as far as it is still there. */
function hrefOf({ target, appId, operation, status }: Entry): string | undefined {
  if (target === null || status >= 400 || operation.endsWith(".delete")) return undefined;
  if (operation.includes("operational_webhook") || operation.includes("operational-webhook"))
    return target.startsWith("ep_") ? paths.operationalWebhook(target) : undefined;
  if (operation.includes("event-type") || operation.includes("event_type")) return paths.eventType(target);
  const [kind] = target.split("_");
  switch (kind) {
    case "key":
      return paths.keys;
    case "qtask":
      return paths.replay(target);
    case "app":
      return paths.app(target);
    case "ep":
      return appId === null ? undefined : paths.endpoint(appId, target);
    case "src":
      return appId === null ? undefined : paths.source(appId, target);
    case "msg":
      return appId === null ? undefined : paths.message(appId, target);
    default:
      return undefined;
  }
}
