import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "../../../kit/button.tsx";
import { Segments, Select, TextField } from "../../../kit/field.tsx";
import { Menu } from "../../../kit/menu.tsx";
import { KIND_WORDS } from "../../flow-parts/kinds.ts";
import { isFields, KINDS, type Lane, type StepKind, type StepNode, type Way } from "../../flow-parts/tree.ts";
import { COMMON, FIELDS, type FieldSpec } from "./fields.ts";
import type { Edit } from "./text.ts";

export interface StepFormProps {
  readonly step: StepNode;
  /** Ids that are taken: a new step gets another. */
  readonly ids: ReadonlySet<string>;
  readonly faultAt: (way: Way) => string | undefined;
  readonly onEdit: (edit: Edit) => void;
  readonly onOpen: (way: Way) => void;
  readonly isReadOnly: boolean;
}

/** One step as a form. Every change is a change of the text, which keeps all that the form does not show. */
export function StepForm({ step, ids, faultAt, onEdit, onOpen, isReadOnly }: StepFormProps) {
  const list = step.way.slice(0, -1);
  const at = Number(step.way.at(-1));
  const words = step.kind === undefined ? undefined : KIND_WORDS[step.kind];
  const set = (way: Way, value: unknown) =>
    onEdit(value === undefined ? { kind: "remove", way } : { kind: "set", way, value });
  const field = (spec: FieldSpec) => (
    <Field
      key={spec.way.join(".")}
      spec={spec}
      value={valueAt(step.value, spec.way)}
      error={faultAt([...step.way, ...spec.way])}
      isReadOnly={isReadOnly}
      onChange={(value) => set([...step.way, ...spec.way], value)}
    />
  );
  return (
    <div className="flows-form stack">
      <div className="row">
        <strong className="grow truncate">{words === undefined ? "Step" : words.label}</strong>
        {!isReadOnly && (
          <>
            <IconButton
              label="Move up"
              size="s"
              icon={<ArrowUp />}
              isDisabled={at === 0}
              onPress={() => {
                onEdit({ kind: "move", list, from: at, to: at - 1 });
                onOpen([...list, at - 1]);
              }}
            />
            <IconButton
              label="Move down"
              size="s"
              icon={<ArrowDown />}
              onPress={() => {
                onEdit({ kind: "move", list, from: at, to: at + 1 });
                onOpen([...list, at + 1]);
              }}
            />
            <IconButton
              label="Take the step out"
              size="s"
              icon={<Trash2 />}
              onPress={() => onEdit({ kind: "remove", way: step.way })}
            />
          </>
        )}
      </div>
      {faultAt(step.way) !== undefined && <p className="field-error">{faultAt(step.way)}</p>}
      <Field
        spec={{ label: "Id", way: ["id"], as: "text", help: "Its name in expressions: steps.id" }}
        value={step.id}
        error={faultAt([...step.way, "id"])}
        isReadOnly={isReadOnly}
        onChange={(value) => set([...step.way, "id"], value ?? "")}
      />
      <Field
        spec={{ label: "Title", way: ["title"], as: "text" }}
        value={step.value["title"]}
        isReadOnly={isReadOnly}
        onChange={(value) => set([...step.way, "title"], value)}
      />
      {step.kind !== undefined && FIELDS[step.kind].map(field)}
      {step.kind === "switch" &&
        cases(step).map((_, index) => (
          <Field
            key={`case-${String(index)}`}
            spec={{ label: `Case ${index + 1} holds when`, way: [], as: "cel" }}
            value={valueAt(step.value, ["switch", index, "when"])}
            error={faultAt([...step.way, "switch", index, "when"])}
            isReadOnly={isReadOnly}
            onChange={(value) => set([...step.way, "switch", index, "when"], value ?? "")}
          />
        ))}
      <details className="flows-more">
        <summary>Retries, timeout, effect</summary>
        <div className="stack">{COMMON.map(field)}</div>
      </details>
      {!isReadOnly && (
        <div className="row wrap">
          <AddStep
            label="Add a step after it"
            ids={ids}
            onAdd={(value) => {
              onEdit({ kind: "insert", list, at: at + 1, value });
              onOpen([...list, at + 1]);
            }}
          />
          {step.lanes.map((lane) => (
            <AddStep
              key={lane.way.join(".")}
              label={`Add to: ${nameOf(lane)}`}
              ids={ids}
              onAdd={(value) => {
                onEdit({ kind: "insert", list: lane.way, at: lane.steps.length, value });
                onOpen([...lane.way, lane.steps.length]);
              }}
            />
          ))}
        </div>
      )}
    </div>
  );
}

const nameOf = ({ label }: Lane): string => (label.length > 24 ? `${label.slice(0, 23)}…` : label);

