/** Counts through how many deliveries of ours an event came: delivery raises it, what takes events in reads it, and cuts loops (P8). */
export const HOPS_HEADER = "Posthorn-Hops";

const HOPS_COUNTED_MAX = 1_000;

/** The count in the header; 0 when there is none or it is no count. A larger one than is counted stays over every limit. */
export function readHops(header: string | null): number {
  return header !== null && /^[0-9]+$/.test(header) ? Math.min(Number(header), HOPS_COUNTED_MAX) : 0;
}
