import { bareArray, type Queryable, SealError, type Sealer } from "#kernel";
import type { EndpointConfig, EndpointMode, ExtraHeaders, SigningKey } from "./endpoint.ts";
import { openHeaders } from "./endpoint-headers.ts";
import { loadSecrets } from "./endpoint-secret.ts";
import { DEFAULT_SCHEDULE_SECONDS, type RetryPreset } from "./policy.ts";

interface Row {
  id: string;
  app_id: string;
  version: number;
  url: string;
  event_types: string[] | null;
  channels: string[] | null;
  mode: EndpointMode;
  mode_since: Date | null;
  throttle_rate: number | null;
  concurrency: number | null;
  timeout_ms: number | null;
  retry_policy: RetryPreset;
  retry_schedule: ArrayLike<number> | null;
  expires_after_s: number | null;
  extra_headers: ExtraHeaders[];
  headers_sealed: Uint8Array | null;
}

const LOAD = `
  select id, app_id, version, url, event_types, channels, mode, mode_since, throttle_rate, concurrency, timeout_ms, retry_policy,
         retry_schedule, expires_after_s, extra_headers, headers_sealed
    from posthorn.endpoint
   where app_id = any($1::uuid[]) and deleted_at is null
   order by app_id, id`;

/**
 * The living endpoints of these applications, whatever their mode, with everything needed to plan and send. Whoever keeps
 * them must have read posthorn.endpoint_set before, in the same transaction: then what he keeps is at least as new as the
 * version he keeps it under.
 *
 * A secret that cannot be opened stops its endpoint only, and is told to `onFault`.
 */
export async function loadEndpoints(
  tx: Queryable,
  sealer: Sealer,
  appIds: readonly string[],
  onFault?: (endpointId: string, fault: SealError) => void,
): Promise<EndpointConfig[]> {
  const rows = await tx.query<Row>(LOAD, [bareArray(appIds)]);
  if (rows.length === 0) return [];
  const secrets = await loadSecrets(tx, appIds);
  return rows.map((row) => {
    try {
      const keys = (secrets.get(row.id) ?? []).map((secret) => secret.open(sealer));
      return configOf(row, keys, openHeaders(sealer, row.id, row.headers_sealed));
    } catch (fault) {
      if (!(fault instanceof SealError)) throw fault;
      onFault?.(row.id, fault);
      return configOf(row, [], []);
    }
  });
}

function configOf(row: Row, secrets: readonly SigningKey[], headers: EndpointConfig["headers"]): EndpointConfig {
  return Object.freeze({
    id: row.id,
    appId: row.app_id,
    version: row.version,
    url: row.url,
    eventTypes: row.event_types === null ? undefined : new Set(row.event_types),
    channels: row.channels === null ? undefined : new Set(row.channels),
    mode: row.mode,
    ...(row.mode_since !== null && { modeSinceMs: row.mode_since.getTime() }),
    ...(row.throttle_rate !== null && { throttleRate: row.throttle_rate }),
    ...(row.concurrency !== null && { concurrency: row.concurrency }),
    ...(row.timeout_ms !== null && { timeoutMs: row.timeout_ms }),
    retryPolicy: {
      preset: row.retry_policy,
      scheduleSeconds: row.retry_schedule === null ? DEFAULT_SCHEDULE_SECONDS : Array.from(row.retry_schedule),
    },
    ...(row.expires_after_s !== null && { expiresAfterMs: row.expires_after_s * 1000 }),
    extraHeaders: new Set(row.extra_headers),
    headers,
    secrets,
  });
}
