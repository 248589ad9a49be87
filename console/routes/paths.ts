// Every address of the console, in one place: whoever links somewhere asks here, whether that page is in the build yet or not.
const part = encodeURIComponent;
const app = (appId: string): string => `/apps/${part(appId)}`;
const endpoint = (appId: string, endpointId: string): string => `${app(appId)}/endpoints/${part(endpointId)}`;
const flow = (appId: string, flowId: string): string => `${app(appId)}/flows/${part(flowId)}`;
const source = (appId: string, sourceId: string): string => `${app(appId)}/sources/${part(sourceId)}`;

export const paths = {
  overview: "/",
  tail: "/tail",
  signIn: "/sign-in",

  apps: "/apps",
  app,
  appSettings: (appId: string) => `${app(appId)}/settings`,
  messages: (appId: string) => `${app(appId)}/messages`,
  message: (appId: string, messageId: string) => `${app(appId)}/messages/${part(messageId)}`,
  endpoints: (appId: string) => `${app(appId)}/endpoints`,
  newEndpoint: (appId: string) => `${app(appId)}/endpoints/new`,
  endpoint,
  endpointOwed: (appId: string, endpointId: string) => `${endpoint(appId, endpointId)}/owed`,
  endpointDead: (appId: string, endpointId: string) => `${endpoint(appId, endpointId)}/dead`,
  endpointAttempts: (appId: string, endpointId: string) => `${endpoint(appId, endpointId)}/attempts`,
  endpointSettings: (appId: string, endpointId: string) => `${endpoint(appId, endpointId)}/settings`,
  sources: (appId: string) => `${app(appId)}/sources`,
  newSource: (appId: string) => `${app(appId)}/sources/new`,
  source,
  sourceRejections: (appId: string, sourceId: string) => `${source(appId, sourceId)}/rejections`,
  sourceSettings: (appId: string, sourceId: string) => `${source(appId, sourceId)}/settings`,

  flows: (appId: string) => `${app(appId)}/flows`,
  newFlow: (appId: string) => `${app(appId)}/flows/new`,
  flow,
  flowGraph: (appId: string, flowId: string) => `${flow(appId, flowId)}/graph`,
  flowDefinition: (appId: string, flowId: string) => `${flow(appId, flowId)}/definition`,
  flowVersions: (appId: string, flowId: string) => `${flow(appId, flowId)}/versions`,
  flowRuns: (appId: string, flowId: string) => `${flow(appId, flowId)}/runs`,
  flowSettings: (appId: string, flowId: string) => `${flow(appId, flowId)}/settings`,
  runs: (appId: string) => `${app(appId)}/runs`,
  run: (appId: string, runId: string) => `${app(appId)}/runs/${part(runId)}`,
  approvals: (appId: string) => `${app(appId)}/approvals`,
  tasks: (appId: string) => `${app(appId)}/tasks`,
  taskList: (appId: string) => `${app(appId)}/tasks/all`,
  workers: (appId: string) => `${app(appId)}/tasks/workers`,
  task: (appId: string, taskId: string) => `${app(appId)}/tasks/one/${part(taskId)}`,
  flowSecrets: (appId: string) => `${app(appId)}/flow-secrets`,

  eventTypes: "/event-types",
  newEventType: "/event-types/new",
  eventType: (name: string) => `/event-types/${part(name)}`,

  replays: "/replays",
  newReplay: "/replays/new",
  replay: (taskId: string) => `/replays/${part(taskId)}`,

  operationalWebhooks: "/operational-webhooks",
  newOperationalWebhook: "/operational-webhooks/new",
  operationalWebhookTypes: "/operational-webhooks/types",
  operationalWebhook: (endpointId: string) => `/operational-webhooks/${part(endpointId)}`,
  operationalWebhookSettings: (endpointId: string) => `/operational-webhooks/${part(endpointId)}/settings`,

  settings: "/settings",
  keys: "/settings/keys",
  audit: "/settings/audit",
  retention: "/settings/retention",
  portal: "/settings/portal",
  configuration: "/settings/configuration",
  about: "/settings/about",
} as const;
