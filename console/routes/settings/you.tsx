import { useWhoAmI } from "../../api/whoami.ts";
import { Badge } from "../../kit/badge.tsx";
import { Link } from "../../kit/button.tsx";
import { Segments } from "../../kit/field.tsx";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer } from "../../kit/states.tsx";
import { Time } from "../../kit/time.tsx";
import { chooseTheme, showUtc, type Theme, useTheme, useUtc } from "../../state/preferences.ts";
import { paths } from "../paths.ts";
import { SettingsFrame } from "./frame.tsx";

const THEMES: readonly { readonly id: Theme; readonly label: string }[] = [
  { id: "system", label: "As the system" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" },
];

const ZONES = [
  { id: "local", label: "Local time" },
  { id: "utc", label: "UTC" },
] as const;

const KINDS: Readonly<Record<string, string>> = {
  root: "The root token, set where the engine is started",
  key: "An API key",
  portal: "A session of the customer portal",
  console: "A short session of the console, in development on this machine",
};

/** Who is signed in, what they may do, and how the console looks to them. */
export default function You() {
  const who = useWhoAmI();
  const theme = useTheme();
  const inUtc = useUtc();
  return (
    <SettingsFrame
      current={paths.settings}
      title="Settings"
      description="Who you are here, and how this console looks on this machine."
    >
      <Section title="Signed in">
        <Answer query={who}>
          {(found) => (
            <KeyValues
              items={[
                ["Name", found.name],
                ["With", KINDS[found.kind] ?? found.kind],
                ["Role", found.role],
                [
                  "May",
                  <span key="may" className="row wrap">
                    {found.permissions.map((permission) => (
                      <Badge key={permission}>{permission}</Badge>
                    ))}
                  </span>,
                ],
                [
                  "Sees",
                  found.appId === null ? (
                    "The whole organisation"
                  ) : (
                    <Link key="sees" href={paths.app(found.appId)}>
                      {found.appName ?? found.appId}
                    </Link>
                  ),
                ],
                [
                  "Until",
                  found.expiresAt === null ? (
                    found.kind === "root" ? (
                      "It is changed there"
                    ) : (
                      "It is revoked"
                    )
                  ) : (
                    <Time key="until" at={found.expiresAt} exact />
                  ),
                ],
              ]}
            />
          )}
        </Answer>
      </Section>
      <Section title="Display" description="Kept in this browser.">
        <KeyValues
          items={[
            ["Theme", <Segments key="theme" label="Theme" options={THEMES} value={theme} onChange={chooseTheme} />],
            [
              "Times",
              <Segments
                key="times"
                label="Times"
                options={ZONES}
                value={inUtc ? "utc" : "local"}
                onChange={(zone) => showUtc(zone === "utc")}
              />,
            ],
          ]}
        />
      </Section>
    </SettingsFrame>
  );
}
