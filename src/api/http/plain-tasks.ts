import {
  PRIORITY_MAX,
  TASK_BATCH_MAX,
  TASK_NAME,
  TASK_VALUE_BYTES_MAX,
  type TaskResult,
  TIMEOUT_MS_MAX,
  TIMEOUT_MS_MIN,
} from "#flows";
import { parsePublicId } from "#kernel";
import { PlainJson } from "./plain-json.ts";

// What workers and those who enqueue say mostly: the bodies that carry the traffic. Held against the schema of its operation, and read into
// values and written again, a task costs the engine three times as much.

const NULL = Buffer.from("null");
const ATTEMPT_MAX = 32_767;
const TOKEN = /^\d{1,19}$/;

/** A task to be enqueued, with nothing special about it. */
export interface PlainTask {
  readonly name: string;
  /** JSON, as it was sent. */
  readonly input: Uint8Array;
  readonly queue: string | undefined;
  readonly priority: number | undefined;
  readonly timeoutMs: number | undefined;
}

/** The body of POST …/task. */
export function plainTask(body: Uint8Array): PlainTask | undefined {
  const tasks: PlainTask[] = [];
  return PlainJson.read(body, (json) => taskOf(json, tasks)) ? tasks[0] : undefined;
}

/** The body of POST …/task/batch. */
export function plainTasks(body: Uint8Array): readonly PlainTask[] | undefined {
  const tasks: PlainTask[] = [];
  const isPlain = PlainJson.read(body, (json) =>
    json.members(
      (name) => name === "tasks" && tasks.length === 0 && json.items(TASK_BATCH_MAX, () => taskOf(json, tasks)),
    ),
  );
  return isPlain && tasks.length > 0 ? tasks : undefined;
}

function taskOf(json: PlainJson, to: PlainTask[]): boolean {
  let name: string | undefined;
  let input: Uint8Array | undefined;
  let queue: string | undefined;
  let priority: number | undefined;
  let timeoutMs: number | undefined;
  const isWhole = json.members((member) => {
    switch (member) {
      case "name":
        if (name !== undefined) return false;
        name = json.text();
        return isName(name);
      case "input":
        if (input !== undefined) return false;
        input = json.span();
        return isValue(input);
      case "queue":
        if (queue !== undefined) return false;
        queue = json.text();
        return isName(queue);
      case "priority":
        if (priority !== undefined) return false;
        priority = json.integer();
        return isWithin(priority, -PRIORITY_MAX, PRIORITY_MAX);
      case "timeoutMs":
        if (timeoutMs !== undefined) return false;
        timeoutMs = json.integer();
        return isWithin(timeoutMs, TIMEOUT_MS_MIN, TIMEOUT_MS_MAX);
      default:
        return false;
    }
  });
  if (!isWhole || name === undefined) return false;
  to.push({ name, input: input ?? NULL, queue, priority, timeoutMs });
  return true;
}

export interface PlainReport {
  readonly token: string;
  readonly results: readonly TaskResult[];
  /** Of each result, as it was sent. */
  readonly ids: readonly string[];
}

/** The body of POST …/worker/report, when all that it tells of was completed. */
export function plainReport(body: Uint8Array): PlainReport | undefined {
  let token: string | undefined;
  const results: TaskResult[] = [];
  const ids: string[] = [];
  const isPlain = PlainJson.read(body, (json) =>
    json.members((name) => {
      switch (name) {
        case "token":
          if (token !== undefined) return false;
          token = json.text();
          return token !== undefined && TOKEN.test(token);
        case "results":
          return results.length === 0 && json.items(TASK_BATCH_MAX, () => resultOf(json, results, ids));
        default:
          return false;
      }
    }),
  );
  return isPlain && token !== undefined && results.length > 0 ? { token, results, ids } : undefined;
}

function resultOf(json: PlainJson, to: TaskResult[], ids: string[]): boolean {
  let publicId: string | undefined;
  let attempt: number | undefined;
  let output: Uint8Array | undefined;
  let isOk = false;
  const isWhole = json.members((member) => {
    switch (member) {
      case "id":
        if (publicId !== undefined) return false;
        publicId = json.text();
        return publicId !== undefined;
      case "attempt":
        if (attempt !== undefined) return false;
        attempt = json.integer();
        return isWithin(attempt, 1, ATTEMPT_MAX);
      case "ok":
        if (isOk) return false;
        isOk = json.isTrue();
        return isOk;
      case "output":
        if (output !== undefined) return false;
        output = json.span();
        return isValue(output);
      default:
        return false;
    }
  });
  const id = publicId === undefined ? undefined : parsePublicId("task", publicId);
  if (!isWhole || publicId === undefined || id === undefined || attempt === undefined || !isOk) return false;
  to.push({ kind: "completed", id, attempt, output: output ?? NULL });
  ids.push(publicId);
  return true;
}

const isName = (name: string | undefined) => name !== undefined && TASK_NAME.test(name);
const isWithin = (n: number | undefined, min: number, max: number) => n !== undefined && n >= min && n <= max;
/** One that is too large is refused with the words of the other way. */
const isValue = (span: Uint8Array | undefined) => span !== undefined && span.length <= TASK_VALUE_BYTES_MAX;
