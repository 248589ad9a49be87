import { Eye, EyeOff, RefreshCw } from "lucide-react";
import { useState } from "react";
import { api, client } from "../../api/client.ts";
import type { components } from "../../api/schema.d.ts";
import { useMay } from "../../api/whoami.ts";
import { Badge } from "../../kit/badge.tsx";
import { Button } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Select, TextField } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, FailureNote, Note } from "../../kit/states.tsx";
import { Time } from "../../kit/time.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { secretFault } from "./draft.ts";
import { factsOf } from "./presets.ts";
import { PATH, type Source } from "./source.ts";

type Secret = components["schemas"]["SourceSecretsOut"]["data"][number];

/** What the provider signs with: all that are good now, and how to change over without refusing one webhook. */
export function SourceSecrets({ appId, source }: { readonly appId: string; readonly source: Source }) {
  const mayWrite = useMay("write");
  const [isShown, setShown] = useState(false);
  const [rotating, setRotating] = useState(false);
  const params = { path: { app_id: appId, source_id: source.id } };
  const secrets = api.useQuery("get", `${PATH}/secret`, { params }, { enabled: mayWrite, gcTime: 0 });
  const { secretFrom, secretHelp, label } = factsOf(source.preset);
  if (!mayWrite || secretFrom === "nobody") return null;
  const hasSome = (secrets.data?.data.length ?? 0) > 0;
  return (
    <Section
      title="Secret"
      description={`${label} signs with it. Each that is listed is good now.`}
      actions={
        <>
          <Button
            size="s"
            icon={isShown ? <EyeOff /> : <Eye />}
            aria-pressed={isShown}
            isDisabled={!hasSome}
            onPress={() => setShown(!isShown)}
          >
            {isShown ? "Hide" : "Reveal"}
          </Button>
          <Button size="s" icon={<RefreshCw />} onPress={() => setRotating(true)}>
            {secrets.data === undefined || hasSome ? "Rotate" : "Bring the secret"}
          </Button>
        </>
      }
    >
      <Answer query={secrets} loading={<Waiting />}>
        {({ data }) =>
          data.length === 0 ? (
            <Note tone="warn">It has none yet, and refuses everything that comes. {secretHelp}</Note>
          ) : (
            <ul className="stack tight">
              {data.map((one) => (
                <Line key={one.createdAt} secret={one} isShown={isShown} />
              ))}
            </ul>
          )
        }
      </Answer>
      {rotating && <Rotate appId={appId} source={source} hasSome={hasSome} onClose={() => setRotating(false)} />}
    </Section>
  );
}

function Line({ secret, isShown }: { readonly secret: Secret; readonly isShown: boolean }) {
  return (
    <li className="row wrap">
      <code className="signed-content sources-secret">{isShown ? secret.secret : "•".repeat(38)}</code>
      {secret.expiresAt === null ? (
        <Badge tone="ok">Current</Badge>
      ) : (
        <span className="muted">
          good until <Time at={secret.expiresAt} exact />
        </span>
      )}
      <CopyButton text={secret.secret} what="the secret" />
    </li>
  );
}

/** As high as one secret, on every screen. */
function Waiting() {
  return (
    <ul className="sources-waiting" aria-hidden="true">
      <Line secret={{ secret: "", createdAt: "", expiresAt: null }} isShown={false} />
    </ul>
  );
}

const OVERLAPS = [
  { id: "0", label: "None", note: "Only if the one before leaked" },
  { id: "3600", label: "1 hour" },
  { id: "86400", label: "24 hours" },
  { id: "604800", label: "7 days" },
] as const;
type Overlap = (typeof OVERLAPS)[number]["id"];

const FIELDS = ["secret", "overlapSeconds"] as const;

function Rotate({
  appId,
  source,
  hasSome,
  onClose,
}: {
  readonly appId: string;
  readonly source: Source;
  readonly hasSome: boolean;
  readonly onClose: () => void;
}) {
  const { secretFrom, secretHelp, label } = factsOf(source.preset);
  const [overlap, setOverlap] = useState<Overlap>("86400");
  const [secret, setSecret] = useState("");
  const faults = useFaults(FIELDS);
  const rotate = useChange<{ readonly secret: string; readonly overlap: Overlap }, unknown>((asked, key) =>
    client.POST(`${PATH}/secret/rotate`, {
      params: { path: { app_id: appId, source_id: source.id }, header: { "idempotency-key": key } },
      body: { overlapSeconds: Number(asked.overlap), ...(asked.secret !== "" && { secret: asked.secret }) },
    }),
  );
  const mustBring = secretFrom === "provider";
  const fault = secretFault(source.preset, secret);
  const go = async () => {
    faults.clear();
    if (fault !== undefined) return;
    try {
      await rotate.run({ secret, overlap });
      say(
        hasSome
          ? "Rotated: the new secret is believed from now on"
          : "The secret is here: webhooks are believed from now on",
      );
      onClose();
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Dialog
      title={hasSome ? "Rotate the secret" : "Bring the secret"}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Keep as it is</Button>
          <Button
            look="primary"
            isPending={rotate.isPending}
            isDisabled={(mustBring && secret === "") || fault !== undefined}
            onPress={() => void go()}
          >
            {hasSome ? "Rotate" : "Save"}
          </Button>
        </>
      }
    >
      {hasSome && (
        <p className="muted">
          Rotate here first, then at {label}: for the time of the overlap both are believed, so that no webhook is
          refused while you change over.
        </p>
      )}
      <TextField
        label={mustBring ? `The secret that ${label} shows` : "The new secret"}
        description={mustBring ? secretHelp : `Empty: one is made, to be entered at ${label}.`}
        isMono
        autoFocus
        autoComplete="off"
        value={secret}
        onChange={setSecret}
        error={fault ?? faults.of("secret")}
      />
      {hasSome && (
        <Select
          label="Overlap"
          options={OVERLAPS}
          value={overlap}
          onChange={setOverlap}
          error={faults.of("overlapSeconds")}
        />
      )}
      {hasSome && overlap === "0" && (
        <Note tone="warn">Without an overlap everything is refused until {label} signs with the new one.</Note>
      )}
      {faults.rest !== undefined && <FailureNote error={faults.rest} />}
    </Dialog>
  );
}
