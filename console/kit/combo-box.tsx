// Apart from the other fields: it is among the largest, and few pages need it.
import { ChevronDown } from "lucide-react";
import {
  ComboBox as AriaComboBox,
  type ComboBoxProps as AriaComboBoxProps,
  Button,
  Group,
  Input,
  Popover,
} from "react-aria-components";
import { Above, Below, type FieldWords, type Option, Options, type Plain, said } from "./field.tsx";

export interface ComboBoxProps
  extends Omit<
      Plain<AriaComboBoxProps<object>>,
      "selectedKey" | "onSelectionChange" | "items" | "value" | "defaultValue" | "onChange"
    >,
    FieldWords {
  readonly options: readonly Option[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly placeholder?: string | undefined;
}

/** One of many, found by typing. With `onInputChange` the caller asks the API for the options. */
export function ComboBox({
  label,
  isLabelHidden,
  description,
  error,
  options,
  value,
  onChange,
  placeholder,
  ...rest
}: ComboBoxProps) {
  const words = { label, isLabelHidden, description, error };
  return (
    <AriaComboBox
      {...rest}
      {...said(error)}
      className="field"
      value={value ?? null}
      onChange={(key) => onChange(key === null ? undefined : String(key))}
      menuTrigger="focus"
      allowsEmptyCollection
    >
      <Above {...words} />
      <Group className="input combo">
        <Input placeholder={placeholder} />
        <Button aria-label="Show all">
          <ChevronDown aria-hidden />
        </Button>
      </Group>
      <Below {...words} />
      <Popover className="popover" offset={4}>
        <Options options={options} />
      </Popover>
    </AriaComboBox>
  );
}
