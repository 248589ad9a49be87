import { useQuery } from "@tanstack/react-query";
import { Eye, EyeOff, RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useFaults } from "../../kit/faults.ts";
import { Select, TextField } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { FailureNote, Note } from "../../kit/states.tsx";
import { Time } from "../../kit/time.tsx";
import { useChange } from "../../kit/use-change.ts";
import type { Endpoint, Reach } from "./reach.ts";

const GRACES = [
  { id: "0", label: "None", note: "Only if the old one leaked" },
  { id: "3600", label: "1 hour" },
  { id: "86400", label: "24 hours" },
  { id: "604800", label: "7 days" },
] as const;

/** What receivers verify with: shown when asked for, and changed without one request that cannot be verified. */
export function SigningSecret({ reach, signing }: { readonly reach: Reach; readonly signing: Endpoint["signing"] }) {
  const [isShown, setShown] = useState(false);
  const [rotating, setRotating] = useState(false);
  const [overlapUntil, setOverlapUntil] = useState<number>();
  const secret = useQuery({
    queryKey: ["endpoint-secret", reach.key],
    queryFn: () => reach.secret(),
    enabled: isShown,
    gcTime: 0,
  });
  return (
    <Section
      title="Signing secret"
      description={
        signing === "v1a"
          ? "Receivers verify with the public key (ed25519)."
          : "The receiver needs it to verify what comes (HMAC-SHA256)."
      }
      actions={
        <Button size="s" icon={<RefreshCw />} onPress={() => setRotating(true)}>
          Rotate
        </Button>
      }
    >
      <div className="stack">
        <div className="row wrap">
          <code className="signed-content grow">
            {isShown ? (secret.data ?? "…") : "••••••••••••••••••••••••••••••••••••••"}
          </code>
          <Button
            size="s"
            icon={isShown ? <EyeOff /> : <Eye />}
            onPress={() => setShown(!isShown)}
            aria-pressed={isShown}
          >
            {isShown ? "Hide" : "Reveal"}
          </Button>
          <CopyButton what="the secret" text={() => reach.secret()} />
        </div>
        {secret.error != null && <FailureNote error={secret.error} />}
        {overlapUntil !== undefined && (
          <Note tone="info" role="status">
            Both secrets sign every request until <Time at={overlapUntil} exact />. Give the receiver the new one before
            then; it may verify with either.
          </Note>
        )}
      </div>
      {rotating && (
        <Rotate
          reach={reach}
          onClose={() => setRotating(false)}
          onDone={(graceSeconds) => {
            setOverlapUntil(graceSeconds === 0 ? undefined : Date.now() + graceSeconds * 1_000);
            setShown(true);
          }}
        />
      )}
    </Section>
  );
}

const ROTATE_FIELDS = ["key", "gracePeriodSeconds"] as const;

function Rotate({
  reach,
  onClose,
  onDone,
}: {
  readonly reach: Reach;
  readonly onClose: () => void;
  readonly onDone: (graceSeconds: number) => void;
}) {
  const [grace, setGrace] = useState<(typeof GRACES)[number]["id"]>("86400");
  const [own, setOwn] = useState("");
  const faults = useFaults(ROTATE_FIELDS);
  const rotate = useChange<{ readonly grace: number; readonly own: string }, unknown>((asked, key) =>
    reach.rotateSecret({ gracePeriodSeconds: asked.grace, ...(asked.own !== "" && { key: asked.own }) }, key),
  );
  const go = async () => {
    faults.clear();
    try {
      await rotate.run({ grace: Number(grace), own: own.trim() });
      onDone(Number(grace));
      onClose();
    } catch (error) {
      faults.take(error);
    }
  };
  return (
    <Dialog
      title="Rotate the signing secret"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Keep as it is</Button>
          <Button look="primary" isPending={rotate.isPending} onPress={() => void go()}>
            Rotate
          </Button>
        </>
      }
    >
      <p className="muted">
        From now on the new secret signs. For the time of the overlap the old one signs beside it: each request carries
        both signatures, and the receiver may change over at any moment without refusing one.
      </p>
      <Select
        label="Overlap"
        options={GRACES}
        value={grace}
        onChange={setGrace}
        error={faults.of("gracePeriodSeconds")}
      />
      {grace === "0" && (
        <Note tone="warn">Without an overlap the receiver refuses what comes until it has the new secret.</Note>
      )}
      <TextField
        label="A secret of your own"
        description="Empty: one is made."
        isMono
        autoComplete="off"
        placeholder="whsec_…"
        value={own}
        onChange={setOwn}
        error={faults.of("key")}
      />
      {faults.rest !== undefined && <FailureNote error={faults.rest} />}
    </Dialog>
  );
}
