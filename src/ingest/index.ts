// Where webhooks come in: sources, what makes them believe a request, and the handler of POST /in/{source_token}.

export { locateSource } from "./locate.ts";
export type { SpikeLimits } from "./notice-spike.ts";
export { isPresetName, presetNames } from "./presets/index.ts";
export type { OptionFault, PresetName } from "./presets/preset.ts";
export type { ClientLookup, QuotaRefusal, Receive } from "./receive.ts";
export { HOPS_MAX } from "./receive.ts";
export type { RejectingSource } from "./rejecting.ts";
export { rejectingSources } from "./rejecting.ts";
export type { Rejection, RejectionReason } from "./rejection.ts";
export { listRejections, REJECTIONS_KEPT } from "./rejections.ts";
export type { Ingest, IngestOptions } from "./service.ts";
export { createIngest } from "./service.ts";
export type { CreatedSource, HeldSource, Source, SourceFields, SourceRefusal } from "./source.ts";
export {
  createSource,
  deleteSource,
  deleteSourcesOf,
  getSource,
  holdSource,
  listSources,
  SOURCES_MAX,
  sourceTokens,
  updateSource,
} from "./source.ts";
export type { Rotated, SourceSecret } from "./source-secret.ts";
export {
  listSourceSecrets,
  resealSources,
  rotateSourceSecret,
  SECRET_OVERLAP_SECONDS,
  SOURCE_SECRETS_MAX,
} from "./source-secret.ts";
