import { Badge } from "../../kit/badge.tsx";
import type { Setting } from "./instance.ts";

/** Where a setting's value comes from. */
export function Source({ source }: Pick<Setting, "source">) {
  switch (source) {
    case "environment":
      return <Badge tone="info">set</Badge>;
    case "default":
      return <Badge>default</Badge>;
  }
}
