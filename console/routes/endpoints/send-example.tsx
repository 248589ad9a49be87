import { useState } from "react";
import { api, client } from "../../api/client.ts";
import { Button, Link } from "../../kit/button.tsx";
import { ComboBox } from "../../kit/combo-box.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { FailureNote, Note } from "../../kit/states.tsx";
import { useChange } from "../../kit/use-change.ts";
import { usePaths } from "../place.ts";
import { type Endpoint, PATH } from "./endpoint.ts";

/** A real request with an example, to see whether the receiver takes it. */
export function SendExampleDialog({
  appId,
  endpoint,
  isOpen,
  onClose,
}: {
  readonly appId: string;
  readonly endpoint: Endpoint | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const types = api.useQuery("get", "/api/v1/event-type", { params: { query: { limit: 250 } } }, { enabled: isOpen });
  const paths = usePaths();
  const [type, setType] = useState<string>();
  const [sent, setSent] = useState<string>();
  const send = useChange<string, string>(async (eventType, key) => {
    const { data } = await client.POST(`${PATH}/send-example`, {
      params: { path: { app_id: appId, endpoint_id: endpoint?.id ?? "" }, header: { "idempotency-key": key } },
      body: { eventType },
    });
    return data?.id ?? "";
  });
  const listed = endpoint?.eventTypes ?? undefined;
  const options = (types.data?.data ?? [])
    .filter(({ name }) => listed === undefined || listed.includes(name))
    .map(({ name, description }) => ({ id: name, label: name, note: description }));
  const close = () => {
    setSent(undefined);
    send.reset();
    onClose();
  };
  return (
    <Dialog
      title="Send an example"
      isOpen={isOpen}
      onClose={close}
      foot={
        <>
          <Button onPress={close}>Close</Button>
          <Button
            look="primary"
            isDisabled={type === undefined}
            isPending={send.isPending}
            onPress={() => type !== undefined && void send.run(type).then(setSent, () => undefined)}
          >
            Send
          </Button>
        </>
      }
    >
      <p className="muted">
        A real message, signed like every other, goes to this endpoint alone. Its payload is the example of the event
        type, or says that it is one.
      </p>
      <ComboBox
        label="Event type"
        options={options}
        value={type}
        onChange={setType}
        description={
          types.data !== undefined && options.length === 0 ? "There is no event type yet: make one first." : undefined
        }
      />
      {sent !== undefined && (
        <Note tone="ok" role="status">
          Sent. <Link href={paths.message(appId, sent)}>See what came of it</Link>.
        </Note>
      )}
      {send.error != null && <FailureNote error={send.error} />}
    </Dialog>
  );
}
