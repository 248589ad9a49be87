// What stands in the audit log, in words: one phrase for what was done, and one for what somebody wanted to do and was refused.

interface Phrase {
  readonly did: string;
  readonly to: string;
}

const phrase = (did: string, to: string): Phrase => ({ did, to });

/** Of each noun with the plain verbs, by what stands in the operation's name. */
const NOUNS: Readonly<Record<string, string>> = {
  "api-key": "the key",
  application: "the application",
  endpoint: "the endpoint",
  "event-type": "the event type",
  "operational-webhook.endpoint": "the operational webhook",
  source: "the source",
};

const VERBS: Readonly<Record<string, readonly [did: string, to: string]>> = {
  create: ["created", "create"],
  update: ["changed", "change"],
  patch: ["changed", "change"],
  delete: ["deleted", "delete"],
  pause: ["paused", "pause"],
  resume: ["resumed", "resume"],
  probe: ["let a request through to", "let a request through to"],
  rotate: ["rotated the token of", "rotate the token of"],
  "rotate-secret": ["rotated the secret of", "rotate the secret of"],
  "get-secret": ["looked at the secret of", "look at the secret of"],
  "get-secrets": ["looked at the secrets of", "look at the secrets of"],
  "get-headers": ["looked at the headers of", "look at the headers of"],
  "update-headers": ["replaced the headers of", "replace the headers of"],
  "patch-headers": ["changed the headers of", "change the headers of"],
  recover: ["had what failed sent again to", "have what failed sent again to"],
  "replay-missing": ["had what is missing sent to", "have what is missing sent to"],
  "send-example": ["sent an example to", "send an example to"],
};

const OWN: Readonly<Record<string, Phrase>> = {
  "v1.api-key.delete": phrase("revoked the key", "revoke the key"),
  "v1.app.replay": phrase("began the replay", "begin a replay of"),
  "v1.background-task.cancel": phrase("cancelled the replay", "cancel the replay"),
  "v1.background-task.pause": phrase("paused the replay", "pause the replay"),
  "v1.background-task.resume": phrase("resumed the replay", "resume the replay"),
  "v1.app.background-task.cancel": phrase("cancelled the replay", "cancel the replay"),
  "v1.app.background-task.pause": phrase("paused the replay", "pause the replay"),
  "v1.app.background-task.resume": phrase("resumed the replay", "resume the replay"),
  "v1.authentication.app-portal-access": phrase("made a portal link for", "make a portal link for"),
  "v1.authentication.expire-all": phrase("ended the portal sessions of", "end the portal sessions of"),
  "v1.authentication.logout": phrase("signed out", "sign out"),
  "v1.audit.export": phrase("exported the audit log", "export the audit log"),
  "v1.delivery.cancel": phrase("cancelled deliveries of", "cancel deliveries of"),
  "v1.delivery.expire": phrase("forgot dead letters of", "forget dead letters of"),
  "v1.delivery.hold": phrase("held deliveries of", "hold deliveries of"),
  "v1.delivery.release": phrase("released deliveries of", "release deliveries of"),
  "v1.delivery.requeue": phrase("sent dead letters again to", "send dead letters again to"),
  "v1.flow.backtest": phrase(
    "tried a definition on past runs of the flow",
    "try a definition on past runs of the flow",
  ),
  "v1.flow.check": phrase("checked a definition", "check a definition"),
  "v1.flow.delete": phrase("deleted the flow", "delete the flow"),
  "v1.flow.patch": phrase("changed the mode of the flow", "change the mode of the flow"),
  "v1.flow.put": phrase("saved the flow", "save the flow"),
  "v1.flow.rerun.cancel": phrase("stopped a rerun of many of the flow", "stop a rerun of many of the flow"),
  "v1.flow.rerun.create": phrase("began a rerun of many of the flow", "begin a rerun of many of the flow"),
  "v1.flow.start": phrase("started a run of the flow", "start a run of the flow"),
  "v1.flow.start-batch": phrase("started runs of the flow", "start runs of the flow"),
  "v1.flow.version.deploy": phrase("deployed a version of the flow", "deploy a version of the flow"),
  "v1.flow-secret.delete": phrase("deleted the secret", "delete the secret"),
  "v1.flow-secret.put": phrase("set or granted the secret", "set or grant the secret"),
  "v1.run.approve": phrase("decided for the run", "decide for the run"),
  "v1.run.cancel": phrase("cancelled the run", "cancel the run"),
  "v1.run.rerun": phrase("ran again the run", "run again the run"),
  "v1.instance.patch": phrase("changed what a process logs", "change what a process logs"),
  "v1.message.create": phrase("sent the message", "send a message"),
  "v1.message.create-batch": phrase("sent messages", "send messages"),
  "v1.message.expunge-content": phrase("erased the payload of the message", "erase the payload of the message"),
  "v1.message-attempt.expunge-content": phrase("erased the answer of the attempt", "erase the answer of the attempt"),
  "v1.message-attempt.resend": phrase("sent a message again to", "send a message again to"),
  "v1.portal-theme.update": phrase("changed the portal's theme", "change the portal's theme"),
  "v1.portal-theme.update-of-application": phrase("changed the portal's theme of", "change the portal's theme of"),
  "v1.task.cancel": phrase("cancelled the task", "cancel the task"),
  "v1.task.create": phrase("enqueued the task", "enqueue a task"),
  "v1.task.create-batch": phrase("enqueued tasks", "enqueue tasks"),
  "v1.task.retry": phrase("had the task tried again", "have the task tried again"),
  "v1.task.retry-many": phrase("had failed tasks tried again", "have failed tasks tried again"),
  "v1.task-queue.patch": phrase("changed the queue", "change the queue"),
  "v1.worker.heartbeat": phrase("said that it lives as a worker", "say that it lives as a worker"),
  "v1.worker.lease": phrase("took tasks", "take tasks"),
  "v1.worker.leave": phrase("left as a worker", "leave as a worker"),
  "v1.worker.report": phrase("reported tasks", "report tasks"),
  patch_application: phrase("changed the application", "change the application"),
  patch_endpoint: phrase("changed the endpoint", "change the endpoint"),
  patch_event_type: phrase("changed the event type", "change the event type"),
  patch_operational_webhook_endpoint: phrase("changed the operational webhook", "change the operational webhook"),
  resend_operational_webhook: phrase("sent an operational message again", "send an operational message again"),
};

