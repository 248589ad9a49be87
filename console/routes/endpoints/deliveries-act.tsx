import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client.ts";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { countOf, plural } from "../../kit/format.ts";
import { FailureNote, Loading } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";

/** What an endpoint's deliveries can be told to do, all in one form. */
export type Act = "owed/hold" | "owed/release" | "owed/cancel" | "dead/requeue" | "dead/expire";

interface Words {
  readonly title: string;
  readonly action: string;
  readonly what: (count: string) => string;
  readonly done: (count: string) => string;
  readonly tone: "danger" | "primary";
}

const WORDS: Readonly<Record<Act, Words>> = {
  "owed/hold": {
    title: "Hold deliveries?",
    action: "Hold",
    what: (count) => `${count} will not be sent until somebody releases them. Their time to live goes on.`,
    done: (count) => `Held ${count}`,
    tone: "primary",
  },
  "owed/release": {
    title: "Release deliveries?",
    action: "Release",
    what: (count) => `${count} will be sent when they are due; at once where that has passed.`,
    done: (count) => `Released ${count}`,
    tone: "primary",
  },
  "owed/cancel": {
    title: "Cancel deliveries?",
    action: "Cancel them",
    what: (count) => `${count} will not be sent. They become dead letters, from where they can be sent again.`,
    done: (count) => `Cancelled ${count}`,
    tone: "danger",
  },
  "dead/requeue": {
    title: "Send dead letters again?",
    action: "Send again",
    what: (count) => `${count} will be owed anew, and sent as replays under the same webhook-id.`,
    done: (count) => `Owed again: ${count}`,
    tone: "primary",
  },
  "dead/expire": {
    title: "Forget dead letters?",
    action: "Forget them",
    what: (count) =>
      `${count} will be removed from the dead letters. Their messages and attempts stay; they can still be replayed by time.`,
    done: (count) => `Forgot ${count}`,
    tone: "danger",
  },
};

export type Choice =
  | { readonly ids: readonly string[] }
  | { readonly filter: { readonly reason?: string | undefined; readonly eventTypes?: readonly string[] | undefined } };

interface Answered {
  readonly count?: number;
  readonly countIsExact?: boolean;
  readonly skipped?: number;
  /** It is many: a job does it. */
  readonly id?: string;
}

/** Counts first, says to how many, and then does it. */
export function DeliveriesAct({
  appId,
  endpointId,
  act,
  choice,
  onClose,
  onTask,
}: {
  readonly appId: string;
  readonly endpointId: string;
  readonly act: Act;
  readonly choice: Choice;
  readonly onClose: () => void;
  readonly onTask: (taskId: string) => void;
}) {
  const words = WORDS[act];
  const path = `/api/v1/app/${encodeURIComponent(appId)}/endpoint/${encodeURIComponent(endpointId)}/${act}`;
  const counted = useQuery({
    queryKey: ["count", path, choice],
    queryFn: ({ signal }) => ask<Answered>(path, { method: "POST", body: { ...choice, dryRun: true }, signal }),
    staleTime: 0,
    gcTime: 0,
  });
  const change = useChange<void, Answered>(() =>
    ask<Answered>(path, { method: "POST", body: { ...choice, dryRun: false } }),
  );
  const count = counted.data?.count ?? 0;
  const told = `${countOf(count, counted.data?.countIsExact ?? true)} ${count === 1 ? "delivery" : "deliveries"}`;
  return (
    <ConfirmDialog
      title={words.title}
      isOpen
      onClose={onClose}
      action={words.action}
      tone={words.tone}
      onConfirm={async () => {
        const done = await change.run();
        if (done.id !== undefined) {
          onTask(done.id);
          return;
        }
        const skipped = done.skipped ?? 0;
        const rest =
          skipped > 0
            ? `; ${plural(skipped, "other")} had changed meanwhile and ${skipped === 1 ? "was" : "were"} left alone`
            : "";
        say(`${words.done(plural(done.count ?? 0, "delivery", "deliveries"))}${rest}`);
      }}
    >
      {counted.isPending ? (
        <Loading rows={1} label="Counting" />
      ) : counted.error !== null ? (
        <FailureNote error={counted.error} />
      ) : (
        <p>{words.what(told)}</p>
      )}
    </ConfirmDialog>
  );
}
