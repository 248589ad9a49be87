// A page of a customer's product that is made with Svix's hooks: each shows as text what it knows, and does what it can at the press of a button.
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { type MessageAttemptOut, Svix } from "svix";
import {
  AppPortal,
  SvixProvider,
  useAttemptedMessages,
  useAttemptFunctions,
  useEndpoint,
  useEndpointFunctions,
  useEndpointHeaders,
  useEndpointMessageAttempts,
  useEndpointSecret,
  useEndpointStats,
  useEndpoints,
  useEventTypes,
  useMessage,
  useMessageAttempts,
  useMessageEndpoints,
  useMessages,
  useNewEndpoint,
} from "svix-react";

interface Entity {
  readonly data: unknown;
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** What a hook knows, as text that a test can wait for. */
function Known({ name, of }: { readonly name: string; readonly of: Entity }) {
  return (
    <section>
      <button type="button" id={`${name}-reload`} onClick={of.reload}>
        reload
      </button>
      <pre id={name}>{of.error ? `error: ${of.error}` : of.loading ? "loading" : JSON.stringify(of.data)}</pre>
    </section>
  );
}

function Act({ name, does }: { readonly name: string; readonly does: () => Promise<unknown> }) {
  const [said, setSaid] = useState("");
  const go = () => {
    setSaid("…");
    does().then(
      (done) => setSaid(`done: ${JSON.stringify(done) ?? ""}`),
      (error) => setSaid(`error: ${error}`),
    );
  };
  return (
    <p>
      <button type="button" id={`${name}-go`} onClick={go}>
        {name}
      </button>
      <output id={name}>{said}</output>
    </p>
  );
}

function Resend({ attempt }: { readonly attempt: MessageAttemptOut }) {
  return <Act name="resend" does={useAttemptFunctions(attempt).resendAttempt} />;
}

function All({
  endpointId,
  messageId,
  url,
}: {
  readonly endpointId: string;
  readonly messageId: string;
  readonly url: string;
}) {
  const endpoints = useEndpoints({ limit: 1 });
  const secret = useEndpointSecret(endpointId);
  const headers = useEndpointHeaders(endpointId);
  const fresh = useNewEndpoint();
  const attempts = useMessageAttempts(messageId);
  const { updateEndpoint, recoverEndpointMessages, deleteEndpoint } = useEndpointFunctions(endpointId);
  const first = attempts.data?.[0];
  return (
    <>
      <Known name="endpoints" of={endpoints} />
      <button type="button" id="endpoints-next" disabled={!endpoints.hasNextPage} onClick={endpoints.nextPage}>
        next
      </button>
      <Known name="endpoint" of={useEndpoint(endpointId)} />
      <Known name="secret" of={secret} />
      <Known name="headers" of={headers} />
      <Known name="stats" of={useEndpointStats(endpointId)} />
      <Known name="event-types" of={useEventTypes()} />
      <Known name="messages" of={useMessages({ withContent: true })} />
      <Known name="message" of={useMessage(messageId)} />
      <Known name="attempts" of={attempts} />
      <Known name="endpoint-attempts" of={useEndpointMessageAttempts(endpointId, { withMsg: true })} />
      <Known name="attempted-messages" of={useAttemptedMessages(endpointId)} />
      <Known name="destinations" of={useMessageEndpoints(messageId)} />
      <input id="url" value={fresh.url.value} onChange={(event) => fresh.url.setValue(event.target.value)} />
      <Act name="create" does={fresh.createEndpoint} />
      <Act name="update" does={() => updateEndpoint({ url, description: "Updated by a hook", version: 2 })} />
      <Act name="rotate" does={() => secret.rotateSecret({})} />
      <Act name="set-headers" does={() => headers.updateEndpointHeaders({ headers: { "x-one": "1", "x-two": "2" } })} />
      <Act
        name="patch-headers"
        does={() => headers.patchEndpointHeaders({ headers: { "x-one": "one" }, deleteHeaders: ["x-two"] })}
      />
      <Act name="recover" does={() => recoverEndpointMessages({ since: new Date(Date.now() - 3_600_000) })} />
      <Act name="delete" does={deleteEndpoint} />
      {first !== undefined && <Resend attempt={first} />}
    </>
  );
}

// svix-react was written for version 1 of `svix`; version 2 calls two of the methods it needs by other names.
const methods: Record<string, unknown> = Object.getPrototypeOf(new Svix("none").endpoint);
methods["update"] ??= methods["upsert"];
methods["updateHeaders"] ??= methods["setHeaders"];

const given = new URLSearchParams(location.search);
const of = (name: string): string => given.get(name) ?? "";
const place = document.getElementById("root");
if (place === null) throw new Error("The page has no place for the hooks.");
createRoot(place).render(
  given.has("portal") ? (
    <AppPortal url={of("portal")} fullSize />
  ) : (
    <SvixProvider token={of("token")} appId={of("app")} options={{ serverUrl: of("server") }}>
      <All endpointId={of("endpoint")} messageId={of("message")} url={of("url")} />
    </SvixProvider>
  ),
);
