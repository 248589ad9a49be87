/**
 * Ids of deliveries that a job owes. A delivery's id is a UUIDv7; of its 74 bits that mean nothing otherwise, a job's deliveries
 * carry the job's number in 32 and their own number within the job in the other 42:
 *
 * ```
 *   tttttttt-tttt-7nnn-vnjj-jjjjjjnnnnnn      t ms since 1970 · v variant · j job · n number within it
 * ```
 *
 * So none is made twice, what a job owes is found among what is owed, an attempt tells by its delivery id which job it was made
 * for, and no column had to be carried along the road of all deliveries.
 */
import { uuidLowerBound } from "#kernel";

const NUMBER_MAX = 2 ** 42;

/** The id of the `n`th delivery (from 0) of the job `jobNumber`, owed at `nowMs`. */
export function replayDeliveryId(nowMs: number, jobNumber: number, n: number): string {
  if (!Number.isInteger(n) || n < 0 || n >= NUMBER_MAX) {
    throw new RangeError(`Cannot number a delivery ${n}: a job's deliveries are numbered from 0 to ${NUMBER_MAX - 1}`);
  }
  const low = n % 2 ** 24;
  const middle = Math.floor(n / 2 ** 24) % 2 ** 6;
  const high = Math.floor(n / 2 ** 30);
  const job = jobNumberHex(jobNumber);
  const variant = (0x80 | middle).toString(16);
  return `${uuidLowerBound(nowMs).slice(0, 13)}-7${hex(high, 3)}-${variant}${job.slice(0, 2)}-${job.slice(2)}${hex(low, 6)}`;
}

/** As it stands in the ids, for `OF_JOB`. */
export function jobNumberHex(jobNumber: number): string {
  return hex(jobNumber, 8);
}

/** Whether the delivery was owed by the job whose number is that, as `jobNumberHex` writes it. */
export function isOfJob(id: string, numberHex: string): boolean {
  return id.slice(21, 23) === numberHex.slice(0, 2) && id.slice(24, 30) === numberHex.slice(2);
}

/** SQL: whether the delivery `id` was owed by the job whose number is the parameter, as `jobNumberHex` writes it. */
export const ofJob = (id: string, parameter: string) =>
  `substring(${id}::text from 22 for 2) || substring(${id}::text from 25 for 6) = ${parameter}`;

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
