import { type Queryable, uuidLowerBound } from "#kernel";

/** A source that rejects what it is sent. */
export interface RejectingSource {
  readonly sourceId: string;
  readonly appId: string;
  readonly name: string;
  /** Rejections kept of that time; at most a hundred are kept per source. */
  readonly count: number;
  readonly since: Date;
}

// Ids are times: the newest rejections are the end of the primary key, and few are kept.
const REJECTING = `
  select s.id as "sourceId", s.app_id as "appId", s.name, r.n as count, r.since
    from (select source_id, count(*)::int as n, min(uuid_extract_timestamp(id)) as since
            from (select source_id, id from posthorn.source_rejection where id >= $1::uuid order by id desc limit 5000) newest
           group by source_id having count(*) >= $2::int
           order by n desc limit $3::int) r
    join posthorn.source s on s.id = r.source_id and s.deleted_at is null
   order by r.n desc`;

/** Sources that rejected at least so many requests since then, those with most first. */
export function rejectingSources(
  q: Queryable,
  sinceMs: number,
  least: number,
  limit: number,
): Promise<RejectingSource[]> {
  return q.query<RejectingSource>(REJECTING, [uuidLowerBound(sinceMs), least, limit]);
}
