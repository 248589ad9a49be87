import type { Arrival, DedupeKey, EventLog, NewEvent } from "#events";
import { appendTraced, arrivalOf, digest, isNotConfirmed } from "#events";
import {
  HOPS_HEADER,
  type Intake,
  idTimeMs,
  type JsonMember,
  parsePublicId,
  publicId,
  readHops,
  scanObject,
  type Tracing,
} from "#kernel";
import type { Application, ApplicationResolver, Authenticate, Authentication, Principal } from "#tenancy";
import { isIdempotencyKey, permits } from "#tenancy";
import { forbidden, unauthenticated } from "./http/authorize.ts";
import { announcedLength, lengthInvalid } from "./http/content-length.ts";
import { toResponse } from "./http/reply.ts";

/**
 * The road of an event through the API: POST /api/v1/app/{app_id}/msg and …/msg/batch, straight on the server. What the
 * other operations get from a framework stands here by hand, because these two carry the traffic. The payload is never
 * parsed into values: its bytes are sliced from the request (P9).
 */
export interface HotOptions {
  readonly log: EventLog;
  readonly intake: Intake;
  readonly authenticate: Authenticate;
  readonly applications: ApplicationResolver;
  /** Creates the application a message brings along (`application`), and answers with it; unless it is not one, or not that one. */
  readonly createApplication: (
    asked: string,
    text: string,
    by: { readonly principal: Principal; readonly request: Request },
  ) => Promise<Application | "not_this_one" | undefined>;
  /** Ms until the application may send `n` more events; 0: now. */
  readonly quota: (application: Application, n: number) => number;
  readonly limits: { readonly bodyBytesMax: number; readonly batchEventsMax: number; readonly batchBytesMax: number };
  readonly dedupeWindowMs: number;
  readonly retentionMs: number;
  /** Absent: traces are off. */
  readonly tracing?: Tracing | undefined;
}

export interface HotRoutes {
  createMessage(request: Request, app: string): Promise<Response>;
  createMessages(request: Request, app: string): Promise<Response>;
}

/** Beside the payload a message has a type, channels, tags and an id: this is room for all of them. */
const ENVELOPE_BYTES = 64 * 1024;
const CHANNELS_MAX = 5;
const TAGS_MAX = 10;
/** Bodies being read at once, by what they announce. */
const READING_BYTES_MAX = 64 * 1024 * 1024;
const MESSAGE_ROUTE = "/api/v1/app/{app_id}/msg";
const BATCH_ROUTE = `${MESSAGE_ROUTE}/batch`;
const NAME = /^[a-zA-Z0-9\-_.]+$/;
const JSON_HEADERS = { "content-type": "application/json" };
/** Stored as the event's content type: what the wire API takes is JSON. */
const PAYLOAD_TYPE = "application/json";

interface Message {
  readonly eventType: string;
  readonly eventId: string | undefined;
  readonly channels: readonly string[] | undefined;
  readonly channelsText: string;
  readonly tags: readonly string[] | undefined;
  readonly payload: Uint8Array;
  /** The raw text of the application it brings along. */
  readonly application: string | undefined;
}

interface Invalid {
  readonly loc: readonly string[];
  readonly msg: string;
  readonly type: string;
}

