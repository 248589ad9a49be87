import { Ban } from "lucide-react";
import type { ReactNode } from "react";
import { type Permission, useWhoAmI } from "../api/whoami.ts";
import { Empty, Failing } from "../kit/states.tsx";
import { PageLoading } from "./page-shell.tsx";

/** Shows a page to who may see it, and to others why they do not. */
export function Gate({ needs, children }: { readonly needs: Permission | undefined; readonly children: ReactNode }) {
  const who = useWhoAmI();
  if (who.data === undefined) {
    return who.error === null ? (
      <PageLoading title="Loading" />
    ) : (
      <Failing error={who.error} onRetry={() => void who.refetch()} />
    );
  }
  if (needs !== undefined && !who.data.permissions.includes(needs)) {
    return (
      <Empty title="Your key may not see this" icon={<Ban />}>
        <p>
          It has the role <strong>{who.data.role}</strong>; this page needs the permission <strong>{needs}</strong>.
        </p>
      </Empty>
    );
  }
  return children;
}
