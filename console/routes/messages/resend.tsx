import { useState } from "react";
import { api, client } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Checkbox } from "../../kit/field.tsx";
import { plural } from "../../kit/format.ts";
import { Answer, Empty, FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";

/** Sends a message once more, to endpoints that are chosen. */
export function ResendDialog({
  appId,
  messageId,
  isOpen,
  onClose,
}: {
  readonly appId: string;
  readonly messageId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const endpoints = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/endpoint",
    { params: { path: { app_id: appId }, query: { limit: 250 } } },
    { enabled: isOpen },
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const resend = useChange<readonly string[], void>(async (ids, key) => {
    for (const id of ids) {
      await client.POST("/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend", {
        params: {
          path: { app_id: appId, msg_id: messageId, endpoint_id: id },
          // One key for each, so that asking again after a failure repeats none.
          header: { "idempotency-key": `${key}-${id}` },
        },
      });
    }
  });
  const close = () => {
    setChosen(new Set());
    resend.reset();
    onClose();
  };
  const go = async () => {
    await resend.run([...chosen]);
    say(`Sent again to ${plural(chosen.size, "endpoint")}`);
    close();
  };
  return (
    <Dialog
      title="Send this message again"
      isOpen={isOpen}
      onClose={close}
      foot={
        <>
          <Button onPress={close}>Close</Button>
          <Button
            look="primary"
            isDisabled={chosen.size === 0}
            isPending={resend.isPending}
            onPress={() => void go().catch(() => {})}
          >
            {chosen.size === 0 ? "Send again" : `Send again to ${plural(chosen.size, "endpoint")}`}
          </Button>
        </>
      }
    >
      <p className="muted">
        Each gets it now, as a delivery of its own under the same <code>webhook-id</code>: a receiver that has it
        already can tell. It need not have been owed it before.
      </p>
      <Answer query={endpoints}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="The application has no endpoint">Create one first.</Empty>
          ) : (
            <div className="stack tight">
              {data.map((endpoint) => (
                <Checkbox
                  key={endpoint.id}
                  isSelected={chosen.has(endpoint.id)}
                  isDisabled={endpoint.disabled === true}
                  description={endpoint.disabled === true ? "Disabled: it takes nothing" : endpoint.url}
                  onChange={(on) => {
                    const next = new Set(chosen);
                    if (on) next.add(endpoint.id);
                    else next.delete(endpoint.id);
                    setChosen(next);
                  }}
                >
                  {endpoint.description || endpoint.uid || endpoint.id}
                </Checkbox>
              ))}
            </div>
          )
        }
      </Answer>
      {resend.error != null && <FailureNote error={resend.error} />}
    </Dialog>
  );
}
