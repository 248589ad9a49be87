import { Check, X } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { TextField } from "../../kit/field.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { RUN } from "./flow.ts";

/** Yes or no to a run that waits for one; who said it, when and why is kept. */
export function DecideButtons({
  appId,
  runId,
  path,
  title,
}: {
  readonly appId: string;
  readonly runId: string;
  readonly path: string;
  readonly title?: string | undefined;
}) {
  const mayWrite = useMay("write");
  const [asking, setAsking] = useState<boolean>();
  const [reason, setReason] = useState("");
  const decide = useChange<{ approved: boolean; reason: string }, unknown>((body, key) =>
    client.POST(`${RUN}/approve`, {
      params: { path: { app_id: appId, run_id: runId }, header: { "idempotency-key": key } },
      body: { path, ...body },
    }),
  );
  if (!mayWrite) return null;
  const verb = asking === true ? "Approve" : "Reject";
  return (
    <div className="row">
      <Button size="s" icon={<Check />} onPress={() => setAsking(true)}>
        Approve
      </Button>
      <Button size="s" icon={<X />} onPress={() => setAsking(false)}>
        Reject
      </Button>
      <ConfirmDialog
        title={`${verb}?`}
        isOpen={asking !== undefined}
        onClose={() => setAsking(undefined)}
        action={verb}
        tone={asking === true ? "primary" : "danger"}
        onConfirm={async () => {
          await decide.run({ approved: asking === true, reason });
          say(asking === true ? "Approved" : "Rejected");
        }}
      >
        {title !== undefined && <p>{title}</p>}
        <p>The run goes on at once. It cannot be taken back.</p>
        <TextField label="Why" placeholder="Optional; kept with the decision" value={reason} onChange={setReason} />
      </ConfirmDialog>
    </div>
  );
}
