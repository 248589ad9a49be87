import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button, IconButton, Link } from "./button.tsx";
import { say, sayFailure } from "./toast.tsx";

/** Puts text on the clipboard, which browsers give only to https and localhost; elsewhere the old way. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("The browser does not let this page copy");
}

/** Copies `text`. With `children` it is a button with words, otherwise an icon. `what` is read out: "Copy the id". */
export function CopyButton({
  text,
  what,
  size = "s",
  children,
}: {
  readonly text: string | (() => string | Promise<string>);
  readonly what: string;
  readonly size?: "s" | "m";
  readonly children?: ReactNode;
}) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    try {
      await copyText(typeof text === "string" ? text : await text());
      setDone(true);
      say(`Copied ${what}`);
    } catch (error) {
      sayFailure(error, "Copying failed");
    }
  };
  const icon = done ? <Check /> : <Copy />;
  return children === undefined ? (
    <IconButton label={`Copy ${what}`} size={size} icon={icon} onPress={copy} />
  ) : (
    <Button size={size} icon={icon} onPress={copy}>
      {children}
    </Button>
  );
}

/** An id: its kind and end, which tell ids of one moment apart; whole for the clipboard. With `href` it leads to the thing. */
export function Id({
  id,
  href,
  isWhole = false,
}: {
  readonly id: string;
  readonly href?: string | undefined;
  readonly isWhole?: boolean;
}) {
  const shown = isWhole ? id : shortId(id);
  return (
    <span className="id">
      {href === undefined ? (
        <code title={id}>{shown}</code>
      ) : (
        <IdLink id={id} href={href}>
          {shown}
        </IdLink>
      )}
      <CopyButton text={id} what={`the id ${id}`} />
    </span>
  );
}

function IdLink({ id, href, children }: { readonly id: string; readonly href: string; readonly children: string }) {
  return (
    <Link href={href} aria-label={id}>
      <code title={id}>{children}</code>
    </Link>
  );
}

export function shortId(id: string): string {
  const at = id.indexOf("_");
  return at === -1 || id.length < at + 14 ? id : `${id.slice(0, at + 1)}…${id.slice(-8)}`;
}
