import type { ReactNode } from "react";
import { type Permission, useWhoAmI } from "../../api/whoami.ts";
import { Page, SubNav } from "../../kit/page.tsx";
import { paths } from "../paths.ts";

const PARTS: readonly { readonly label: string; readonly href: string; readonly needs?: Permission }[] = [
  { label: "You", href: paths.settings },
  { label: "Keys", href: paths.keys, needs: "admin" },
  { label: "Audit log", href: paths.audit, needs: "admin" },
  { label: "Retention", href: paths.retention, needs: "admin" },
  { label: "Portal theme", href: paths.portal, needs: "write" },
  { label: "Configuration", href: paths.configuration, needs: "admin" },
  { label: "About", href: paths.about, needs: "admin" },
];

const CRUMBS = [{ label: "Settings", href: paths.settings }] as const;

/** What stands around each page of the settings. Shown are the parts that would not be refused. */
export function SettingsFrame({
  current,
  title,
  description,
  actions,
  children,
}: {
  readonly current: string;
  readonly title: string;
  readonly description: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { data: who } = useWhoAmI();
  const items = PARTS.filter(({ needs }) => needs === undefined || who?.permissions.includes(needs) === true);
  return (
    <Page
      title={title}
      {...(current !== paths.settings && { crumbs: CRUMBS })}
      description={description}
      actions={actions}
      nav={<SubNav label="Settings" current={current} items={items} />}
    >
      {children}
    </Page>
  );
}
