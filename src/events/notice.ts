import type { Queryable } from "#kernel";

/** What is told to whoever runs the installation. Those of Svix's keep its names and shapes. */
export const NOTICE_TYPES = [
  "endpoint.created",
  "endpoint.updated",
  "endpoint.deleted",
  "endpoint.disabled",
  "endpoint.breaker_opened",
  "message.attempt.failing",
  "message.attempt.exhausted",
  "message.attempt.recovered",
  "source.rejections_spiked",
  "delivery.backlog_aged",
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** A transition that somebody may want to hear of: whom it is about, and what else there is to say. */
export interface Notice {
  readonly type: NoticeType;
  /** Ids as the database has them. */
  readonly appId?: string;
  readonly endpointId?: string;
  /** With the attempt that says so; `status` is absent when there was no answer. */
  readonly attempt?: { readonly eventId: string; readonly id: string; readonly status: number | undefined };
  /** Of the event that led to it; absent: it was no event. */
  readonly hops?: number | undefined;
  /** The rest of its payload's data, as it is sent. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export const GIVE_NOTICE =
  "posthorn.give_notice($1, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::int, $7::int, $8::text::jsonb)";

/** `$1` to `$8` of a statement that calls `GIVE_NOTICE`. */
export function noticeParams(notice: Notice): (string | number | null)[] {
  return [
    notice.type,
    notice.appId ?? null,
    notice.endpointId ?? null,
    notice.attempt?.eventId ?? null,
    notice.attempt?.id ?? null,
    notice.attempt?.status ?? null,
    notice.hops ?? -1,
    JSON.stringify(notice.data ?? {}),
  ];
}

/**
 * Gives notice of a transition, inside its transaction: both happen or neither. Where nobody listens to the type, and about
 * the operational application itself, it writes nothing.
 */
export async function giveNotice(tx: Queryable, notice: Notice): Promise<void> {
  await tx.query(`select ${GIVE_NOTICE}`, noticeParams(notice));
}

/** What flows of an application can listen to of its deliveries. */
export type ToldOutcome = "exhausted" | "failing" | "recovered";

export const TELL_FLOWS = "posthorn.tell_flows($1, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::int, $7::int)";

/**
 * Tells the flows of an application what became of one of its deliveries, inside the transaction that makes it true: both happen or neither.
 * Where none listens it writes nothing.
 */
export async function tellFlows(
  tx: Queryable,
  outcome: ToldOutcome,
  about: Required<Pick<Notice, "appId" | "endpointId" | "attempt">> & Pick<Notice, "hops">,
): Promise<void> {
  const { appId, endpointId, attempt, hops = 0 } = about;
  await tx.query(`select ${TELL_FLOWS}`, [
    outcome,
    appId,
    endpointId,
    attempt.eventId,
    attempt.id,
    attempt.status ?? null,
    hops,
  ]);
}
