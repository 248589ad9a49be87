import { KIND_WORDS, UNKNOWN_KIND } from "./kinds.ts";
import { STEP_STATES, type StepState } from "./step-state.ts";
import { type FlowTree, isSame, type StepNode, type Way } from "./tree.ts";

interface OutlineProps {
  readonly tree: FlowTree;
  readonly current: Way | undefined;
  readonly onOpen: (step: StepNode) => void;
  readonly stateOf: ((step: StepNode) => StepState | undefined) | undefined;
}

/** What the graph shows, as nested lists. */
export function Outline(props: OutlineProps) {
  const { tree } = props;
  if (tree.steps.length === 0) return <p className="muted">There is no step yet.</p>;
  return (
    <>
      <Steps {...props} steps={tree.steps} />
      {tree.onFailure.length > 0 && (
        <>
          <p className="outline-lane">when the run fails</p>
          <Steps {...props} steps={tree.onFailure} />
        </>
      )}
    </>
  );
}

function Steps({ steps, ...rest }: OutlineProps & { readonly steps: readonly StepNode[] }) {
  return (
    <ol className="outline">
      {steps.map((step) => {
        const words = step.kind === undefined ? UNKNOWN_KIND : KIND_WORDS[step.kind];
        const state = rest.stateOf?.(step);
        const look = state === undefined ? undefined : STEP_STATES[state.state];
        const isCurrent = rest.current !== undefined && isSame(rest.current, step.way);
        return (
          <li key={step.way.join(".")}>
            <button
              type="button"
              className="outline-step"
              data-current={isCurrent || undefined}
              aria-pressed={isCurrent}
              onClick={() => rest.onOpen(step)}
            >
              <words.icon aria-hidden />
              <span className="grow truncate">
                <strong>{step.title || step.id || "(no id)"}</strong>{" "}
                <span className="faint">
                  {words.label}
                  {step.gist !== "" && `: ${step.gist}`}
                </span>
              </span>
              {look !== undefined && (
                <span className="graph-state" data-tone={look.tone}>
                  <look.icon aria-hidden />
                  {look.label}
                </span>
              )}
            </button>
            {step.lanes.map((lane) => (
              <div key={lane.way.join(".")}>
                <p className="outline-lane">{lane.label}</p>
                {lane.steps.length === 0 ? (
                  <p className="outline-nothing faint">nothing</p>
                ) : (
                  <Steps {...rest} steps={lane.steps} />
                )}
              </div>
            ))}
          </li>
        );
      })}
    </ol>
  );
}
