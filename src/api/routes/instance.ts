import { type Queryable, schemaHistory, serverFacts } from "#kernel";
import type { InstanceDeps, Scope } from "../http/deps.ts";
import { route } from "../http/operation.ts";
import { json, type Reply, refuse } from "../http/reply.ts";
import { InstanceOut, InstancePatch, PROCESS_HEADER } from "../schemas/instance.ts";

const tag = "Instance";
const headers = { [PROCESS_HEADER]: "The process that answered; others keep their own" };

async function answer(q: Queryable, version: string, instance: InstanceDeps, logLevel: string): Promise<Reply> {
  const facts = await serverFacts(q);
  const body = {
    process: instance.process,
    version,
    bun: Bun.version,
    platform: `${process.platform} ${process.arch}`,
    startedAt: instance.startedAt.toISOString(),
    roles: instance.roles,
    schema: (await schemaHistory(q)).map((applied) => ({ ...applied, appliedAt: applied.appliedAt.toISOString() })),
    postgres: { version: facts.version, embedded: instance.embedded, settings: facts.settings },
    settings: instance.settings,
    retention: { days: instance.retentionMs / 86_400_000 },
    log: { level: logLevel },
  };
  return json(200, body, { [PROCESS_HEADER]: instance.process });
}

function withInstance<A>(
  handle: (asked: A, scope: Scope, instance: InstanceDeps) => Promise<Reply>,
): (asked: A, scope: Scope) => Promise<Reply> {
  return async (asked, scope) => {
    const { instance } = scope.deps;
    return instance === undefined
      ? refuse(503, "served_elsewhere", "This process tells nothing of itself")
      : handle(asked, scope, instance);
  };
}

export const instanceRoutes = [
  route(
    {
      method: "get",
      path: "/api/v1/instance",
      operationId: "v1.instance.get",
      access: "admin",
      tag,
      summary: "What runs here",
      description:
        "Versions, schema, the database's settings and those of the process that answered; secrets are masked.",
      responses: { 200: { description: "The process that answered", schema: InstanceOut, headers } },
    },
    withInstance((_, { q, deps }, instance) => answer(q, deps.version, instance, instance.logLevel())),
  ),
  route(
    {
      method: "patch",
      path: "/api/v1/instance",
      operationId: "v1.instance.patch",
      access: "admin",
      tag,
      summary: "Change what the process that answers writes to its log",
      description: "Until it ends. `kill -USR2` does the same without a token: info, debug, trace, and round again.",
      body: InstancePatch,
      responses: { 200: { description: "The process that answered", schema: InstanceOut, headers } },
    },
    withInstance(async ({ body }, { q, deps, afterCommit }, instance) => {
      const { logLevel } = body;
      if (logLevel !== undefined) afterCommit(() => instance.setLogLevel(logLevel));
      return answer(q, deps.version, instance, logLevel ?? instance.logLevel());
    }),
  ),
];
