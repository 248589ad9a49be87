import { Button } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Note } from "../../kit/states.tsx";

/** The token, this once. Only the button closes it, so that a click beside it does not lose it. */
export function TokenDialog({
  name,
  token,
  onClose,
}: {
  readonly name: string;
  readonly token: string;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      title={`The token of ${name}`}
      isOpen
      onClose={onClose}
      isDismissable={false}
      foot={
        <Button look="primary" onPress={onClose}>
          I have kept it
        </Button>
      }
    >
      <Note tone="warn">It is shown this once and kept nowhere. If it is lost, rotate the key.</Note>
      <div className="settings-token">
        <code className="grow wrap-anywhere">{token}</code>
        <CopyButton what="the token" text={token}>
          Copy
        </CopyButton>
      </div>
      <p className="description">
        It is sent as a header with every request: <code>Authorization: Bearer …</code>
      </p>
    </Dialog>
  );
}
