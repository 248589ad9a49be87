import { useState } from "react";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useFaults } from "../../kit/faults.ts";
import { FailureNote } from "../../kit/states.tsx";
import { useChange } from "../../kit/use-change.ts";
import { APP_FIELDS, AppFields, bodyOf, type Draft, draftOf } from "./app-fields.tsx";

type AppIn = components["schemas"]["ApplicationIn"];

/** Makes an application. */
export function AppDialog({
  title,
  action,
  isOpen,
  onClose,
  save,
}: {
  readonly title: string;
  readonly action: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly save: (body: AppIn, idempotencyKey: string) => Promise<void>;
}) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(undefined));
  const faults = useFaults(APP_FIELDS);
  const change = useChange<AppIn, void>(save);
  const close = () => {
    setDraft(draftOf(undefined));
    faults.clear();
    onClose();
  };
  const submit = async () => {
    faults.clear();
    try {
      await change.run(bodyOf(draft));
      close();
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={close}
      isDismissable={!change.isPending}
      foot={
        <>
          <Button onPress={close}>Keep as it is</Button>
          <Button look="primary" type="submit" form="app-form" isPending={change.isPending}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id="app-form"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <AppFields draft={draft} onChange={setDraft} faults={faults} />
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
      </form>
    </Dialog>
  );
}
