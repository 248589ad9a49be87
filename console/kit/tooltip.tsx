import type { ReactElement } from "react";
import { Tooltip as AriaTooltip, Focusable, TooltipTrigger } from "react-aria-components";

/** Says more about what is pointed at or focused. Nothing that must be read may stand only here. */
export function Tooltip({ text, children }: { readonly text: string; readonly children: ReactElement }) {
  return (
    <TooltipTrigger delay={400} closeDelay={80}>
      {children}
      <AriaTooltip className="tooltip" offset={6}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}

/** The same for text that is no control: it can be focused so that a keyboard reaches the tooltip. */
export function Hint({ text, children }: { readonly text: string; readonly children: string }) {
  return (
    <Tooltip text={text}>
      <Focusable>
        <span className="hint" role="note" tabIndex={0}>
          {children}
        </span>
      </Focusable>
    </Tooltip>
  );
}
