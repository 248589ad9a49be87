import { duration } from "../../kit/format.ts";
import { KeyValues } from "../../kit/key-values.tsx";
import { Section } from "../../kit/page.tsx";
import { None } from "../../kit/time.tsx";
import type { Endpoint } from "./endpoint.ts";

const POLICIES = { default: "Default", svix: "As Svix", strict: "Strict" } as const;

/** How an endpoint is set, for somebody who may look and not change it. */
export function EndpointFacts({ endpoint }: { readonly endpoint: Endpoint }) {
  const { channels, eventTypes, throttleRate, concurrency, timeoutMs, retryPolicy, expiresAfterSeconds } = endpoint;
  return (
    <Section title="Settings">
      <KeyValues
        columns={2}
        items={[
          ["URL", <code key="u">{endpoint.url}</code>],
          ["Name", endpoint.description || <None key="n" />],
          ["Event types", eventTypes?.join(", ") ?? "all"],
          ["Channels", channels?.join(", ") ?? "all"],
          ["Your own id", endpoint.uid ? <code key="i">{endpoint.uid}</code> : <None key="i" />],
          ["Requests per second", throttleRate ?? "no limit"],
          ["Requests at a time", concurrency ?? "default"],
          ["Deadline of a request", timeoutMs ? duration(timeoutMs) : "default"],
          ["What a refusal means", POLICIES[retryPolicy ?? "default"]],
          ["Too old after", expiresAfterSeconds ? duration(expiresAfterSeconds * 1_000) : "never"],
        ]}
      />
    </Section>
  );
}
