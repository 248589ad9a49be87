import { unreachable } from "#kernel";

/** What a page must not do. Each is something a person or an operator would meet, told so that it can be found. */
export type Fault =
  | { readonly kind: "console"; readonly level: "error" | "warning"; readonly text: string; readonly at: string }
  | { readonly kind: "page_error"; readonly text: string }
  | { readonly kind: "request_failed"; readonly request: string; readonly why: string }
  | { readonly kind: "refused"; readonly request: string; readonly status: number }
  | { readonly kind: "other_host"; readonly request: string }
  | { readonly kind: "csp_violation"; readonly directive: string; readonly blocked: string; readonly at: string }
  | { readonly kind: "csp_missing"; readonly url: string }
  | { readonly kind: "layout_shift"; readonly value: number; readonly moved: readonly string[] };

export function tellFault(fault: Fault): string {
  switch (fault.kind) {
    case "console":
      return `The console has a ${fault.level} (${fault.at}): ${fault.text}`;
    case "page_error":
      return `A script threw: ${fault.text}`;
    case "request_failed":
      return `A request had no answer: ${fault.request}: ${fault.why}`;
    case "refused":
      return `A request was answered ${fault.status}: ${fault.request}`;
    case "other_host":
      return `A request went to another host: ${fault.request}`;
    case "csp_violation":
      return `The content security policy was broken (${fault.at}): ${fault.directive} blocked ${fault.blocked}`;
    case "csp_missing":
      return `A document has no content security policy: ${fault.url}`;
    case "layout_shift":
      return `The layout shifted by ${fault.value.toFixed(4)}: ${fault.moved.join(", ") || "nobody knows what"}`;
    default:
      return unreachable(fault);
  }
}
