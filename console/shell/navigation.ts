import {
  Activity,
  AppWindow,
  BellRing,
  LayoutDashboard,
  type LucideIcon,
  RotateCcw,
  Settings,
  Tags,
} from "lucide-react";
import type { Permission, WhoAmI } from "../api/whoami.ts";
import { paths } from "../routes/paths.ts";

export interface Place {
  readonly label: string;
  readonly href: string;
  readonly icon: LucideIcon;
  readonly needs: Permission;
  /** Of the whole organisation: not for keys of one application. */
  readonly isWide?: true;
  /** The two keys that lead there, one after the other. */
  readonly keys: string;
}

/** The side navigation, in order. */
export const places: readonly Place[] = [
  { label: "Overview", href: paths.overview, icon: LayoutDashboard, needs: "read", isWide: true, keys: "g o" },
  { label: "Live tail", href: paths.tail, icon: Activity, needs: "read", keys: "g l" },
  { label: "Applications", href: paths.apps, icon: AppWindow, needs: "read", keys: "g a" },
  { label: "Event types", href: paths.eventTypes, icon: Tags, needs: "read", keys: "g t" },
  { label: "Replays", href: paths.replays, icon: RotateCcw, needs: "read", keys: "g r" },
  {
    label: "Operational webhooks",
    href: paths.operationalWebhooks,
    icon: BellRing,
    needs: "admin",
    isWide: true,
    keys: "g w",
  },
  { label: "Settings", href: paths.settings, icon: Settings, needs: "read", keys: "g s" },
];

/** The places somebody may go to. */
export function placesFor(who: WhoAmI | undefined): readonly Place[] {
  if (who === undefined) return [];
  return places.filter(
    (place) => who.permissions.includes(place.needs) && (place.isWide !== true || who.appId === null),
  );
}

/** Whether an address lies at or under a place. */
export function isAt(place: Place, path: string): boolean {
  return place.href === "/" ? path === "/" : path === place.href || path.startsWith(`${place.href}/`);
}
