import { ChevronRight } from "lucide-react";
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import { Badge } from "../../kit/badge.tsx";
import { CodeView } from "../../kit/code-view.tsx";
import { Section } from "../../kit/page.tsx";
import { Answer, Loading } from "../../kit/states.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { paths } from "../paths.ts";
import { ListFrame } from "./list-frame.tsx";
import { type EventType, useOperationalTypes } from "./webhook.ts";

/** What can be told: each type with an example and its schema. */
export default function OperationalTypes() {
  const types = useOperationalTypes();
  return (
    <ListFrame current={paths.operationalWebhookTypes}>
      <Section isFlush>
        <Answer query={types} loading={<Loading rows={10} />}>
          {({ data }) => (
            <ul className="operational-types">
              {data.map((type) => (
                <li key={type.name}>
                  <Type type={type} />
                </li>
              ))}
            </ul>
          )}
        </Answer>
      </Section>
    </ListFrame>
  );
}

function Type({ type }: { readonly type: EventType }) {
  return (
    <Disclosure>
      {({ isExpanded }) => (
        <>
          <Heading level={2} className="operational-type-head">
            <AriaButton slot="trigger">
              <ChevronRight aria-hidden />
              <code>{type.name}</code>
            </AriaButton>
            {!type.svix && <Badge>Posthorn's own</Badge>}
          </Heading>
          <p className="operational-type-text muted">{type.description}</p>
          <DisclosurePanel className="operational-type-more">
            {/* Only made when somebody looks: ten schemas are many lines. */}
            {isExpanded && (
              <Tabs
                label={`Of ${type.name}`}
                tabs={[
                  {
                    id: "example",
                    label: "Example",
                    content: () => <CodeView text={JSON.stringify(type.example)} what="the example" lines={16} />,
                  },
                  {
                    id: "schema",
                    label: "JSON Schema",
                    content: () => <CodeView text={JSON.stringify(type.schema)} what="the schema" lines={22} />,
                  },
                ]}
              />
            )}
          </DisclosurePanel>
        </>
      )}
    </Disclosure>
  );
}
