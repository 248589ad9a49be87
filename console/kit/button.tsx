import type { ReactNode, Ref } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Link as AriaLink,
  type LinkProps as AriaLinkProps,
} from "react-aria-components";
import { Tooltip } from "./tooltip.tsx";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

interface Looks {
  readonly look?: ButtonLook | undefined;
  readonly size?: "s" | "m" | undefined;
  readonly icon?: ReactNode;
}

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children">, Looks {
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button. While `isPending` it keeps its width and its focus, and takes no second press. */
export function Button({ look = "plain", size = "m", icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      className="button"
      data-look={look}
      data-size={size}
      data-icon-only={children === undefined || undefined}
    >
      {icon}
      {children !== undefined && <span>{children}</span>}
    </AriaButton>
  );
}

/** A button that shows only an icon: its name is read out, and shown when pointed at. */
export function IconButton({
  label,
  look = "quiet",
  ...rest
}: Omit<ButtonProps, "children"> & { readonly label: string }) {
  return (
    <Tooltip text={label}>
      <Button {...rest} look={look} aria-label={label} />
    </Tooltip>
  );
}

/** A link that looks like a button: it leads somewhere, it does nothing. */
export function ButtonLink({
  look = "plain",
  size = "m",
  icon,
  children,
  ...rest
}: Omit<AriaLinkProps, "className" | "style" | "children"> & Looks & { readonly children?: ReactNode }) {
  return (
    <AriaLink {...rest} className="button" data-look={look} data-size={size}>
      {icon}
      {children !== undefined && <span>{children}</span>}
    </AriaLink>
  );
}

/** A link within text. `href` from `routes/paths.ts`; the router follows it without loading the page anew. */
export function Link({
  quiet = false,
  ...rest
}: Omit<AriaLinkProps, "className" | "style"> & { readonly quiet?: boolean }) {
  return <AriaLink {...rest} className="link" data-quiet={quiet || undefined} />;
}