/** One item's answer: its status, and its JSON text. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

export function createHotRoutes(options: HotOptions): HotRoutes {
  const { intake, limits } = options;
  /** Bytes of the bodies that are being read. */
  let reading = 0;

  /** Who asks; or the answer to one who may not send to this application. At once, unless something must be looked up. */
  function admit(request: Request, asked: string): Principal | Response | Promise<Principal | Response> {
    const authentication = options.authenticate(request);
    return authentication instanceof Promise
      ? authentication.then((found) => judge(found, asked)).catch(notAsked)
      : judge(authentication, asked);
  }

  /** As `authorize` judges it for the other operations: the application first, then the permission. */
  function judge(authentication: Authentication, asked: string): Principal | Response | Promise<Principal | Response> {
    if (!authentication.ok) return toResponse(unauthenticated(authentication.reason));
    const { principal } = authentication;
    if (principal.appId === undefined) return permitted(principal);
    const id = parsePublicId("app", asked);
    if (id !== undefined) return id === principal.appId ? permitted(principal) : respond(noApplication(asked));
    return options.applications
      .resolve(asked)
      .then((found) => (found?.id === principal.appId ? permitted(principal) : respond(noApplication(asked))))
      .catch(notAsked);
  }

  const permitted = (principal: Principal): Principal | Response =>
    permits(principal.permissions, "ingest") ? principal : toResponse(forbidden(principal, "ingest"));

  /** What every request must pass before its body is read: the bytes to expect then. One of unknown length counts as the longest that is allowed. */
  function expected(request: Request, bytesMax: number): Response | number {
    const refusal = intake.refusal();
    if (refusal !== undefined) {
      return respond({
        status: 503,
        body: errorBody(refusal.code, refusal.detail),
        retryAfterSeconds: refusal.retryAfterSeconds,
      });
    }
    const length = announcedLength(request) ?? bytesMax;
    if (length === "invalid") return toResponse(lengthInvalid());
    return length > bytesMax ? respond(tooLarge(length, bytesMax)) : length;
  }

  async function append(
    application: Application,
    asked: string,
    message: Message,
    hops: number,
    keyed: DedupeKey | undefined,
    withContent: boolean,
    arrival: Arrival | undefined,
    batch?: number,
  ): Promise<Answer> {
    const payloadMax = Math.min(limits.bodyBytesMax, application.quotas.payloadBytesMax ?? Number.POSITIVE_INFINITY);
    if (message.payload.length > payloadMax) {
      return invalid([
        {
          loc: ["body", "payload"],
          msg: `The payload has ${message.payload.length} bytes; at most ${payloadMax} are allowed`,
          type: "value_error.too_large",
        },
      ]);
    }
    const dedupe: DedupeKey[] = keyed === undefined ? [] : [keyed];
    if (message.eventId !== undefined) {
      dedupe.push({
        scope: "uid",
        key: message.eventId,
        bodyHash: digest(message.payload),
        windowMs: options.retentionMs,
      });
    }
    const event: NewEvent = {
      appId: application.id,
      appUid: application.uid === asked ? asked : undefined,
      type: message.eventType,
      payload: message.payload,
      contentType: PAYLOAD_TYPE,
      uid: message.eventId,
      channels: message.channels,
      tags: message.tags,
      hops,
      dedupe,
    };
    const appended = await appendTraced(options.log, event, arrival, batch);
    switch (appended.kind) {
      case "appended":
      case "repeated":
        return { status: 202, body: messageBody(appended.id, message, withContent) };
      case "conflict": {
        const id = publicId("msg", appended.id);
        return appended.scope === "uid"
          ? {
              status: 409,
              body: errorBody(
                "event_exists",
                `The eventId ${quote(message.eventId ?? "")} belongs to the message ${id} already`,
              ),
            }
          : {
              status: 409,
              body: errorBody(
                "idempotency_key_reused",
                `The Idempotency-Key ${quote(keyed?.key ?? "")} was used for another body (message ${id}); it should be new for each message`,
              ),
            };
      }
      case "no_application":
        // The cache was outdated, and now it is not: the next request asks the database.
        options.applications.forget(asked, application.uid, publicId("app", application.id));
        return noApplication(asked);
    }
  }

  function keyedBy(scope: "idempotency_key" | "batch_item", key: string, body: Uint8Array): DedupeKey {
    return { scope, key, bodyHash: digest(body), windowMs: options.dedupeWindowMs };
  }

  /**
   * The body, read whole; or the answer to one that is too long, or that does not fit beside those being read (P7: bodies
   * are memory before anything else can count them).
   */
  async function bodyOf(request: Request, announced: number, bytesMax: number): Promise<Buffer | Response> {
    if (reading > 0 && reading + announced > READING_BYTES_MAX) return respond(tooManyBodies());
    reading += announced;
    try {
      const body = Buffer.from(await request.arrayBuffer());
      return body.length > bytesMax ? respond(tooLarge(body.length, bytesMax)) : body;
    } finally {
      reading -= announced;
    }
  }

  async function resolve(
    asked: string,
    message: Message,
    principal: Principal,
    request: Request,
  ): Promise<Application | Response | "not_this_one" | undefined> {
    const application = await options.applications.resolve(asked);
    if (application !== undefined || message.application === undefined || principal.appId !== undefined)
      return application;
    if (!permits(principal.permissions, "admin")) return toResponse(forbidden(principal, "admin"));
    return options.createApplication(asked, message.application, { principal, request });
  }

  async function createMessage(request: Request, name: string): Promise<Response> {
    const arrival = arrivalOf(options.tracing, request, MESSAGE_ROUTE);
    const admitting = admit(request, name);
    const principal = admitting instanceof Promise ? await admitting : admitting;
    if (principal instanceof Response) return principal;
    const asked = nameFor(principal, name);
    const bytes = expected(request, limits.bodyBytesMax + ENVELOPE_BYTES);
    if (bytes instanceof Response) return bytes;
    const key = request.headers.get("idempotency-key");
    if (key !== null && !isIdempotencyKey(key)) return respond(badKey(key));
    const body = await bodyOf(request, bytes, limits.bodyBytesMax + ENVELOPE_BYTES);
    if (body instanceof Response) return body;
    const scanned = scanObject(body);
    if (!scanned.ok)
      return respond(
        invalid([{ loc: ["body", String(scanned.at)], msg: scanned.message, type: "value_error.jsondecode" }]),
      );
    const message = messageOf(body, scanned.members, ["body"]);
    if (Array.isArray(message)) return respond(invalid(message));
    try {
      const application = await resolve(asked, message, principal, request);
      if (application instanceof Response) return application;
      if (application === undefined) return respond(noApplication(asked));
      if (application === "not_this_one") return respond(notThisOne(asked));
      const waitMs = options.quota(application, 1);
      if (waitMs > 0) return respond(overQuota(application, waitMs));
      const withContent = !request.url.includes("with_content=false");
      const keyed = key === null ? undefined : keyedBy("idempotency_key", key, body);
      return respond(
        await append(
          application,
          asked,
          message,
          readHops(request.headers.get(HOPS_HEADER)),
          keyed,
          withContent,
          arrival,
        ),
      );
    } catch (error) {
      if (!isNotConfirmed(error)) throw error;
      return respond(notConfirmed());
    }
  }

  async function createMessages(request: Request, name: string): Promise<Response> {
    const arrival = arrivalOf(options.tracing, request, BATCH_ROUTE);
    const admitting = admit(request, name);
    const principal = admitting instanceof Promise ? await admitting : admitting;
    if (principal instanceof Response) return principal;
    const asked = nameFor(principal, name);
    const bytes = expected(request, limits.batchBytesMax);
    if (bytes instanceof Response) return bytes;
    const key = request.headers.get("idempotency-key");
    if (key !== null && !isIdempotencyKey(key)) return respond(badKey(key));
    const body = await bodyOf(request, bytes, limits.batchBytesMax);
    if (body instanceof Response) return body;
    const items = batchItems(body, limits.batchEventsMax);
    if (!Array.isArray(items)) return items;
    try {
      const application = await options.applications.resolve(asked);
      if (application === undefined) return respond(noApplication(asked));
      const waitMs = options.quota(application, items.length);
      if (waitMs > 0) return respond(overQuota(application, waitMs));
      const hops = readHops(request.headers.get(HOPS_HEADER));
      // Each item is one event with its own answer: a bad one never fails its neighbours. Under a key each item has a key
      // of its own, so a repeated batch finishes what the first one left.
      const answers = await Promise.all(
        items.map(async ({ bytes, message }, i): Promise<Answer> => {
          if (Array.isArray(message)) return invalid(message);
          try {
            const keyed = key === null ? undefined : keyedBy("batch_item", `${key}#${i}`, bytes);
            return await append(application, asked, message, hops, keyed, false, arrival, items.length);
          } catch (error) {
            if (!isNotConfirmed(error)) throw error;
            return notConfirmed();
          }
        }),
      );
      const failed = answers.filter((answer) => answer.status !== 202).length;
      const data = answers
        .map((answer, index) => `{"index":${index},"status":${answer.status},"body":${answer.body}}`)
        .join(",");
      return respond({
        status: 202,
        body: `{"accepted":${answers.length - failed},"failed":${failed},"data":[${data}]}`,
      });
    } catch (error) {
      if (!isNotConfirmed(error)) throw error;
      return respond(notConfirmed());
    }
  }

  return { createMessage, createMessages };
}

