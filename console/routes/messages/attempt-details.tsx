import { useState } from "react";
import { HttpStatus, OutcomeBadge } from "../../kit/badge.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { CopyButton, Id } from "../../kit/copy.tsx";
import { bytes } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { Duration, None, Time } from "../../kit/time.tsx";
import { BarKey } from "./attempt-bar.tsx";
import { curlOf } from "./curl.ts";
import { Headers } from "./headers.tsx";
import type { Payload } from "./payload.ts";
import { SignatureExplained } from "./signature-explained.tsx";
import type { Attempt } from "./waterfall.ts";

/** One request: what was sent, what came back, how long each part took, and how its signature is made. */
export function AttemptDetails({
  appId,
  attempt,
  payload,
}: {
  readonly appId: string;
  readonly attempt: Attempt;
  readonly payload: Payload | undefined;
}) {
  const [tab, setTab] = useState("answer");
  const body = payload?.kind === "text" ? payload.text : undefined;
  const { timing } = attempt;
  return (
    <Section
      title={`Attempt ${attempt.number ?? ""}`}
      actions={
        body !== undefined && (
          <CopyButton
            what="the request as a command"
            text={curlOf({ url: attempt.url, headers: attempt.requestHeaders ?? [], body })}
          >
            Copy as curl
          </CopyButton>
        )
      }
    >
      <Tabs
        label="Parts of the attempt"
        value={tab}
        onChange={setTab}
        tabs={[
          {
            id: "answer",
            label: "Answer",
            content: () => (
              <div className="stack">
                <KeyValues
                  items={[
                    ["Outcome", <OutcomeBadge key="o" outcome={attempt.outcome ?? attempt.statusText} />],
                    ["Reason", <code key="r">{attempt.reason}</code>],
                    ["Status", <HttpStatus key="s" status={attempt.responseStatusCode} />],
                  ]}
                />
                {attempt.response === "" ? (
                  <p className="faint">The answer has no body.</p>
                ) : (
                  <CodeView text={attempt.response} what="the answer's body" />
                )}
                {attempt.responseTruncated && (
                  <p className="faint">Cut: no more than {bytes(new Blob([attempt.response]).size)} of it is kept.</p>
                )}
                <h3>Headers</h3>
                <Headers what="Headers of the answer" headers={attempt.responseHeaders} />
              </div>
            ),
          },
          {
            id: "request",
            label: "Request",
            content: () => (
              <div className="stack">
                <KeyValues
                  items={[
                    ["URL", <code key="u">{attempt.url}</code>],
                    [
                      "Address",
                      attempt.remoteAddress ? <code key="a">{attempt.remoteAddress}</code> : <None key="a" />,
                    ],
                    ["Settings of the endpoint", `version ${attempt.endpointVersion ?? "?"}`],
                  ]}
                />
                <h3>Headers</h3>
                <Headers what="Headers of the request" headers={attempt.requestHeaders} />
                <p className="faint">The body is the payload, byte for byte. Secret values of headers are masked.</p>
              </div>
            ),
          },
          {
            id: "timing",
            label: "Timing",
            content: () => (
              <div className="stack">
                <KeyValues
                  items={[
                    ["Request begun", <Time key="t" at={timing?.startedAt} exact />],
                    ["Name resolved after", <Duration key="d" ms={timing?.dnsMs} />],
                    [
                      "Connecting took",
                      timing?.connectMs === null ? (
                        "nothing: a connection was open"
                      ) : (
                        <Duration key="c" ms={timing?.connectMs} />
                      ),
                    ],
                    ["First byte after", <Duration key="f" ms={timing?.firstByteMs} />],
                    ["Answer read after", <Duration key="e" ms={timing?.totalMs} />],
                    ["Recorded", timing?.recordedAt ? <Time key="w" at={timing.recordedAt} exact /> : <None key="w" />],
                    [
                      "Next try",
                      attempt.nextAttempt ? <Time key="n" at={attempt.nextAttempt} exact /> : <None key="n" />,
                    ],
                  ]}
                />
                <BarKey />
              </div>
            ),
          },
          {
            id: "signature",
            label: "Signature",
            content: () => <SignatureExplained appId={appId} attempt={attempt} body={body} />,
          },
        ]}
      />
      <p className="faint">
        <Id id={attempt.id} /> of the delivery {attempt.deliveryId !== undefined && <Id id={attempt.deliveryId} />}
      </p>
    </Section>
  );
}
