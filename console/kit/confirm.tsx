import { type ReactNode, useState } from "react";
import { asFailure } from "../api/failure.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { FailureNote } from "./states.tsx";

export interface ConfirmDialogProps {
  /** A question: "Delete endpoint?" */
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** The verb again, never "OK": "Delete endpoint", "Cancel 1,204 deliveries". */
  readonly action: string;
  /** What will happen, and to how many. */
  readonly children: ReactNode;
  /** What cannot be undone is coloured so. */
  readonly tone?: "danger" | "primary" | undefined;
  /** Text that must be typed first: for what cannot be undone and reaches many. */
  readonly typed?: string | undefined;
  /** Does it; the dialog closes when it comes true and shows the failure when it does not. */
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks before something that is not easily undone, and says what will happen and to how many. */
export function ConfirmDialog({
  title,
  isOpen,
  onClose,
  action,
  children,
  tone = "danger",
  typed,
  onConfirm,
}: ConfirmDialogProps) {
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [text, setText] = useState("");

  const close = () => {
    setFailure(undefined);
    setText("");
    onClose();
  };
  const confirm = async () => {
    setPending(true);
    setFailure(undefined);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setPending(false);
    }
  };

  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={close}
      isDismissable={!isPending}
      role="alertdialog"
      foot={
        <>
          <Button onPress={close} isDisabled={isPending} autoFocus={typed === undefined}>
            Keep as it is
          </Button>
          <Button
            look={tone}
            onPress={confirm}
            isPending={isPending}
            isDisabled={typed !== undefined && text !== typed}
          >
            {action}
          </Button>
        </>
      }
    >
      <div className="stack tight">{children}</div>
      {typed !== undefined && (
        <TextField label={`Type ${typed} to go on`} value={text} onChange={setText} autoFocus isMono />
      )}
      {failure !== undefined && <FailureNote error={failure} />}
    </Dialog>
  );
}
