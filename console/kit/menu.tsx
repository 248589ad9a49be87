import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem as AriaMenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";

export interface MenuAction {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly note?: string | undefined;
  readonly tone?: "danger" | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly href?: string | undefined;
  readonly onAction?: (() => void) | undefined;
  /** A line above it. */
  readonly separated?: boolean | undefined;
}

/** A button (`children`) with things to do behind it. */
export function Menu({
  label,
  actions,
  children,
}: {
  readonly label: string;
  readonly actions: readonly MenuAction[];
  readonly children: ReactElement;
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover className="popover" placement="bottom end" offset={4}>
        <AriaMenu className="menu" aria-label={label}>
          {actions.flatMap((action) => [
            ...(action.separated === true ? [<Separator key={`${action.id}-line`} className="menu-separator" />] : []),
            <AriaMenuItem
              key={action.id}
              id={action.id}
              className="item"
              textValue={action.label}
              data-look={action.tone}
              isDisabled={action.isDisabled ?? false}
              {...(action.href !== undefined && { href: action.href })}
              onAction={() => action.onAction?.()}
            >
              {action.icon}
              <span className="item-text">
                {action.label}
                {action.note !== undefined && <span className="item-note">{action.note}</span>}
              </span>
            </AriaMenuItem>,
          ])}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
