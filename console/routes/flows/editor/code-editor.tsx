import { autocompletion, type CompletionContext, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { WORDS } from "./vocabulary.ts";

/** Something to say about a place of the text. Lines and columns begin at 1. */
export interface Mark {
  readonly line: number;
  readonly column?: number | undefined;
  readonly severity: "error" | "warning";
  readonly message: string;
}

export interface EditorHandle {
  /** Moves there and takes the focus. */
  goTo(line: number, column?: number): void;
}

/**
 * The text of a definition, with its faults where they are. It lives in a shadow root: there CodeMirror keeps its style sheets adopted,
 * which the console's policy allows, rather than in a style element, which it does not.
 */
export function CodeEditor({
  label,
  value,
  onChange,
  marks,
  isReadOnly = false,
  onLine,
  ref,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange?: (text: string) => void;
  readonly marks: readonly Mark[];
  readonly isReadOnly?: boolean;
  /** The line somebody has gone to. */
  readonly onLine?: (line: number) => void;
  readonly ref?: Ref<EditorHandle>;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef({ onChange, onLine });
  latest.current = { onChange, onLine };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; text and marks are brought in below.
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          lintGutter(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of("  "),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          yaml(),
          syntaxHighlighting(COLOURS),
          autocompletion({ override: [complete], icons: false }),
          // Tab indents, as people expect of an editor; Escape and then Tab leaves it, as the description says.
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
          EditorState.readOnly.of(isReadOnly),
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
            if (update.selectionSet || update.docChanged)
              latest.current.onLine?.(update.state.doc.lineAt(update.state.selection.main.head).number);
          }),
          LOOK,
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = undefined;
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: changeOf(editor.state.doc.toString(), value) });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (editor !== undefined)
      editor.dispatch(
        setDiagnostics(
          editor.state,
          marks.map((mark) => diagnosticOf(editor, mark)),
        ),
      );
  }, [marks]);

  useImperativeHandle(ref, () => ({
    goTo(line, column = 1) {
      const editor = view.current;
      if (editor === undefined) return;
      const at = editor.state.doc.line(Math.min(Math.max(line, 1), editor.state.doc.lines));
      const anchor = Math.min(at.from + column - 1, at.to);
      editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      editor.focus();
    },
  }));

  return <div ref={host} className="flows-editor" />;
}

/** What differs between two texts, as one change: so that undo and the place of the cursor survive an edit by a form. */
export function changeOf(before: string, after: string): { from: number; to: number; insert: string } {
  let start = 0;
  const least = Math.min(before.length, after.length);
  while (start < least && before[start] === after[start]) start++;
  let end = 0;
  while (end < least - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

/** From the column to the end of the word that stands there; without a column what is written on the line. */
function diagnosticOf({ state }: EditorView, { line, column, severity, message }: Mark): Diagnostic {
  const at = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  const blank = at.text.length - at.text.trimStart().length;
  const from = Math.min(at.from + (column === undefined ? blank : column - 1), at.to);
  return { from, to: Math.max(at.to, from), severity, message };
}

function complete(context: CompletionContext) {
  const word = context.matchBefore(/[\w$]+/);
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  // Only where a key may stand: values and expressions are somebody's own.
  if (word === null || !/^\s*(?:-\s+)*[\w$]*$/.test(before)) return null;
  return { from: word.from, options: [...WORDS], validFor: /^[\w$]*$/ };
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent-text)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--warn)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--text-3)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--text-3)" },
  { tag: [tags.keyword, tags.labelName, tags.typeName], color: "var(--chart-5)" },
]);

const LOOK = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--text)", fontSize: "var(--f-s)" },
  // The place in the page shows where the focus is: within, gutters would cover half of it.
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--text-3)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 24%, transparent)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--surface-3)" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "6px",
    backgroundColor: "var(--overlay)",
    color: "var(--text)",
    boxShadow: "var(--shadow-2)",
    overflow: "hidden",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "var(--f-s)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", lineHeight: "20px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--text)" },
  ".cm-completionDetail": { color: "var(--text-3)", fontStyle: "normal", fontFamily: "var(--font)" },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--font)", maxWidth: "60ch", whiteSpace: "normal" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warn)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--warn)",
    textUnderlineOffset: "3px",
  },
  // The library draws its marks as images from data, which is more than a policy should need: signs of our own.
  ".cm-lint-marker": { width: "14px", height: "14px", lineHeight: "14px", textAlign: "center", fontWeight: "700" },
  ".cm-lint-marker-error, .cm-lint-marker-warning": { content: "none" },
  ".cm-lint-marker-error::before": { content: "'✕'", color: "var(--bad)" },
  ".cm-lint-marker-warning::before": { content: "'!'", color: "var(--warn)" },
  ".cm-foldGutter .cm-gutterElement": { color: "var(--text-3)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--surface-3)", border: "none", color: "var(--text-2)" },
});
