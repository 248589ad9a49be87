import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../api/client.ts";
import { useMay, useWhoAmI } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Select } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, FailureNote, Loading, Note } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { useKnownApps } from "../known-apps.ts";
import { paths } from "../paths.ts";
import { SettingsFrame } from "./frame.tsx";
import { PortalPreview } from "./portal-preview.tsx";
import { bodyOf, draftOf, over, THEME_FIELDS, type Theme } from "./theme.ts";
import { ThemeFields } from "./theme-fields.tsx";

const ORGANISATION = "/api/v1/portal-theme";

const pathOf = (appId: string | undefined) =>
  appId === undefined ? ORGANISATION : `/api/v1/app/${encodeURIComponent(appId)}/portal-theme`;

function useTheme(path: string, enabled: boolean) {
  return useQuery({
    queryKey: ["portal-theme", path],
    queryFn: ({ signal }) => ask<Theme>(path, { signal }),
    enabled,
  });
}

/** How the customer portal looks: for all applications, and for those that look otherwise. */
export default function PortalTheme() {
  const { data: who } = useWhoAmI();
  const apps = useKnownApps();
  const mayAdmin = useMay("admin");
  const [search, setSearch] = useSearch("app");
  const appId = who?.appId ?? search.app;
  const isWide = who?.appId === null;
  const path = pathOf(appId);
  const theme = useTheme(path, who !== undefined);
  const organisation = useTheme(ORGANISATION, isWide && appId !== undefined);
  const name = appId === undefined ? undefined : (apps.nameOf(appId) ?? "the application");
  return (
    <SettingsFrame
      current={paths.portal}
      title="Portal theme"
      description="How your customers see the portal: your name, your logo, your colours."
      actions={
        isWide && (
          <div className="settings-whose">
            <Select
              label="Whose theme"
              isLabelHidden
              options={[
                { id: "organisation", label: "All applications" },
                ...(apps.list ?? []).map((app) => ({ id: app.id, label: app.name })),
              ]}
              value={appId ?? "organisation"}
              onChange={(id) => setSearch({ app: id === "organisation" ? undefined : id })}
            />
          </div>
        )
      }
    >
      <Answer query={theme} loading={<Loading rows={10} />}>
        {(found) => (
          <Editor
            key={`${path} ${JSON.stringify(found)}`}
            path={path}
            theme={found}
            below={appId === undefined ? undefined : (organisation.data ?? {})}
            appName={name}
            maySave={appId !== undefined || mayAdmin}
          />
        )}
      </Answer>
    </SettingsFrame>
  );
}

function Editor({
  path,
  theme,
  below,
  appName,
  maySave,
}: {
  readonly path: string;
  readonly theme: Theme;
  /** The organisation's, when this is an application's. */
  readonly below: Theme | undefined;
  readonly appName: string | undefined;
  readonly maySave: boolean;
}) {
  const [draft, setDraft] = useState(() => draftOf(theme));
  const faults = useFaults(THEME_FIELDS);
  const change = useChange<Theme, Theme>((body) => ask<Theme>(path, { method: "PUT", body }));
  const isChanged = JSON.stringify(bodyOf(draft)) !== JSON.stringify(bodyOf(draftOf(theme)));
  const save = async (next: Theme, done: string) => {
    faults.clear();
    try {
      await change.run(next);
      say(done);
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <div className="settings-theme">
      <Section
        title={appName === undefined ? "For all applications" : `For ${appName}`}
        description={
          appName === undefined ? "What is empty is as the portal comes." : "What is empty is as for all applications."
        }
      >
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void save(bodyOf(draft), "Saved: the portal looks so when it is next opened");
          }}
        >
          <ThemeFields
            draft={draft}
            below={below ?? {}}
            faults={faults}
            onChange={(next) => {
              faults.clear();
              setDraft(next);
            }}
          />
          {faults.rest !== undefined && <FailureNote error={faults.rest} />}
          {maySave ? (
            <div className="row wrap">
              <Button look="primary" type="submit" isPending={change.isPending} isDisabled={!isChanged}>
                Save
              </Button>
              <Button isDisabled={!isChanged} onPress={() => setDraft(draftOf(theme))}>
                Undo
              </Button>
              <Button
                look="quiet"
                isDisabled={change.isPending}
                onPress={() => {
                  setDraft(draftOf({}));
                  faults.clear();
                }}
              >
                {appName === undefined ? "As it comes" : "As for all"}
              </Button>
            </div>
          ) : (
            <Note tone="info">Your key may change the theme of an application; that of all takes an admin.</Note>
          )}
        </form>
      </Section>
      <PortalPreview theme={over(bodyOf(draft), below ?? {})} />
    </div>
  );
}