/** A message from the members of its object; or everything that is wrong with it. */
function messageOf(body: Uint8Array, members: readonly JsonMember[], at: readonly string[]): Message | Invalid[] {
  const faults: Invalid[] = [];
  let eventType: string | undefined;
  let eventId: string | undefined;
  let channels: string[] | undefined;
  let channelsText = "null";
  let tags: string[] | undefined;
  let payload: Uint8Array | undefined;
  let application: string | undefined;
  const fault = (name: string, msg: string, type: string) => faults.push({ loc: [...at, name], msg, type });
  for (const member of members) {
    switch (member.key) {
      case "eventType": {
        const text = textOf(body, member);
        if (isName(text, 256)) eventType = text;
        else
          fault(
            "eventType",
            `${quoteRaw(body, member)} should be a string of 1 to 256 letters, digits and -_.`,
            "value_error.str.regex",
          );
        break;
      }
      case "eventId": {
        if (member.kind === "null") break;
        const text = textOf(body, member);
        if (isName(text, 256)) eventId = text;
        else
          fault(
            "eventId",
            `${quoteRaw(body, member)} should be a string of 1 to 256 letters, digits and -_.`,
            "value_error.str.regex",
          );
        break;
      }
      case "channels": {
        if (member.kind === "null") break;
        const list = namesOf(body, member, CHANNELS_MAX);
        if (list === undefined)
          fault(
            "channels",
            `${quoteRaw(body, member)} should be a list of 1 to 5 different strings of 1 to 128 letters, digits and -_.`,
            "value_error.list",
          );
        else {
          channels = list;
          channelsText = JSON.stringify(list);
        }
        break;
      }
      case "tags": {
        if (member.kind === "null") break;
        tags = namesOf(body, member, TAGS_MAX);
        if (tags === undefined)
          fault(
            "tags",
            `${quoteRaw(body, member)} should be a list of 1 to ${TAGS_MAX} different strings of 1 to 128 letters, digits and -_.`,
            "value_error.list",
          );
        break;
      }
      case "payload":
        if (member.kind === "object") payload = body.subarray(member.start, member.end);
        else fault("payload", `The payload is ${article(member.kind)}; it should be an object`, "type_error.dict");
        break;
      case "application":
        if (member.kind === "object") application = Buffer.from(body.subarray(member.start, member.end)).toString();
        break;
    }
  }
  if (eventType === undefined && !faults.some(({ loc }) => loc.at(-1) === "eventType"))
    fault("eventType", "field required", "value_error.missing");
  if (payload === undefined && !faults.some(({ loc }) => loc.at(-1) === "payload"))
    fault("payload", "field required", "value_error.missing");
  if (faults.length > 0 || eventType === undefined || payload === undefined) return faults;
  return { eventType, eventId, channels, channelsText, tags, payload, application };
}

