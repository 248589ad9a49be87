import { CircleCheck, CircleX, X } from "lucide-react";
import {
  UNSTABLE_Toast as AriaToast,
  Text,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";
import { asFailure } from "../api/failure.ts";
import { IconButton } from "./button.tsx";

interface Said {
  readonly text: string;
  readonly tone: "ok" | "bad";
}

const queue = new ToastQueue<Said>({ maxVisibleToasts: 4 });

/** Says that something was done. It is read out, and goes away by itself. */
export function say(text: string): void {
  queue.add({ text, tone: "ok" }, { timeout: 6_000 });
}

/** Says that something failed, for what has no better place for it. It stays until it is closed. */
export function sayFailure(error: unknown, doing?: string): void {
  const failure = asFailure(error);
  queue.add({ text: doing === undefined ? failure.message : `${doing}: ${failure.message}`, tone: "bad" });
}

export function Toasts() {
  return (
    <ToastRegion queue={queue} className="toasts" aria-label="Messages">
      {({ toast }) => (
        <AriaToast toast={toast} className="toast" data-tone={toast.content.tone}>
          {toast.content.tone === "ok" ? <CircleCheck aria-hidden /> : <CircleX aria-hidden />}
          <ToastContent className="toast-text">
            <Text slot="title">{toast.content.text}</Text>
          </ToastContent>
          <IconButton slot="close" label="Close" size="s" icon={<X />} />
        </AriaToast>
      )}
    </ToastRegion>
  );
}
