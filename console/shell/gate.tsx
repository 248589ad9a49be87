import { Ban } from "lucide-react";
import type { ReactNode } from "react";
import { type Permission, useWhoAmI } from "../api/whoami.ts";
import { Page } from "../kit/page.tsx";
import { Empty, Failing } from "../kit/states.tsx";
import { PageLoading } from "./page-loading.tsx";

export interface GateProps {
  readonly title: string;
  readonly needs: Permission | undefined;
  readonly children: ReactNode;
}

/** Shows a page to who may see it, and to others why they do not. */
export function Gate({ title, needs, children }: GateProps) {
  const who = useWhoAmI();
  if (who.data === undefined) {
    if (who.error === null) return <PageLoading title={title} />;
    return (
      <Page title={title}>
        <Failing error={who.error} onRetry={() => void who.refetch()} />
      </Page>
    );
  }
  if (needs === undefined || who.data.permissions.includes(needs)) return children;
  return (
    <Page title={title}>
      <Empty title="Your key may not see this" icon={<Ban />}>
        <p>
          It has the role <strong>{who.data.role}</strong>; this page needs the permission <strong>{needs}</strong>.
        </p>
      </Empty>
    </Page>
  );
}
