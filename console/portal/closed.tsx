import { DoorClosed } from "lucide-react";
import { Empty } from "../kit/states.tsx";

export type Closing = "never" | "ended" | "left" | "not_this";

const WORDS: Readonly<Record<Closing, readonly [title: string, text: string]>> = {
  never: [
    "This page opens by a link",
    "Open it from where your webhooks are managed; the address alone is not enough.",
  ],
  ended: [
    "This page is closed",
    "Its link was good for a while only, or was taken back. Open it again from where you came.",
  ],
  left: ["You are signed out", "To come back, open this page again from where you came."],
  not_this: ["This link opens no portal", "Open it again from where you came; if it stays so, tell them."],
};

/** What stands there for somebody without a good token: where to get one, and nothing that could be tried. */
export function Closed({ why }: { readonly why: Closing }) {
  const [title, text] = WORDS[why];
  return (
    <main className="portal-closed">
      <h1 className="hidden-visually">{title}</h1>
      <Empty title={title} icon={<DoorClosed />}>
        <p>{text}</p>
      </Empty>
    </main>
  );
}
