import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, History, Save, TriangleAlert } from "lucide-react";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { client } from "../../../api/client.ts";
import { useMay } from "../../../api/whoami.ts";
import { Button } from "../../../kit/button.tsx";
import { plural } from "../../../kit/format.ts";
import { Section } from "../../../kit/page.tsx";
import { FailureNote, Note } from "../../../kit/states.tsx";
import type { FlowFault, WholeFlow } from "../../flow-parts/flow.ts";
import { Graph } from "../../flow-parts/graph.tsx";
import { isFields, isSame, type StepNode, textOf, treeOf, type Way, walk, wayOf } from "../../flow-parts/tree.ts";
import { triggersWords } from "../../flow-parts/words.ts";
import { BacktestDialog } from "../backtest.tsx";
import { SaveDialog } from "../save.tsx";
import { CodeEditor, type EditorHandle, type Mark } from "./code-editor.tsx";
import { AddStep, StepForm } from "./step-form.tsx";
import { type Edit, edit, markOf, parse } from "./text.ts";

/** Typing pauses so long before the engine is asked. */
const CHECK_AFTER_MS = 350;
const HEIGHT_PX = 620;

export interface FlowEditorProps {
  readonly appId: string;
  /** Undefined: a flow that does not exist yet. */
  readonly flow: WholeFlow | undefined;
  /** The text one begins with. */
  readonly start: string;
  /** Somebody else saved a version meanwhile. */
  readonly isNewer: boolean;
}

/** The text at the left, its graph at the right, a form for the step one is at, and what is wrong at its line. */
export function FlowEditor({ appId, flow, start, isNewer }: FlowEditorProps) {
  const mayWrite = useMay("write");
  const [text, setText] = useState(start);
  const [line, setLine] = useState(1);
  const [chosen, setChosen] = useState<Way>();
  const [saving, setSaving] = useState(false);
  const [testing, setTesting] = useState(false);
  const editor = useRef<EditorHandle>(null);

  const calm = useDeferredValue(text);
  const parsed = useMemo(() => parse(calm), [calm]);
  const readable = useKept(parsed.definition === undefined ? undefined : parsed);
  const tree = useMemo(() => treeOf(readable?.definition), [readable]);
  const check = useCheck(appId, text, parsed.marks.length > 0);
  const faults = check.data?.faults ?? [];
  const warnings = check.data?.warnings ?? [];
  const marks = useMemo(() => {
    const told: Mark[] = [
      ...(check.data?.faults ?? []).map((fault) => markOf(parsed, fault, "error")),
      ...(check.data?.warnings ?? []).map((fault) => markOf(parsed, fault, "warning")),
    ];
    return parsed.marks.length > 0 ? parsed.marks : told;
  }, [parsed, check.data]);

  const steps = useMemo(() => walk(tree), [tree]);
  const ids = useMemo(() => new Set(steps.map(({ id }) => id)), [steps]);
  const current = steps.find(({ way }) => chosen !== undefined && isSame(way, chosen));
  // Where the cursor goes, the form and the graph follow.
  useEffect(() => {
    const at = parsed.stepAt(line);
    if (at !== undefined) setChosen(at);
  }, [line, parsed]);

  const change = useCallback((wanted: Edit) => setText((before) => edit(before, wanted) ?? before), []);
  const open = (step: StepNode) => {
    setChosen(step.way);
    const { line: to, column } = parsed.placeOf(step.way);
    editor.current?.goTo(to, column);
  };
  const faultAt = (way: Way): string | undefined => {
    const at = textOf(way);
    return faults.find(({ path }) => path === at)?.message;
  };
  const isFaulty = (step: StepNode): boolean => faults.some(({ path }) => isAbout(path, step));
  const definition = parsed.definition;
  const triggers = isFields(definition) && Array.isArray(definition["on"]) ? definition["on"] : [];
  const isValid = check.data?.valid === true && parsed.marks.length === 0 && check.text === text;

  return (
    <>
      {isNewer && <Note tone="warn">Somebody saved a newer version meanwhile. What you save comes after it.</Note>}
      {!mayWrite && <Note>Your key may look at this, and not change it.</Note>}
      <div className="flows-desk">
        <Section
          title="Text"
          description="Escape, then Tab leaves the editor."
          actions={
            <div className="row wrap">
              <CheckBadge
                isValid={isValid}
                isChecking={check.isPending || check.text !== text}
                problems={marks.length}
              />
              {flow !== undefined && (
                <Button icon={<History />} isDisabled={!isValid} onPress={() => setTesting(true)}>
                  Backtest
                </Button>
              )}
              {mayWrite && (
                <Button
                  look="primary"
                  icon={<Save />}
                  isDisabled={!isValid || (flow !== undefined && text === start)}
                  onPress={() => setSaving(true)}
                >
                  Save
                </Button>
              )}
            </div>
          }
        >
          <CodeEditor
            ref={editor}
            label="Definition in YAML"
            value={text}
            onChange={setText}
            onLine={setLine}
            marks={marks}
            isReadOnly={!mayWrite}
          />
        </Section>
        <div className="stack">
          <Graph
            tree={tree}
            startsWith={triggersWords(triggers)}
            current={current?.way}
            onOpen={open}
            isFaulty={isFaulty}
            height={HEIGHT_PX / 2 + 60}
            toolbar={
              mayWrite &&
              definition !== undefined && (
                <AddStep
                  label="Add a step"
                  ids={ids}
                  onAdd={(value) => {
                    change({ kind: "insert", list: ["steps"], at: tree.steps.length, value });
                    setChosen(["steps", tree.steps.length]);
                  }}
                />
              )
            }
          />
          {current === undefined ? (
            <p className="faint flows-hint">
              Choose a step in the graph, or put the cursor into one, to edit it as a form.
            </p>
          ) : (
            <Section>
              <StepForm
                key={current.way.join(".")}
                step={current}
                ids={ids}
                faultAt={faultAt}
                onEdit={change}
                onOpen={setChosen}
                isReadOnly={!mayWrite}
              />
            </Section>
          )}
        </div>
      </div>
      {check.error != null && <FailureNote error={check.error} />}
      <Problems
        marks={marks}
        hints={[...faults, ...warnings]}
        onOpen={(mark) => editor.current?.goTo(mark.line, mark.column)}
      />
      {saving && (
        <SaveDialog
          appId={appId}
          flow={flow}
          before={flow === undefined ? "" : start}
          text={text}
          onClose={() => setSaving(false)}
        />
      )}
      {testing && flow !== undefined && (
        <BacktestDialog appId={appId} flow={flow} text={text} onClose={() => setTesting(false)} />
      )}
    </>
  );
}

