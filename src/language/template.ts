import { isSecret } from "./cel/check.ts";
import { expressionOf } from "./cel/expression.ts";
import { createBudget } from "./cel/fail.ts";
import { joinReads, NO_READS } from "./cel/reads.ts";
import { type Node, parseText } from "./cel/syntax.ts";
import { put } from "./cel/values.ts";
import type {
  Budget,
  CompiledExpression,
  CompiledHeader,
  CompiledTemplate,
  Context,
  EvaluationError,
} from "./compiled.ts";
import type { Json, Template } from "./definition.ts";
import { place } from "./place.ts";

type Part = (context: Context, budget: Budget) => Json;
type Fields = { readonly [name: string]: Json };

/** Carries a failure out of the middle of a template. */
class Stopped {
  readonly error: EvaluationError;
  constructor(error: EvaluationError) {
    this.error = error;
  }
}

/** The text of the expression, when a template is one. */
export function expressionIn(template: Template): Json | undefined {
  if (template === null || typeof template !== "object" || Array.isArray(template)) {
    return undefined;
  }
  const fields = template as Fields;
  return Object.hasOwn(fields, "$") && Object.keys(fields).length === 1 ? fields["$"] : undefined;
}

/** `expression`: how the text of an expression becomes one; it throws when it cannot, because the definition was checked. */
export function compileTemplate(
  template: Template,
  at: string,
  expression: (text: string, at: string) => CompiledExpression,
): CompiledTemplate {
  const expressions: CompiledExpression[] = [];
  const part = partOf(template, at, (text, where) => {
    const made = expression(text, where);
    expressions.push(made);
    return made;
  });
  if (part === undefined) {
    return { at, reads: NO_READS, constant: template, evaluate: () => ({ ok: true, value: template }) };
  }
  return {
    at,
    reads: joinReads(expressions.map(({ reads }) => reads)),
    constant: undefined,
    evaluate(context, budget = createBudget()) {
      try {
        return { ok: true, value: part(context, budget) };
      } catch (error) {
        if (error instanceof Stopped) {
          return { ok: false, error: error.error };
        }
        throw error;
      }
    },
  };
}

/** Undefined: it holds no expression, and is its own value. */
function partOf(
  template: Template,
  at: string,
  expression: (text: string, at: string) => CompiledExpression,
): Part | undefined {
  const text = expressionIn(template);
  if (text !== undefined) {
    const compiled = expression(String(text), at);
    return (context, budget) => {
      const result = compiled.evaluate(context, budget);
      if (!result.ok) {
        throw new Stopped(result.error);
      }
      return result.value;
    };
  }
  if (template === null || typeof template !== "object") {
    return undefined;
  }
  if (Array.isArray(template)) {
    const items = (template as readonly Json[]).map((item, i) => partOf(item, place(at, i), expression) ?? item);
    return items.some((item) => typeof item === "function")
      ? (context, budget) => items.map((item) => (typeof item === "function" ? item(context, budget) : item))
      : undefined;
  }
  const members = Object.entries(template as Fields).map(
    ([name, item]) => [name, partOf(item, place(at, name), expression) ?? item] as const,
  );
  return members.some(([, item]) => typeof item === "function")
    ? (context, budget) => {
        const fields: Record<string, Json> = {};
        for (const [name, item] of members) {
          put(fields, name, typeof item === "function" ? item(context, budget) : item);
        }
        return fields;
      }
    : undefined;
}

// --------------------------------------------------------------------------------------------------------------- headers

export type HeaderPart =
  /** `end`: where its name ends in the text. */
  | { readonly kind: "secret"; readonly name: string; readonly end: number }
  | { readonly kind: "expression"; readonly node: Node };

/**
 * An expression in a header is text with secrets in it: what `+` joins at its top. A secret in any other place of the tree is not found here,
 * and is refused by the check.
 */
export function headerParts(tree: Node): readonly HeaderPart[] {
  const secrets = tops(tree).some((node) => isSecret(node, NOTHING));
  if (!secrets) {
    return [{ kind: "expression", node: tree }];
  }
  return tops(tree).map((node) =>
    isSecret(node, NOTHING) && node.kind === "select"
      ? { kind: "secret", name: node.field, end: node.end }
      : { kind: "expression", node },
  );
}

const NOTHING: ReadonlySet<string> = new Set();

function tops(tree: Node): readonly Node[] {
  return tree.kind === "binary" && tree.op === "+" ? [...tops(tree.left), ...tops(tree.right)] : [tree];
}

type Piece = { readonly secret: string } | { readonly text: CompiledTemplate | CompiledExpression };

export function compileHeader(
  name: string,
  template: Template,
  at: string,
  expression: (text: string, at: string) => CompiledExpression,
): CompiledHeader {
  const text = expressionIn(template);
  const parsed = typeof text === "string" ? parseText(text) : undefined;
  const pieces: readonly Piece[] =
    typeof text === "string" && parsed?.ok === true
      ? headerParts(parsed.node).map((part) =>
          part.kind === "secret" ? { secret: part.name } : { text: expressionOf(part.node, text, at) },
        )
      : [{ text: compileTemplate(template, at, expression) }];
  return {
    name,
    at,
    reads: joinReads(
      pieces.map((piece) =>
        "secret" in piece
          ? { paths: [`secrets.${piece.secret}`], steps: [], secrets: [piece.secret] }
          : piece.text.reads,
      ),
    ),
    evaluate(context, budget = createBudget()) {
      const value: (string | { readonly secret: string })[] = [];
      for (const piece of pieces) {
        if ("secret" in piece) {
          value.push({ secret: piece.secret });
          continue;
        }
        const result = piece.text.evaluate(context, budget);
        if (!result.ok) {
          return result;
        }
        if (result.value !== null && typeof result.value === "object") {
          return {
            ok: false,
            error: {
              code: "expression_failed",
              message: `The header ${JSON.stringify(name)} is text, not ${Array.isArray(result.value) ? "a list" : "an object"}.`,
              at,
              offset: 0,
            },
          };
        }
        value.push(String(result.value ?? ""));
      }
      return { ok: true, value };
    },
  };
}