/** The items of {"messages": [ … ]}, each with its bytes; or the answer to a batch that cannot be read as one. */
function batchItems(body: Buffer, max: number): { bytes: Uint8Array; message: Message | Invalid[] }[] | Response {
  const scanned = scanObject(body);
  if (!scanned.ok)
    return respond(
      invalid([{ loc: ["body", String(scanned.at)], msg: scanned.message, type: "value_error.jsondecode" }]),
    );
  const list = scanned.members.find(({ key }) => key === "messages");
  if (list === undefined)
    return respond(invalid([{ loc: ["body", "messages"], msg: "field required", type: "value_error.missing" }]));
  const spans = list.kind === "array" ? elementSpans(body, list.start, list.end) : undefined;
  if (spans === undefined || spans.length === 0 || spans.length > max) {
    const found = spans === undefined ? article(list.kind) : `a list of ${spans.length}`;
    return respond(
      invalid([
        {
          loc: ["body", "messages"],
          msg: `messages is ${found}; it should be a list of 1 to ${max} messages`,
          type: "value_error.list",
        },
      ]),
    );
  }
  return spans.map(([start, end], i) => {
    const bytes = body.subarray(start, end);
    const item = scanObject(bytes);
    const message = item.ok
      ? messageOf(bytes, item.members, ["body", "messages", String(i)])
      : [{ loc: ["body", "messages", String(i)], msg: item.message, type: "value_error.jsondecode" }];
    return { bytes, message };
  });
}

/** Where the elements of an array lie. The document was validated before: only strings and depth matter here. */
function elementSpans(body: Uint8Array, start: number, end: number): [number, number][] {
  const spans: [number, number][] = [];
  let depth = 0;
  let from = -1;
  for (let i = start + 1; i < end - 1; i++) {
    const byte = body[i] as number; // i is within the body.
    if (byte === 0x22) {
      if (from < 0) from = i;
      for (i++; body[i] !== 0x22; i++) if (body[i] === 0x5c) i++;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (from < 0) from = i;
      depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    } else if (byte === 0x2c && depth === 0) {
      spans.push([from, i]);
      from = -1;
    } else if (from < 0 && byte > 0x20) {
      from = i;
    }
  }
  if (from >= 0) spans.push([from, end - 1]);
  return spans;
}

