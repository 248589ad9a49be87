import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "../../kit/button.tsx";
import { Page, SubNav } from "../../kit/page.tsx";
import { paths } from "../paths.ts";

/** What stands around the webhooks, and around what they can be told. */
export function ListFrame({ current, children }: { readonly current: string; readonly children: ReactNode }) {
  return (
    <Page
      title="Operational webhooks"
      description="What happens to the installation, told to whoever runs it: endpoints that fail, breakers that open, backlogs that age. Sent by the same engine as every other webhook."
      actions={<NewLink />}
      nav={
        <SubNav
          label="Operational webhooks"
          current={current}
          items={[
            { label: "Webhooks", href: paths.operationalWebhooks },
            { label: "What can be told", href: paths.operationalWebhookTypes },
          ]}
        />
      }
    >
      {children}
    </Page>
  );
}

export function NewLink() {
  return (
    <ButtonLink look="primary" icon={<Plus />} href={paths.newOperationalWebhook}>
      New webhook
    </ButtonLink>
  );
}
