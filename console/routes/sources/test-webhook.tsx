import { FlaskConical, Send } from "lucide-react";
import { useState } from "react";
import { client, newKey } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { HttpStatus } from "../../kit/badge.tsx";
import { Button, Link } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { duration } from "../../kit/format.ts";
import { Section } from "../../kit/page.tsx";
import { FailureNote, Note } from "../../kit/states.tsx";
import { useNow } from "../../kit/time.tsx";
import { useChange } from "../../kit/use-change.ts";
import { curlOf } from "../messages/curl.ts";
import { paths } from "../paths.ts";
import { factsOf } from "./presets.ts";
import { type Sample, sampleOf, type Unsigned } from "./sample.ts";
import { PATH, type Source } from "./source.ts";

interface Made {
  readonly sample: Sample;
  readonly atMs: number;
}

const WHY: Readonly<Record<Unsigned, string>> = {
  no_secret: "The source has no secret yet, so nothing can be signed. Bring it under Settings.",
  public_key: "The source has the sender's public key: only the sender can sign. Have it send a test.",
  no_crypto:
    "Browsers compute signatures only on https and localhost. The guide “Receive webhooks” has commands that sign in a shell.",
  bad_secret: "The source's secret cannot be read as the options say. Compare its encoding under Settings.",
};

/** A webhook as the provider would send it, signed in the browser: to copy, or to send from here. */
export function TestWebhook({ appId, source }: { readonly appId: string; readonly source: Source }) {
  const mayWrite = useMay("write");
  const [made, setMade] = useState<Made>();
  const [why, setWhy] = useState<Unsigned>();
  const send = useChange<Sample, Taken>((sample) => post(source, sample), [["get", "/api/v1/app/{app_id}/msg"]]);
  const make = useChange<void, void>(async () => {
    send.reset();
    setSent(undefined);
    const params = { path: { app_id: appId, source_id: source.id } };
    const secrets = source.preset === "none" ? undefined : await client.GET(`${PATH}/secret`, { params });
    const now = new Date();
    const found = await sampleOf(source, secrets?.data?.data[0]?.secret, now, newKey().slice(0, 12));
    setWhy(typeof found === "string" ? found : undefined);
    setMade(typeof found === "string" ? undefined : { sample: found, atMs: now.getTime() });
  }, []);
  const [sent, setSent] = useState<Taken>();
  if (!mayWrite) return null;
  const facts = factsOf(source.preset);
  return (
    <Section
      title="Try it"
      description={
        source.preset === "none"
          ? "A webhook that this source takes."
          : `A webhook as ${facts.id === "hmac" ? "the sender" : facts.label} would sign it, with this source's secret.`
      }
      actions={
        <Button
          size="s"
          icon={<FlaskConical />}
          isPending={make.isPending}
          onPress={() => void make.run().catch(() => undefined) /* Shown below. */}
        >
          {made === undefined ? "Make a test" : "Make another"}
        </Button>
      }
    >
      <div className="stack">
        {made === undefined && why === undefined && (
          <p className="muted">
            The signature is computed in this browser; the command that comes holds the URL and the signature, and not
            the secret.
          </p>
        )}
        {why !== undefined && <Note tone="warn">{WHY[why]}</Note>}
        {made !== undefined && (
          <>
            <CodeView
              what="the command"
              text={curlOf({ url: source.url, headers: made.sample.headers, body: made.sample.body })}
              toolbar={<GoodFor made={made} />}
            />
            <p className="muted">
              It becomes a real event of the type <code>{made.sample.eventType}</code>: endpoints that listen to it, or
              to all types, get it.
            </p>
            <div className="row wrap">
              <Button
                look="primary"
                icon={<Send />}
                isPending={send.isPending}
                onPress={() => void send.run(made.sample).then(setSent, () => undefined) /* Shown below. */}
              >
                Send it now
              </Button>
            </div>
          </>
        )}
        {sent !== undefined && <Answered appId={appId} source={source} taken={sent} />}
        {(make.error ?? send.error) != null && <FailureNote error={make.error ?? send.error} />}
      </div>
    </Section>
  );
}

function GoodFor({ made: { sample, atMs } }: { readonly made: Made }) {
  const now = useNow();
  if (sample.goodForSeconds === undefined) return null;
  const left = sample.goodForSeconds * 1_000 - (now - atMs);
  return (
    <span className="faint num">
      {left > 0
        ? `its signature is good for ${duration(Math.ceil(left / 1_000) * 1_000)}`
        : "its signature is too old now"}
    </span>
  );
}

interface Taken {
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly messageId: string | undefined;
}

/** Posts it to where this page came from: the address that is shown may be one that only providers reach. */
async function post(source: Source, { headers, body }: Sample): Promise<Taken> {
  const response = await fetch(source.url.slice(source.url.lastIndexOf("/in/")), {
    method: "POST",
    headers: headers.map(([name, value]) => [name, value] as [string, string]),
    body,
    credentials: "omit",
  });
  const text = await response.text();
  let said: Readonly<Record<string, unknown>> = {};
  try {
    said = JSON.parse(text);
  } catch {
    // Slack's get no body, and what is no source answers with a page.
  }
  const word = (name: string) => (typeof said[name] === "string" ? said[name] : undefined);
  return { status: response.status, code: word("code"), detail: word("detail"), messageId: word("id") };
}

function Answered({
  appId,
  source,
  taken,
}: {
  readonly appId: string;
  readonly source: Source;
  readonly taken: Taken;
}) {
  if (taken.status < 300)
    return (
      <Note tone="ok" role="status">
        Taken, and answered with <HttpStatus status={taken.status} />.{" "}
        {taken.messageId === undefined ? (
          <Link href={paths.messages(appId)}>See the newest messages</Link>
        ) : (
          <Link href={paths.message(appId, taken.messageId)}>See what came of it</Link>
        )}
      </Note>
    );
  return (
    <Note tone="bad" role="alert">
      Refused with <HttpStatus status={taken.status} /> {taken.code !== undefined && <code>{taken.code}</code>}{" "}
      {taken.detail ?? "This process takes no webhooks: use the command."}{" "}
      <Link href={paths.sourceRejections(appId, source.id)}>See what is wrong</Link>
    </Note>
  );
}
