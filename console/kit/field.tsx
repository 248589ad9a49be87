import { Check, ChevronDown, Minus, Search, X } from "lucide-react";
import type { ReactNode } from "react";
import {
  Checkbox as AriaCheckbox,
  type CheckboxProps as AriaCheckboxProps,
  SearchField as AriaSearchField,
  type SearchFieldProps as AriaSearchFieldProps,
  Select as AriaSelect,
  type SelectProps as AriaSelectProps,
  Switch as AriaSwitch,
  type SwitchProps as AriaSwitchProps,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  SelectValue,
  Text,
  TextArea,
} from "react-aria-components";

export interface FieldWords {
  readonly label: string;
  /** Shown to screen readers only: for filters whose place says what they are. */
  readonly isLabelHidden?: boolean | undefined;
  readonly description?: ReactNode;
  /** What is wrong with the value: `faults.of("url")` of `useFaults`, or a check of your own. */
  readonly error?: string | undefined;
}

export function Above({ label, isLabelHidden = false }: FieldWords) {
  return <Label className={isLabelHidden ? "hidden-visually" : "label"}>{label}</Label>;
}

export function Below({ description, error }: FieldWords) {
  return (
    <>
      {description !== undefined && error === undefined && (
        <Text slot="description" className="description">
          {description}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </>
  );
}

/**
 * An error is what the engine said about the value that was sent: it is told, and does not keep the form from being sent again with
 * another value, which the browser's own validation would.
 */
export const said = (error: string | undefined) => ({
  isInvalid: error !== undefined,
  validationBehavior: "aria" as const,
});

export type Plain<P> = Omit<P, "className" | "style" | "children">;

export interface TextFieldProps extends Plain<AriaTextFieldProps>, FieldWords {
  readonly placeholder?: string | undefined;
  readonly isMono?: boolean | undefined;
  /** More than one line. */
  readonly rows?: number | undefined;
}

export function TextField({
  label,
  isLabelHidden,
  description,
  error,
  placeholder,
  isMono,
  rows,
  ...rest
}: TextFieldProps) {
  const words = { label, isLabelHidden, description, error };
  const look = { className: "input", placeholder, "data-mono": isMono || undefined };
  return (
    <AriaTextField {...rest} {...said(error)} className="field">
      <Above {...words} />
      {rows === undefined ? <Input {...look} /> : <TextArea {...look} rows={rows} />}
      <Below {...words} />
    </AriaTextField>
  );
}

export function SearchField({
  label,
  placeholder,
  ...rest
}: Plain<AriaSearchFieldProps> & { readonly label: string; readonly placeholder?: string | undefined }) {
  return (
    <AriaSearchField {...rest} aria-label={label} className="search">
      <Search aria-hidden />
      <Input className="input" placeholder={placeholder ?? label} />
      <Button className="search-clear" aria-label="Clear">
        <X aria-hidden />
      </Button>
    </AriaSearchField>
  );
}

export interface Option<T extends string = string> {
  readonly id: T;
  readonly label: string;
  readonly note?: string | undefined;
  readonly isDisabled?: boolean | undefined;
}

export function Options({ options }: { readonly options: readonly Option[] }) {
  return (
    <ListBox className="menu" items={options.map((option) => ({ ...option }))}>
      {(option) => (
        <ListBoxItem id={option.id} textValue={option.label} className="item" isDisabled={option.isDisabled ?? false}>
          {({ isSelected }) => (
            <>
              <span className="item-text">
                {option.label}
                {option.note !== undefined && <span className="item-note">{option.note}</span>}
              </span>
              {isSelected && <Check aria-hidden />}
            </>
          )}
        </ListBoxItem>
      )}
    </ListBox>
  );
}

export interface SelectProps<T extends string>
  extends Omit<
      Plain<AriaSelectProps<object>>,
      "selectedKey" | "defaultSelectedKey" | "onSelectionChange" | "value" | "defaultValue" | "onChange"
    >,
    FieldWords {
  readonly options: readonly Option<T>[];
  readonly value: T | undefined;
  readonly onChange: (value: T) => void;
  readonly size?: "s" | "m" | undefined;
}

/** One of a few. For many that are searched in, ComboBox. */
export function Select<T extends string>({
  label,
  isLabelHidden,
  description,
  error,
  options,
  value,
  onChange,
  size = "m",
  ...rest
}: SelectProps<T>) {
  const words = { label, isLabelHidden, description, error };
  return (
    <AriaSelect
      {...rest}
      {...said(error)}
      className="field"
      value={value ?? null}
      onChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      <Above {...words} />
      <Button className="input select" data-size={size}>
        <SelectValue className="truncate grow">
          {({ selectedText, defaultChildren }) => selectedText ?? defaultChildren}
        </SelectValue>
        <ChevronDown aria-hidden />
      </Button>
      <Below {...words} />
      <Popover className="popover" offset={4}>
        <Options options={options} />
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({
  children,
  description,
  ...rest
}: Plain<AriaCheckboxProps> & { readonly children?: ReactNode; readonly description?: string }) {
  return (
    <AriaCheckbox {...rest} className="checkbox">
      {({ isIndeterminate, isSelected }) => (
        <>
          <span className="checkbox-box" aria-hidden="true">
            {isIndeterminate ? <Minus /> : isSelected ? <Check /> : null}
          </span>
          {children !== undefined && (
            <span>
              {children}
              {description !== undefined && <span className="description">{description}</span>}
            </span>
          )}
        </>
      )}
    </AriaCheckbox>
  );
}

export function Switch({ children, ...rest }: Plain<AriaSwitchProps> & { readonly children?: ReactNode }) {
  return (
    <AriaSwitch {...rest} className="switch">
      <span className="switch-track" aria-hidden="true">
        <span />
      </span>
      {children}
    </AriaSwitch>
  );
}

/** One of two to five, all of them in sight. */
export function Segments<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}) {
  return (
    <RadioGroup
      aria-label={label}
      className="segments"
      orientation="horizontal"
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      {options.map((option) => (
        <Radio key={option.id} value={option.id} className="segment">
          {option.label}
        </Radio>
      ))}
    </RadioGroup>
  );
}
