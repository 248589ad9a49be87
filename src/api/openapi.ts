import { OpenAPIHono } from "@hono/zod-openapi";
import { routes } from "./routes/index.ts";
import { errorResponses } from "./schemas/errors.ts";

const TAGS = [
  ["Application", "Tenants: the customers whose events, endpoints and sources these are."],
  ["Event Type", "What kinds of events there are."],
  ["Endpoint", "Where webhooks go out."],
  ["Message", "Events: accepted facts, immutable."],
  ["Message Attempt", "Every request that was made to deliver a message, and what came of it."],
  ["Delivery", "Messages owed to an endpoint, and those that will not be sent any more. Not part of Svix's API."],
  ["Background Task", "Replays and recoveries, which go on by themselves."],
  ["Operational Webhook", "What the installation tells its owner. Partly Svix's."],
  ["Find", "From an id to what it names. Not part of Svix's API."],
  ["Source", "Where webhooks come in. Not part of Svix's API."],
  ["Flow", "Automations: what they are, and how their runs go. Not part of Svix's API."],
  ["Flow Secret", "Values that flows put into headers: granted by name, shown by nothing. Not part of Svix's API."],
  ["Run", "One execution of a flow. Not part of Svix's API."],
  ["Approval", "What flows ask of people. Not part of Svix's API."],
  ["Overview", "How the installation is, and was. Not part of Svix's API."],
  ["Task", "Work that users' own programs do. Not part of Svix's API."],
  ["Worker", "The programs that do tasks, and how they take them. Not part of Svix's API."],
  ["Tail", "What happens, as it happens. Not part of Svix's API."],
  ["Instance", "The process that answers, for its operators. Not part of Svix's API."],
  ["Authentication", "Who a token is, and the portal's tokens."],
  ["API Key", "Who may use this API, for what and how long. Not part of Svix's API."],
  ["Portal", "What an application's own users see. Not part of Svix's API."],
  ["Audit", "Who changed what. Not part of Svix's API."],
  ["Health", "Whether the server answers."],
] as const;

const DESCRIPTION = `Webhooks in, one durable log, flows and tasks on it, webhooks out.

The operations that Svix has too are served as Svix serves them: its clients work unchanged. What is ours stands beside them and
says so. Wherever an id goes, a uid goes too.

- **Errors** are \`{code, detail}\`; the code is stable. A request that does not fit its schema is answered 422 with every fault.
- **Lists** go on with \`iterator\` and back with \`prevIterator\` until \`done\`.
- **Idempotency-Key** on any POST: the first answer is given again to the same request for 24 hours.
- **503** means not confirmed, or not available; ask again after Retry-After, with the same key.`;

/** The OpenAPI 3.1 document of the API, made from the schemas that requests are held against. */
export function openApiDocument(version: string): Record<string, unknown> {
  const generator = new OpenAPIHono();
  generator.openAPIRegistry.registerComponent("securitySchemes", "HTTPBearer", {
    type: "http",
    scheme: "bearer",
    description:
      "The root token, or one of a key or a portal session, as `Authorization: Bearer <token>`. Each operation says in `x-posthorn-access` which permission it takes",
  });
  for (const { document } of routes) generator.openAPIRegistry.registerPath(document);
  generator.openAPIRegistry.registerPath({
    method: "get",
    path: "/api/v1/health",
    operationId: "v1.health.get",
    "x-posthorn-access": "public",
    security: [],
    tags: ["Health"],
    summary: "Whether the server answers",
    description: "Needs no token. HEAD does the same. `/livez`, `/readyz` and `/startupz` tell a scheduler more.",
    responses: { 204: { description: "no content" }, ...errorResponses },
  });
  const document = generator.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Posthorn API",
      version,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    tags: TAGS.map(([name, description]) => ({ name, description })),
    security: [{ HTTPBearer: [] }],
  });
  const paths = document.paths ?? {};
  const health = paths["/api/v1/health"];
  // The same operation under another method may not carry the same id twice.
  if (health?.get !== undefined) health.head = { ...health.get, operationId: "v1.health.head" };
  return { ...document };
}
