import { useNavigate } from "@tanstack/react-router";
import { ExternalLink, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/confirm.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { useFaults } from "../../kit/faults.ts";
import { plural } from "../../kit/format.ts";
import { Page, Section } from "../../kit/page.tsx";
import { Answer, FailureNote, Note } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { enterApp } from "../../state/current-app.ts";
import { useAppCrumbs } from "../app-crumbs.ts";
import { useParam } from "../params.ts";
import { paths } from "../paths.ts";
import { APP_FIELDS, AppFields, bodyOf, draftOf } from "./app-fields.tsx";
import type { App } from "./application.ts";

/** What can be changed about an application, its portal, and its end. */
export default function AppSettings() {
  const appId = useParam("appId");
  const app = api.useQuery("get", "/api/v1/app/{app_id}", { params: { path: { app_id: appId } } });
  const crumbs = useAppCrumbs(appId);
  return (
    <Page title="Settings" crumbs={crumbs}>
      <Answer query={app}>
        {(found) => (
          <>
            <Fields key={found.updatedAt} app={found} />
            <Portal app={found} />
            <End app={found} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Fields({ app }: { readonly app: App }) {
  const mayWrite = useMay("write");
  const [draft, setDraft] = useState(() => draftOf(app));
  const faults = useFaults(APP_FIELDS);
  const change = useChange<void, unknown>(() =>
    client.PUT("/api/v1/app/{app_id}", {
      params: { path: { app_id: app.id } },
      body: { ...bodyOf(draft), metadata: app.metadata },
    }),
  );
  const save = async () => {
    faults.clear();
    try {
      await change.run();
      say("Saved");
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Section title="Application">
      <form
        className="stack form-narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <AppFields draft={draft} onChange={setDraft} faults={faults} isWhole />
        {faults.rest !== undefined && <FailureNote error={faults.rest} />}
        {mayWrite && (
          <div className="row">
            <Button look="primary" type="submit" isPending={change.isPending}>
              Save
            </Button>
          </div>
        )}
      </form>
    </Section>
  );
}

/** A link with which the customer's own people see their part, and nothing else. */
function Portal({ app }: { readonly app: App }) {
  const mayWrite = useMay("write");
  const [url, setUrl] = useState<string>();
  const make = useChange<void, string>(async (_, key) => {
    const { data } = await client.POST("/api/v1/auth/app-portal-access/{app_id}", {
      params: { path: { app_id: app.id }, header: { "idempotency-key": key } },
      body: {},
    });
    return data?.url ?? "";
  }, []);
  if (!mayWrite) return null;
  return (
    <Section
      title="Customer portal"
      description="A page for the customer's own people: their endpoints, messages and attempts, and nothing of anybody else."
    >
      <div className="stack">
        {url !== undefined && (
          <Note tone="info" role="status">
            <p>Whoever has this link is let in until it expires; send it to nobody else.</p>
            <p>
              <code className="wrap-anywhere">{url}</code>
            </p>
            <div className="row wrap">
              <CopyButton text={url} what="the link">
                Copy the link
              </CopyButton>
              <Button size="s" icon={<ExternalLink />} onPress={() => window.open(url, "_blank", "noopener")}>
                Open it
              </Button>
            </div>
          </Note>
        )}
        {make.error != null && <FailureNote error={make.error} />}
        <div className="row">
          <Button
            isPending={make.isPending}
            onPress={() => void make.run().then(setUrl, () => undefined) /* Shown above. */}
          >
            Make a link to the portal
          </Button>
        </div>
      </div>
    </Section>
  );
}

function End({ app }: { readonly app: App }) {
  const mayEnd = useMay("admin");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const endpoints = api.useQuery(
    "get",
    "/api/v1/app/{app_id}/endpoint",
    { params: { path: { app_id: app.id }, query: { limit: 250 } } },
    { enabled: asking },
  );
  const end = useChange<void, unknown>(() =>
    client.DELETE("/api/v1/app/{app_id}", { params: { path: { app_id: app.id } } }),
  );
  if (!mayEnd) return null;
  const count = endpoints.data?.data.length;
  return (
    <Section
      title="Delete the application"
      description="Its endpoints and sources end at once, and what is owed is not sent."
    >
      <div className="row">
        <Button look="danger" icon={<Trash2 />} onPress={() => setAsking(true)}>
          Delete application
        </Button>
      </div>
      <ConfirmDialog
        title={`Delete ${app.name}?`}
        isOpen={asking}
        onClose={() => setAsking(false)}
        action="Delete application"
        typed={app.uid ?? app.id}
        onConfirm={async () => {
          await end.run();
          enterApp(undefined);
          say(`Deleted ${app.name}`);
          await navigate({ href: paths.apps });
        }}
      >
        <p>
          {count === undefined
            ? "Its endpoints"
            : `Its ${plural(count, "endpoint")}${endpoints.data?.done === false ? " and more" : ""}`}{" "}
          and all of its sources end now. What is still owed is not sent any more. Its messages go with the retention.
        </p>
        <p>This cannot be undone.</p>
      </ConfirmDialog>
    </Section>
  );
}
