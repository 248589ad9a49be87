import type { ReactNode } from "react";
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from "react-aria-components";

export interface TabSpec {
  readonly id: string;
  readonly label: ReactNode;
  readonly content: () => ReactNode;
}

/** Parts of one thing, one in sight. Only the chosen one is made. For parts with an address of their own, `SubNav`. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
}: {
  readonly label: string;
  readonly tabs: readonly TabSpec[];
  readonly value?: string | undefined;
  readonly onChange?: ((id: string) => void) | undefined;
}) {
  return (
    <AriaTabs
      className="tabs"
      {...(value !== undefined && { selectedKey: value })}
      onSelectionChange={(key) => onChange?.(String(key))}
    >
      <TabList aria-label={label} className="tab-list">
        {tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id} className="tab">
            {tab.label}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="tab-panel">
          {tab.content()}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
