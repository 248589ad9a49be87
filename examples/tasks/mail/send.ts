// `mail.send`: a task with a typed input, a time of its own, and errors that say what follows from them.
import { PermanentError, RetryableError, task } from "posthorn/tasks";
import { z } from "zod";

export default task(
  {
    input: z.object({ to: z.email(), subject: z.string().min(1), body: z.string() }),
    queue: "mail",
    timeout: "30s",
    retry: { attempts: 8, wait: "2s", max: "10m" },
    // Two of the same subject to the same person within an hour are one.
    unique: ({ to, subject }) => ({ key: `${to} ${subject}`, for: "1h" }),
  },
  async ({ to, subject, body }, { key, signal, log }) => {
    const response = await fetch(process.env["MAIL_URL"] ?? "https://mail.example.com/send", {
      method: "POST",
      // The same on every attempt: a mail that was sent and not confirmed is not sent twice.
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ to, subject, body }),
      signal,
    });
    if (response.status === 422) throw new PermanentError(`The address ${to} is refused`, { code: "address_refused" });
    if (response.status === 429) {
      throw new RetryableError("The provider asks for patience", {
        code: "rate_limited",
        retryAfterMs: 1_000 * Number(response.headers.get("retry-after") ?? 30),
      });
    }
    if (!response.ok) throw new Error(`The provider answered ${response.status}`);
    log.info("A mail was sent.", { to });
    return { messageId: response.headers.get("x-message-id") };
  },
);
