export { type InputFault, inputError, inputFaults, isBatchInput } from "#language";