/** Whether a fault lies in the step itself: one in a step within it is that one's. */
function isAbout(path: string, step: StepNode): boolean {
  const way = wayOf(path);
  if (!isSame(way.slice(0, step.way.length), step.way)) return false;
  return !step.lanes.some((lane) => lane.steps.some((inner) => isSame(way.slice(0, inner.way.length), inner.way)));
}

/** The last one there was: while the text is no YAML for a moment the graph stays as it was. */
function useKept<T>(value: T | undefined): T | undefined {
  const [kept, setKept] = useState(value);
  if (value !== undefined && value !== kept) setKept(value);
  return value ?? kept;
}

/** What the engine says of the text, asked when typing pauses; what it said before stays until it has answered. */
function useCheck(appId: string, text: string, isBroken: boolean) {
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const query = useQuery({
    queryKey: ["flow-check", appId, asked],
    queryFn: async ({ signal }) =>
      (
        await client.POST("/api/v1/app/{app_id}/flow/check", {
          params: { path: { app_id: appId } },
          body: { source: asked, format: "yaml" },
          signal,
        })
      ).data,
    enabled: !isBroken,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  return { data: query.data, error: query.error, isPending: query.isFetching, text: asked };
}

function CheckBadge({
  isValid,
  isChecking,
  problems,
}: {
  readonly isValid: boolean;
  readonly isChecking: boolean;
  readonly problems: number;
}) {
  return (
    <span className="flows-check" data-tone={isValid ? "ok" : problems > 0 ? "bad" : undefined} role="status">
      {isValid ? <CircleCheck aria-hidden /> : problems > 0 ? <CircleX aria-hidden /> : null}
      {isValid ? "Valid" : problems > 0 ? plural(problems, "fault") : isChecking ? "Checking…" : ""}
    </span>
  );
}

function Problems({
  marks,
  hints,
  onOpen,
}: {
  readonly marks: readonly Mark[];
  readonly hints: readonly FlowFault[];
  readonly onOpen: (mark: Mark) => void;
}) {
  if (marks.length === 0) return null;
  return (
    <Section
      title={marks.some(({ severity }) => severity === "error") ? "Faults" : "Warnings"}
      description="Each leads to its line."
      isFlush
    >
      <ul className="flows-problems">
        {marks.map((mark, index) => {
          const hint = hints.find(({ message }) => message === mark.message)?.hint;
          return (
            <li key={`${mark.line}-${mark.message}-${String(index)}`}>
              <button type="button" data-tone={mark.severity} onClick={() => onOpen(mark)}>
                {mark.severity === "error" ? <CircleX aria-hidden /> : <TriangleAlert aria-hidden />}
                <span className="hidden-visually">{mark.severity === "error" ? "Fault" : "Warning"}</span>
                <span className="num faint nowrap">line {mark.line}</span>
                <span>
                  {mark.message}
                  {hint !== undefined && <span className="faint"> {hint}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
