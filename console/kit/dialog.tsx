import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "./button.tsx";

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** The buttons at the bottom, the main one last. */
  readonly foot?: ReactNode;
  readonly size?: "m" | "l" | undefined;
  /** False while something is under way that closing would hide. */
  readonly isDismissable?: boolean | undefined;
  readonly role?: "dialog" | "alertdialog" | undefined;
  readonly children: ReactNode;
}

/** A dialog over the page: focus goes in, stays in, and comes back where it was. */
export function Dialog({
  title,
  isOpen,
  onClose,
  foot,
  size = "m",
  isDismissable = true,
  role = "dialog",
  children,
}: DialogProps) {
  return (
    <ModalOverlay
      className="scrim"
      isOpen={isOpen}
      onOpenChange={(open) => open || onClose()}
      isDismissable={isDismissable}
      isKeyboardDismissDisabled={!isDismissable}
    >
      <Modal className="modal" data-size={size}>
        <AriaDialog className="dialog" role={role}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {isDismissable && <IconButton label="Close" size="s" icon={<X />} onPress={onClose} />}
          </div>
          <div className="dialog-body">{children}</div>
          {foot !== undefined && <div className="dialog-foot">{foot}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
