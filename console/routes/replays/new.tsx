import { useNavigate } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, RotateCcw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { client } from "../../api/client.ts";
import { useWhoAmI } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { useFaults } from "../../kit/faults.ts";
import { countOf, plural } from "../../kit/format.ts";
import { Page, Section } from "../../kit/page.tsx";
import { FailureNote } from "../../kit/states.tsx";
import { say } from "../../kit/toast.tsx";
import { useChange } from "../../kit/use-change.ts";
import { useSearch } from "../../kit/use-search.ts";
import { paths } from "../paths.ts";
import { bodyOf, type Draft, draftOf, FIELDS, type ReplayBody, windowFault } from "./draft.ts";
import { DryRun, useDryRun } from "./dry-run.tsx";
import { PaceStep, WhatStep, WhenStep, WhichStep } from "./steps.tsx";

const STEPS = ["What", "Where and when", "Only some", "Count and send"] as const;
const LAST = STEPS.length - 1;

const CRUMBS = [{ label: "Replays", href: paths.replays }] as const;

/** Sends messages of the past again: asks what, counts, and does nothing before the count was seen. */
export default function NewReplay() {
  const navigate = useNavigate();
  const { data: who } = useWhoAmI();
  const [search, setSearch] = useSearch("app", "endpoint", "since", "until", "what", "step");
  const [nowMs] = useState(Date.now);
  const [typed, setDraft] = useState(() => draftOf(search, nowMs));
  const draft: Draft = who?.appId == null ? typed : { ...typed, appId: who.appId };
  const faults = useFaults(FIELDS);

  const isReady = draft.appId !== "" && windowFault(draft, Date.now()) === undefined;
  const asked = Math.min(Math.max(Number(search.step ?? 1) - 1 || 0, 0), LAST);
  const step = draft.appId === "" ? 0 : isReady ? asked : Math.min(asked, 1);
  const counted = useDryRun(draft, step === LAST);

  const create = useChange<{ readonly appId: string; readonly body: ReplayBody }, string>(
    async ({ appId, body }, key) => {
      const { data } = await client.POST("/api/v1/app/{app_id}/replay", {
        params: { path: { app_id: appId }, header: { "idempotency-key": key } },
        body,
      });
      return data !== undefined && "id" in data ? data.id : "";
    },
  );
  const send = async () => {
    faults.clear();
    try {
      const id = await create.run({ appId: draft.appId, body: bodyOf(draft) });
      say("Begun: it counts, then owes them at its rate");
      await navigate({ href: paths.replay(id) });
    } catch (error) {
      faults.take(error);
    }
  };
  const go = (to: number) => setSearch({ step: to === 0 ? undefined : String(to + 1) }, { push: true });
  const change = (next: Draft) => {
    faults.clear();
    setDraft(next);
  };

  const title = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each step, focus goes to its title, and not when the page opens.
  useEffect(() => {
    if (!first.current) title.current?.focus();
    first.current = false;
  }, [step]);

  const matched = counted.data?.matched;
  const canGoOn = step === 0 ? draft.appId !== "" : isReady;
  return (
    <Page
      title="New replay"
      crumbs={CRUMBS}
      description="Messages of the past are owed anew, under the same webhook-id."
    >
      <ol className="replays-steps" aria-label="Steps">
        {STEPS.map((name, at) => (
          <li key={name}>
            <Button
              look="quiet"
              isDisabled={at > 0 && (draft.appId === "" || (at > 1 && !isReady))}
              onPress={() => go(at)}
              {...(at === step && { "aria-current": "step" as const })}
            >
              <span className="replays-step-number" data-on={at <= step || undefined}>
                {at + 1}
              </span>
              {name}
            </Button>
          </li>
        ))}
      </ol>
      <Section>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (step < LAST && canGoOn) go(step + 1);
          }}
        >
          <h2 ref={title} tabIndex={-1} className="replays-step-title">
            {STEPS[step]}
          </h2>
          {step === 0 && <WhatStep draft={draft} onChange={change} />}
          {step === 1 && <WhenStep draft={draft} onChange={change} faults={faults} />}
          {step === 2 && <WhichStep draft={draft} onChange={change} faults={faults} />}
          {step === LAST && (
            <>
              <PaceStep draft={draft} onChange={change} faults={faults} />
              <DryRun draft={draft} counted={counted} />
            </>
          )}
          {faults.rest !== undefined && <FailureNote error={faults.rest} />}
          <div className="row wrap">
            {step > 0 && (
              <Button icon={<ArrowLeft />} onPress={() => go(step - 1)}>
                Back
              </Button>
            )}
            {step < LAST ? (
              <Button look="primary" type="submit" icon={<ArrowRight />} isDisabled={!canGoOn}>
                Go on
              </Button>
            ) : (
              <Button
                look="primary"
                icon={<RotateCcw />}
                isDisabled={matched === undefined || matched === 0 || counted.isFetching}
                isPending={create.isPending}
                onPress={() => void send()}
              >
                {matched === undefined || counted.data === undefined
                  ? "Send again"
                  : counted.data.matchedIsExact
                    ? `Send ${plural(matched, "delivery", "deliveries")} again`
                    : `Send ${countOf(matched, false)} deliveries again`}
              </Button>
            )}
          </div>
        </form>
      </Section>
    </Page>
  );
}
