import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Trash2 } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { Section } from "../../kit/page.tsx";
import { say, sayFailure } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { paths } from "../paths.ts";
import type { EventType } from "./draft.ts";

const PATH = "/api/v1/event-type/{event_type_name}" as const;

/** Out of use, back into it, or gone. */
export function Use({ type }: { readonly type: EventType }) {
  const mayWrite = useMay("write");
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"archive" | "delete">();
  const params = { path: { event_type_name: type.name } };
  const archive = useChange<boolean, unknown>((archived) => client.PATCH(PATH, { params, body: { archived } }));
  const expunge = useChange<void, unknown>(
    () => client.DELETE(PATH, { params: { ...params, query: { expunge: true } } }),
    [["get", "/api/v1/event-type"]],
  );
  if (!mayWrite) return null;
  const isArchived = type.archived === true;
  return (
    <Section
      title={isArchived ? "Take back into use, or delete" : "Take out of use, or delete"}
      description="Neither stops events: whoever sends this type goes on sending it, and endpoints that listen to it get it."
    >
      <div className="row wrap">
        {isArchived ? (
          <Button
            icon={<ArchiveRestore />}
            isPending={archive.isPending}
            onPress={() =>
              void archive.run(false).then(
                () => say(`${type.name} is in use again`),
                (error) => sayFailure(error, "It was not taken back into use"),
              )
            }
          >
            Take back into use
          </Button>
        ) : (
          <Button icon={<Archive />} onPress={() => setAsking("archive")}>
            Take out of use
          </Button>
        )}
        <Button look="danger" icon={<Trash2 />} onPress={() => setAsking("delete")}>
          Delete event type
        </Button>
      </div>
      <ConfirmDialog
        title={`Take ${type.name} out of use?`}
        isOpen={asking === "archive"}
        onClose={() => setAsking(undefined)}
        action="Take out of use"
        tone="primary"
        onConfirm={async () => {
          await archive.run(true);
          say(`${type.name} is out of use`);
        }}
      >
        <p>
          New endpoints cannot choose it any more, and customers do not see it in the list. Endpoints that listen to it
          go on getting it. It can be taken back into use at any time.
        </p>
      </ConfirmDialog>
      <ConfirmDialog
        title={`Delete ${type.name}?`}
        isOpen={asking === "delete"}
        onClose={() => setAsking(undefined)}
        action="Delete event type"
        typed={type.name}
        onConfirm={async () => {
          await expunge.run();
          say(`Deleted ${type.name}`);
          await navigate({ href: paths.eventTypes });
        }}
      >
        <p>
          Its description, its schemas and its examples are gone for good. Messages that have this type stay, and
          endpoints that chose it keep its name and get what is sent under it.
        </p>
        <p>This cannot be undone.</p>
      </ConfirmDialog>
    </Section>
  );
}