/** Undefined for an operation that nobody has put into words: its name has to do then. */
export function phraseOf(operation: string): Phrase | undefined {
  const own = OWN[operation];
  if (own !== undefined) return own;
  const [, noun = "", verb = ""] = /^v1\.(.+)\.([^.]+)$/.exec(operation) ?? [];
  const known = VERBS[verb];
  const what = NOUNS[noun];
  return known === undefined || what === undefined ? undefined : phrase(`${known[0]} ${what}`, `${known[1]} ${what}`);
}

export interface Deed {
  readonly operation: string;
  readonly method: string;
  readonly status: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What was done, was counted only, or was refused: the predicate of the sentence about an entry. */
export function predicateOf({ operation, method, status, detail }: Deed): string {
  const known = phraseOf(operation);
  const wanted = known?.to ?? (method === "GET" ? `read (${operation})` : `use ${operation}:`);
  if (status >= 400) return `wanted to ${wanted}`;
  if (askedOf(detail, "dryRun") === true) return `counted what it would mean to ${wanted}`;
  return known?.did ?? `used ${operation}:`;
}

/** A member of the body that was asked with, as far as it was recorded. */
export function askedOf(detail: Deed["detail"], name: string): unknown {
  const { body } = detail;
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}

/** How a refusal reads. */
export function refusalOf(status: number): string {
  switch (status) {
    case 401:
      return "Refused: not known";
    case 403:
      return "Refused: not allowed";
    case 404:
      return "Refused: nothing there";
    default:
      return `Refused: ${status}`;
  }
}

/** Operations to filter by: those with words. */
export const OPERATIONS: readonly { readonly id: string; readonly label: string }[] = [
  ...Object.keys(NOUNS).flatMap((noun) =>
    (["create", "update", "delete"] as const).map((verb) => `v1.${noun}.${verb}`),
  ),
  "v1.api-key.patch",
  "v1.api-key.rotate",
  "v1.endpoint.get-secret",
  "v1.endpoint.rotate-secret",
  "v1.endpoint.pause",
  "v1.endpoint.resume",
  "v1.endpoint.probe",
  "v1.source.get-secrets",
  "v1.source.rotate-secret",
  ...Object.keys(OWN).filter((name) => !name.startsWith("v1.message.create") && name !== "v1.api-key.delete"),
]
  .filter((id) => id !== "v1.api-key.update")
  .map((id) => ({ id, label: phraseOf(id)?.did ?? id }))
  .toSorted((a, b) => a.label.localeCompare(b.label, "en"));
