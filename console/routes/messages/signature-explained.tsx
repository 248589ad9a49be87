import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button, Link } from "../../kit/button.tsx";
import { TextField } from "../../kit/field.tsx";
import { Empty, FailureNote, Note } from "../../kit/states.tsx";
import { useChange } from "../../kit/use-change.ts";
import { contentOf, signedOf, type Verdict, verify } from "./signature.ts";
import type { Attempt } from "./waterfall.ts";

const SHOWN_CHARS = 300;

/** How a receiver checks this very request, and whether it would have succeeded with a secret. */
export function SignatureExplained({
  appId,
  attempt,
  body,
}: {
  readonly appId: string;
  readonly attempt: Attempt;
  readonly body: string | undefined;
}) {
  const mayReveal = useMay("portal:write");
  const [secret, setSecret] = useState("");
  const [verdict, setVerdict] = useState<Verdict>();
  const signed = signedOf(attempt);

  const check = useChange<string | undefined, Verdict>(async (given) => {
    if (signed === undefined || body === undefined) throw new Error("There is nothing to check.");
    const path = `/api/v1/app/${encodeURIComponent(appId)}/endpoint/${encodeURIComponent(attempt.endpointId)}/secret`;
    const key = given ?? (await ask<{ key: string }>(path)).key;
    const found = await verify(signed, body, key.trim());
    setVerdict(found);
    return found;
  }, []);

  if (signed === undefined) {
    return <Empty title="Nothing was signed">The request never left, or it is older than what is kept.</Empty>;
  }
  if (body === undefined) {
    return <Empty title="The payload is not there any more">Without it the signature cannot be explained.</Empty>;
  }
  const content = contentOf(signed, body);
  return (
    <div className="stack">
      <p>
        The receiver joins three things with full stops: the header <code>webhook-id</code>, the header{" "}
        <code>webhook-timestamp</code>, and the body exactly as it came.
      </p>
      <p className="signed-content">
        {content.slice(0, SHOWN_CHARS)}
        {content.length > SHOWN_CHARS && (
          <span className="faint"> … {content.length - SHOWN_CHARS} more characters</span>
        )}
      </p>
      <p>
        The HMAC-SHA256 of that under the endpoint's secret, in base64, must be one of those in{" "}
        <code>webhook-signature</code>, and the timestamp must be recent. While a secret is being rotated there is a
        signature by each.
      </p>
      <ul className="stack tight">
        {signed.signatures.map((signature) => (
          <li key={signature} className="signed-content">
            {signature}
          </li>
        ))}
      </ul>
      <div className="row wrap">
        {mayReveal && (
          <Button
            icon={<ShieldCheck />}
            isPending={check.isPending}
            onPress={() => void check.run(undefined).catch(() => {})}
          >
            Check with the endpoint's secret
          </Button>
        )}
      </div>
      <TextField
        label="Or check with the secret that the receiver has"
        description="It stays in this browser."
        type="password"
        autoComplete="off"
        isMono
        value={secret}
        onChange={setSecret}
        placeholder="whsec_…"
      />
      <div className="row">
        <Button isDisabled={secret.trim() === ""} onPress={() => void check.run(secret).catch(() => {})}>
          Check
        </Button>
      </div>
      {verdict !== undefined && <VerdictNote verdict={verdict} />}
      {check.error != null && <FailureNote error={check.error} />}
      <p className="faint">
        Receivers best use a library of <Link href="https://www.standardwebhooks.com/">Standard Webhooks</Link>.
      </p>
    </div>
  );
}

function VerdictNote({ verdict }: { readonly verdict: Verdict }) {
  switch (verdict) {
    case "matches":
      return (
        <Note tone="ok" role="status">
          The signature matches: a receiver with this secret would have believed the request.
        </Note>
      );
    case "differs":
      return (
        <Note tone="bad" role="status">
          No signature matches this secret. If it is the receiver's, the receiver refuses these requests: give it the
          endpoint's current secret. A request from before a rotation was signed with the secret of that time.
        </Note>
      );
    case "not_symmetric":
      return (
        <Note tone="warn" role="status">
          Only secrets that begin with whsec_ can be checked here; asymmetric signatures are checked with a library.
        </Note>
      );
    case "no_crypto":
      return (
        <Note tone="warn" role="status">
          Browsers compute signatures only on https and localhost; open the console there to check.
        </Note>
      );
  }
}
