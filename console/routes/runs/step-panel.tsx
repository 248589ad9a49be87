import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/whoami.ts";
import { Button } from "../../kit/button.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { Select } from "../../kit/field.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Empty, Loading, Note } from "../../kit/states.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { Duration, None, Time } from "../../kit/time.tsx";
import { RUN, type RunAttempt, type RunStep, type WholeRun } from "../flow-parts/flow.ts";
import { KIND_WORDS } from "../flow-parts/kinds.ts";
import { STEP_STATES } from "../flow-parts/step-state.ts";
import { KINDS, patternOf } from "../flow-parts/tree.ts";
import { CLASS_HELP } from "../flow-parts/words.ts";
import { stateOf, type Took, tookOf } from "./view.ts";

interface StepPanelProps {
  readonly appId: string;
  readonly run: WholeRun;
  readonly step: RunStep | undefined;
  readonly onStep: (path: string) => void;
  readonly onAgain: (from: string) => void;
}

const CHOICES_MAX = 500;

/** One step of a run: each attempt with what went in, what came out, and why it failed. */
export function StepPanel({ appId, run, step, onStep, onAgain }: StepPanelProps) {
  const mayWrite = useMay("write");
  const [number, setNumber] = useState<number>();
  if (step === undefined)
    return (
      <Section title="Steps">
        <Empty title="No step was recorded yet">What each was given, and what it gave, stands here.</Empty>
      </Section>
    );
  const kind = KINDS.find((one) => one === step.kind);
  const look =
    STEP_STATES[
      stateOf(
        step,
        run.steps.map(({ path }) => path),
        run.error?.path,
      )
    ];
  const attempt = step.attempts.find((one) => one.number === number) ?? step.attempts.at(-1);
  const took = tookOf(run, step);
  const alike = run.steps.filter(({ path }) => patternOf(path) === patternOf(step.path)).slice(0, CHOICES_MAX);
  return (
    <Section
      title={step.path}
      description={
        <span className="row wrap">
          {kind === undefined ? "Step" : KIND_WORDS[kind].label}
          <span className="graph-state" data-tone={look.tone}>
            <look.icon aria-hidden />
            {look.label}
          </span>
          {step.pinned && "Its output was taken over from another run."}
        </span>
      }
      actions={
        mayWrite && (
          <Button size="s" icon={<RotateCcw />} onPress={() => onAgain(step.path)}>
            Run again from here
          </Button>
        )
      }
    >
      <div className="stack">
        {alike.length > 1 && (
          <Select
            label="Which one"
            options={alike.map((one) => ({ id: one.path, label: one.path, note: one.state }))}
            value={step.path}
            onChange={onStep}
          />
        )}
        {step.attempts.length > 0 && (
          <div className="attempts-scroll">
            <table className="attempts" aria-label={`Attempts of ${step.path}`}>
              <thead>
                <tr>
                  <th scope="col">Attempt</th>
                  <th scope="col">Outcome</th>
                  <th scope="col">Took</th>
                  <th scope="col">Then</th>
                  <th scope="col">At</th>
                </tr>
              </thead>
              <tbody>
                {step.attempts.map((one, index) => (
                  <tr key={one.number} data-current={one === attempt || undefined}>
                    <td>
                      <Button size="s" look="quiet" onPress={() => setNumber(one.number)}>
                        {one.number}
                      </Button>
                    </td>
                    <td>
                      <Outcome attempt={one} />
                    </td>
                    <td>
                      <TookCell took={took[index]} />
                    </td>
                    <td>
                      {one.retryAt !== undefined ? (
                        <Again attempt={one} wasDone={index + 1 < step.attempts.length} />
                      ) : (
                        one.until !== undefined && (
                          <>
                            at the latest <Time at={one.until} />
                          </>
                        )
                      )}
                    </td>
                    <td>
                      <Time at={one.at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {attempt !== undefined && <Parts key={attempt.number} appId={appId} run={run} step={step} attempt={attempt} />}
      </div>
    </Section>
  );
}

function TookCell({ took }: { readonly took: Took | undefined }) {
  if (took === undefined) return <None />;
  return (
    <span className="nowrap">
      {took.isAtMost && (
        <>
          <span aria-hidden="true">≤ </span>
          <span className="hidden-visually">at most </span>
        </>
      )}
      <Duration ms={took.ms} />
    </span>
  );
}

/** When it is tried again; of one that was, how long after it. */
function Again({ attempt, wasDone }: { readonly attempt: RunAttempt; readonly wasDone: boolean }) {
  const { at, retryAt } = attempt;
  if (retryAt === undefined) return null;
  return (
    <span className="nowrap">
      again{" "}
      {wasDone ? (
        <>
          after <Duration ms={Date.parse(retryAt) - Date.parse(at)} />
        </>
      ) : (
        <Time at={retryAt} />
      )}
    </span>
  );
}

function Outcome({ attempt }: { readonly attempt: RunAttempt }) {
  const state = { completed: "completed", failed: "failed", began: "running", waiting: "waiting" } as const;
  const { tone, icon: Icon, label } = STEP_STATES[state[attempt.outcome]];
  return (
    <span className="graph-state" data-tone={tone}>
      <Icon aria-hidden />
      {attempt.outcome === "began" ? "Begun" : label}
    </span>
  );
}

type Part = "output" | "input" | "error" | "logs";

function Parts({
  appId,
  run,
  step,
  attempt,
}: {
  readonly appId: string;
  readonly run: WholeRun;
  readonly step: RunStep;
  readonly attempt: RunAttempt;
}) {
  const [part, setPart] = useState<Part>(attempt.error == null ? "output" : "error");
  const { error } = attempt;
  const logs = run.logs.filter(({ path, attempt: number }) => path === step.path && number === attempt.number);
  const tabs = [
    ...(error == null
      ? []
      : [
          {
            id: "error",
            label: "Error",
            content: () => (
              <div className="stack">
                <Note tone="bad">
                  <code>{error.code}</code>: {error.message}
                  <p className="muted">{CLASS_HELP[error.class] ?? ""}</p>
                </Note>
                {error.detail != null && (
                  <CodeView text={JSON.stringify(error.detail, null, 2)} what="what came with the error" lines={12} />
                )}
              </div>
            ),
          },
        ]),
    {
      id: "output",
      label: "Output",
      content: () =>
        attempt.outputOmitted !== undefined ? (
          <Asked appId={appId} run={run} step={step} attempt={attempt} part="output" />
        ) : attempt.outcome === "completed" ? (
          <CodeView
            text={JSON.stringify(attempt.output ?? null, null, 2)}
            what={`the output of ${step.path}`}
            lines={14}
          />
        ) : (
          <p className="muted">{attempt.outcome === "failed" ? "This attempt gave none." : "Nothing yet."}</p>
        ),
    },
    {
      id: "input",
      label: "Input",
      content: () => <Asked appId={appId} run={run} step={step} attempt={attempt} part="input" />,
    },
    ...(logs.length === 0
      ? []
      : [
          {
            id: "logs",
            label: `Logs (${logs.length})`,
            content: () => (
              <CodeView text={logs.map(({ text }) => text).join("\n")} what={`what ${step.path} wrote`} lines={14} />
            ),
          },
        ]),
  ];
  return <Tabs label="Of this attempt" tabs={tabs} value={part} onChange={(id) => setPart(id as Part)} />;
}

/** What is not in the run itself: computed again from its journal, or too large for it. */
function Asked({
  appId,
  run,
  step,
  attempt,
  part,
}: {
  readonly appId: string;
  readonly run: WholeRun;
  readonly step: RunStep;
  readonly attempt: RunAttempt;
  readonly part: "input" | "output";
}) {
  const query = useQuery({
    queryKey: ["run-value", run.id, step.path, attempt.number, part, run.entries],
    queryFn: async ({ signal }) => {
      const { data } = await client.GET(`${RUN}/value`, {
        params: {
          path: { app_id: appId, run_id: run.id },
          query: { path: step.path, attempt: attempt.number, part },
        },
        signal,
      });
      if (data === undefined) throw new Error("The engine answered a value with nothing");
      return data;
    },
    staleTime: 60_000,
  });
  return (
    <Answer query={query} loading={<Loading height={120} />}>
      {(found) =>
        found.known ? (
          <CodeView
            text={JSON.stringify(found.value ?? null, null, 2)}
            what={`the ${part} of ${step.path}`}
            lines={14}
          />
        ) : (
          <p className="muted">{found.reason ?? "It is not known any more."}</p>
        )
      }
    </Answer>
  );
}
