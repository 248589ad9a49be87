import { endOwedOfErased, eraseResponse } from "#delivery";
import { erasePayload } from "#events";
import { parsePublicId } from "#kernel";
import { route } from "../http/operation.ts";
import { notFound } from "../http/reply.ts";
import { attemptParams } from "../schemas/attempt.ts";
import { messageParams } from "../schemas/message.ts";
import { onMessage } from "./within.ts";

export const expungeRoutes = [
  route(
    {
      method: "delete",
      path: "/api/v1/app/{app_id}/msg/{msg_id}/content",
      operationId: "v1.message.expunge-content",
      access: "write",
      tag: "Message",
      summary: "Erase a message's payload",
      description:
        "For good. What is owed of it and waits ends as a dead letter, reason `erased`; what is in the hands of a process at this moment was read before, and is sent. Its attempts stay.",
      params: messageParams,
      responses: { 204: { description: "no content" } },
    },
    onMessage(async ({ params }, { q }, event, application) => {
      if (!(await erasePayload(q, application.id, event.id))) return notFound("message", params.msg_id);
      await endOwedOfErased(q, event.id);
      return { status: 204 };
    }),
  ),
  route(
    {
      method: "delete",
      path: "/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}/content",
      operationId: "v1.message-attempt.expunge-content",
      access: "write",
      tag: "Message Attempt",
      summary: "Erase what a receiver answered",
      description: "Body and headers of the answer, for good. That it answered, and how, stays.",
      params: attemptParams,
      responses: { 204: { description: "no content" } },
    },
    onMessage(async ({ params }, { q }, event) => {
      const id = parsePublicId("atmpt", params.attempt_id);
      const erased = id !== undefined && (await eraseResponse(q, event.id, id));
      return erased ? { status: 204 } : notFound("attempt", params.attempt_id);
    }),
  ),
];
