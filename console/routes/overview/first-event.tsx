import { Radio } from "lucide-react";
import { ButtonLink } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Section } from "../../kit/page.tsx";
import { session } from "../../state/session.ts";
import { paths } from "../paths.ts";

/** For an engine that nobody has used yet: one line that makes the application and sends its first event. */
export function FirstEvent() {
  const command = (token: string): string =>
    `curl ${location.origin}/api/v1/app/hello/msg \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Content-Type: application/json' \\
  -d '{"eventType":"greeting.sent","payload":{"text":"hello"},"application":{"name":"Hello","uid":"hello"}}'`;
  return (
    <Section
      title="Send a first event"
      description="The application is made with it. This page fills as soon as it is there."
    >
      <div className="stack">
        <section className="overview-command" tabIndex={0} aria-label="A command that sends an event">
          <pre>{command("$TOKEN")}</pre>
        </section>
        <div className="row wrap">
          <CopyButton size="m" text={() => command(session.get() ?? "$TOKEN")} what="the command, with your token">
            Copy with my token
          </CopyButton>
          <ButtonLink href={paths.tail} icon={<Radio />}>
            Watch it arrive
          </ButtonLink>
          <ButtonLink href={paths.apps}>Create an application</ButtonLink>
        </div>
      </div>
    </Section>
  );
}
