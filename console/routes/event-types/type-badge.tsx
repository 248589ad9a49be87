import { Archive, CircleCheck, Hourglass } from "lucide-react";
import { Badge } from "../../kit/badge.tsx";
import type { EventType } from "./draft.ts";

/** Whether an event type is in use. */
export function TypeBadge({ type }: { readonly type: Pick<EventType, "archived" | "deprecated"> }) {
  if (type.archived === true) return <Badge icon={Archive}>Out of use</Badge>;
  if (type.deprecated)
    return (
      <Badge tone="warn" icon={Hourglass}>
        Deprecated
      </Badge>
    );
  return (
    <Badge tone="ok" icon={CircleCheck}>
      In use
    </Badge>
  );
}
