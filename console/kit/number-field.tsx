// Apart from the other fields: it brings a parser of numbers along, which no page needs that has no such field.
import {
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
  Input,
} from "react-aria-components";
import { Above, Below, type FieldWords, type Plain, said } from "./field.tsx";

export function NumberField({
  label,
  isLabelHidden,
  description,
  error,
  placeholder,
  ...rest
}: Plain<AriaNumberFieldProps> & FieldWords & { readonly placeholder?: string | undefined }) {
  const words = { label, isLabelHidden, description, error };
  return (
    <AriaNumberField {...rest} {...said(error)} className="field">
      <Above {...words} />
      <Input className="input num" placeholder={placeholder} />
      <Below {...words} />
    </AriaNumberField>
  );
}