function cases(step: StepNode): readonly unknown[] {
  const list = step.value["switch"];
  return Array.isArray(list) ? list : [];
}

/** A button that offers the kinds of steps. */
export function AddStep({
  label,
  ids,
  onAdd,
}: {
  readonly label: string;
  readonly ids: ReadonlySet<string>;
  readonly onAdd: (step: Readonly<Record<string, unknown>>) => void;
}) {
  return (
    <Menu
      label={label}
      actions={ORDER.map((kind) => {
        const { label: name, note, icon: Icon, example } = KIND_WORDS[kind];
        return {
          id: kind,
          label: name,
          note,
          icon: <Icon />,
          onAction: () => onAdd({ id: freeId(kind, ids), ...example }),
        };
      })}
    >
      <Button size="s" icon={<Plus />}>
        {label}
      </Button>
    </Menu>
  );
}

const ORDER = Object.keys(KIND_WORDS).filter((name): name is StepKind => KINDS.some((kind) => kind === name));

function freeId(kind: StepKind, ids: ReadonlySet<string>): string {
  const base = kind === "if" || kind === "switch" ? "choose" : kind === "for_each" ? "each" : kind;
  if (!ids.has(base)) return base;
  for (let number = 2; ; number++) if (!ids.has(`${base}_${number}`)) return `${base}_${number}`;
}

export function valueAt(from: unknown, way: Way): unknown {
  return way.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return value[Number(part)];
    return isFields(value) ? value[String(part)] : undefined;
  }, from);
}

type Form = "text" | "expression" | "json";

const formOf = (value: unknown): Form =>
  value === undefined || typeof value === "string"
    ? "text"
    : isFields(value) && typeof value["$"] === "string" && Object.keys(value).length === 1
      ? "expression"
      : "json";

function shownOf(value: unknown, form: Form): string {
  if (value === undefined || value === null) return "";
  if (form === "expression" && isFields(value)) return String(value["$"]);
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function Field({
  spec,
  value,
  error,
  isReadOnly,
  onChange,
}: {
  readonly spec: FieldSpec;
  readonly value: unknown;
  readonly error?: string | undefined;
  readonly isReadOnly: boolean;
  /** Undefined: the field is left out. */
  readonly onChange: (value: unknown) => void;
}) {
  const given = spec.as === "template" ? formOf(value) : "text";
  const [form, setForm] = useState<Form>(given);
  const shown = shownOf(value, given);
  const [typed, setTyped] = useState(shown);
  const [fault, setFault] = useState<string>();
  // The text is what counts: what is changed there shows here.
  useEffect(() => {
    setTyped(shown);
    setForm(given);
    setFault(undefined);
  }, [shown, given]);

  if (spec.as === "choice")
    return (
      <Select
        label={spec.label}
        description={spec.help}
        isDisabled={isReadOnly}
        error={error}
        options={[{ id: "", label: "As usual" }, ...(spec.choices ?? []).map((id) => ({ id, label: id }))]}
        value={typeof value === "string" ? value : ""}
        onChange={(id) => onChange(id === "" ? undefined : id)}
      />
    );
  const commit = (text: string, as: Form = form) => {
    const made = madeOf(text, spec, as);
    setFault(made.fault);
    if (made.fault === undefined && JSON.stringify(made.value) !== JSON.stringify(value)) onChange(made.value);
  };
  const isLong = form === "json" || typed.includes("\n");
  return (
    <div className="flows-field">
      <TextField
        label={spec.label}
        description={spec.help}
        placeholder={spec.placeholder}
        isReadOnly={isReadOnly}
        isMono={spec.as !== "text" || spec.rows !== undefined}
        error={fault ?? error}
        value={typed}
        rows={spec.rows ?? (isLong ? Math.min(10, Math.max(2, typed.split("\n").length)) : undefined)}
        onChange={setTyped}
        onBlur={() => commit(typed)}
      />
      {spec.as === "template" && !isReadOnly && (
        <Segments<Form>
          label={`How ${spec.label} is meant`}
          options={[
            { id: "text", label: "Text" },
            { id: "expression", label: "Expression" },
            { id: "json", label: "JSON" },
          ]}
          value={form}
          onChange={(next) => {
            setForm(next);
            if (typed !== "") commit(typed, next);
          }}
        />
      )}
      {spec.as === "cel" && <span className="flows-cel">CEL</span>}
    </div>
  );
}

function madeOf(text: string, spec: FieldSpec, form: Form): { readonly value?: unknown; readonly fault?: string } {
  if (text.trim() === "") return { value: undefined };
  if (spec.as === "number") {
    return /^-?\d+$/.test(text.trim()) ? { value: Number(text) } : { fault: `“${text}” is no whole number` };
  }
  if (spec.as !== "template" || form === "text") return { value: text };
  if (form === "expression") return { value: { $: text } };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