function textOf(body: Uint8Array, member: JsonMember): string | undefined {
  return member.kind === "string"
    ? (JSON.parse(Buffer.from(body.subarray(member.start, member.end)).toString()) as string)
    : undefined;
}

function isName(text: string | undefined, max: number): text is string {
  return text !== undefined && text.length > 0 && text.length <= max && NAME.test(text);
}

function namesOf(body: Uint8Array, member: JsonMember, max: number): string[] | undefined {
  if (member.kind !== "array") return undefined;
  const list: unknown = JSON.parse(Buffer.from(body.subarray(member.start, member.end)).toString());
  if (!Array.isArray(list) || list.length < 1 || list.length > max || new Set(list).size !== list.length)
    return undefined;
  return list.every((item): item is string => typeof item === "string" && isName(item, 128)) ? list : undefined;
}

function messageBody(id: string, message: Message, withContent: boolean): string {
  const eventId = message.eventId === undefined ? "null" : JSON.stringify(message.eventId);
  const payload = withContent
    ? Buffer.from(message.payload.buffer, message.payload.byteOffset, message.payload.length).toString()
    : "{}";
  const tags = message.tags === undefined ? "" : `"tags":${JSON.stringify(message.tags)},`;
  return `{"channels":${message.channelsText},"eventId":${eventId},"eventType":"${message.eventType}","id":"${publicId("msg", id)}","payload":${payload},${tags}"timestamp":"${new Date(idTimeMs(id)).toISOString()}"}`;
}

function respond(answer: Answer): Response {
  const headers =
    answer.retryAfterSeconds === undefined
      ? JSON_HEADERS
      : { ...JSON_HEADERS, "retry-after": String(answer.retryAfterSeconds) };
  return new Response(answer.body, { status: answer.status, headers });
}

function errorBody(code: string, detail: string): string {
  return JSON.stringify({ code, detail });
}

function invalid(faults: readonly Invalid[]): Answer {
  return { status: 422, body: JSON.stringify({ detail: faults }) };
}

/** A token for one application is for it under its id, whoever has the uid by then that let the request in. */
function nameFor(principal: Principal, asked: string): string {
  return principal.appId === undefined ? asked : publicId("app", principal.appId);
}

/** The database could not be asked who it is, or for the application. */
function notAsked(error: unknown): Response {
  if (!isNotConfirmed(error)) throw error;
  const detail = "The database cannot be reached. Nothing was accepted; retrying is safe.";
  return respond({ status: 503, body: errorBody("database_unavailable", detail), retryAfterSeconds: 2 });
}

function noApplication(asked: string): Answer {
  return { status: 404, body: errorBody("not_found", `There is no application ${quote(asked)}`) };
}

function notThisOne(asked: string): Answer {
  const msg = `The application should be one to create, with the uid ${quote(asked)} that the message is sent to, or none`;
  return invalid([{ loc: ["body", "application"], msg, type: "value_error" }]);
}

function overQuota(application: Application, waitMs: number): Answer {
  const detail = `The application ${publicId("app", application.id)} is over its quota of events per second. Nothing was accepted`;
  return {
    status: 429,
    body: errorBody("events_per_second_exceeded", detail),
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  };
}

function tooManyBodies(): Answer {
  const detail = "More is being sent here at once than this process may hold. Nothing was accepted; retrying is safe.";
  return { status: 503, body: errorBody("overloaded", detail), retryAfterSeconds: 1 };
}

function notConfirmed(): Answer {
  return {
    status: 503,
    body: errorBody("not_confirmed", "The commit was not confirmed; retrying with the same Idempotency-Key is safe"),
    retryAfterSeconds: 1,
  };
}

function badKey(key: string): Answer {
  return {
    status: 422,
    body: JSON.stringify({
      detail: [
        {
          loc: ["header", "idempotency-key"],
          msg: `${quote(key)} should be 1 to 256 printable ASCII characters`,
          type: "value_error.str.regex",
        },
      ],
    }),
  };
}

function tooLarge(bytes: number, max: number): Answer {
  return { status: 413, body: errorBody("body_too_large", `The body has ${bytes} bytes; at most ${max} are allowed`) };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function quoteRaw(body: Uint8Array, member: JsonMember): string {
  const text = Buffer.from(body.subarray(member.start, Math.min(member.end, member.start + 100))).toString();
  return member.end - member.start > 100 ? `${text}…` : text;
}

function article(kind: JsonMember["kind"]): string {
  return kind === "array" || kind === "object" ? `an ${kind}` : kind === "null" ? "null" : `a ${kind}`;
}
