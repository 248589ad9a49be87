import type { Dashboard } from "./panel.ts";
import { here, percentile, percentiles, perSecond, told } from "./promql.ts";

export const flows: Dashboard = {
  uid: "posthorn-flows",
  title: "Posthorn: flows and tasks",
  says: "Automations and the work of workers: what begins, how it ends, what waits although it could go.",
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Runs that fail, 1 hour",
          says: "Of those that ended. Failures with the same cause stand together on the page of their flow.",
          unit: "percentunit",
          query: "posthorn:runs_failed:ratio_rate1h",
          warn: 0.02,
          bad: 0.1,
        },
        {
          kind: "number",
          title: "Oldest run that is due",
          says: "How long it has waited for a process with room.",
          unit: "s",
          query: told("posthorn_queue_oldest_age_seconds", undefined, 'role="flows"'),
          warn: 30,
          bad: 120,
        },
        {
          kind: "number",
          title: "Oldest task",
          says: "How long it has waited for a worker. Paused queues are left out.",
          unit: "s",
          query: told("posthorn_queue_oldest_age_seconds", undefined, 'role="tasks"'),
          warn: 120,
          bad: 600,
        },
        {
          kind: "number",
          title: "Most belated schedule",
          says: "How long ago its moment passed.",
          unit: "s",
          query: told("posthorn_flow_schedule_late_seconds"),
          warn: 30,
          bad: 120,
        },
      ],
    },
    {
      title: "Runs",
      panels: [
        {
          kind: "lines",
          title: "Runs that ended",
          says: "By how they ended.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_runs_ended_total", "state"), legend: "{{state}}" }],
        },
        {
          kind: "lines",
          title: "By what started them",
          says: "Of those that ended.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_runs_ended_total", "trigger"), legend: "{{trigger}}" }],
        },
        {
          kind: "lines",
          title: "How long runs take",
          says: "From beginning to end, waits for time, events and people included.",
          unit: "s",
          queries: percentiles("posthorn_run_duration_seconds"),
        },
        {
          kind: "lines",
          title: "Due and waiting",
          says: "Runs that could go and are in no process's hands. Where it rises and stays, there is too little room.",
          unit: "short",
          queries: [{ expr: told("posthorn_queue_depth", undefined, 'role="flows"'), legend: "runs" }],
        },
      ],
    },
    {
      title: "Steps",
      panels: [
        {
          kind: "lines",
          title: "Attempts by outcome",
          says: "Of steps that reach outside.",
          unit: "ops",
          stacked: true,
          queries: [
            { expr: perSecond("posthorn_run_step_attempts_total", "kind, outcome"), legend: "{{kind}} {{outcome}}" },
          ],
        },
        {
          kind: "lines",
          title: "In the hands of processes",
          says: "Runs, and attempts of their steps that are under way.",
          unit: "short",
          queries: [
            { expr: `sum(posthorn_runs_live${here()})`, legend: "runs" },
            { expr: `sum(posthorn_run_steps_in_flight${here()})`, legend: "attempts" },
          ],
        },
        {
          kind: "lines",
          title: "One commit of runs",
          says: "From its sending until the database answered.",
          unit: "s",
          bad: 0.25,
          queries: [0.5, 0.95, 0.99].map((q) => ({
            expr: percentile(q, "posthorn_commit_duration_seconds", undefined, 'commit="run"'),
            legend: `p${q * 100}`,
          })),
        },
        {
          kind: "lines",
          title: "Code steps",
          says: "Programs run, and processes lost with one.",
          unit: "ops",
          queries: [
            { expr: perSecond("posthorn_sandbox_programs_total", "outcome"), legend: "{{outcome}}" },
            { expr: perSecond("posthorn_sandbox_lost_total"), legend: "lost" },
          ],
        },
      ],
    },
    {
      title: "Tasks",
      panels: [
        {
          kind: "lines",
          title: "Attempts by what became of the task",
          says: "As workers reported them. released: given back. late: it was somebody else's by then.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_tasks_reported_total", "state"), legend: "{{state}}" }],
        },
        {
          kind: "lines",
          title: "Waiting for a worker",
          says: "Tasks that could be taken.",
          unit: "short",
          queries: [{ expr: told("posthorn_queue_depth", undefined, 'role="tasks"'), legend: "tasks" }],
        },
        {
          kind: "lines",
          title: "Workers",
          says: "Living, and given up in the last ten minutes because nothing was heard of them.",
          unit: "short",
          queries: [{ expr: told("posthorn_task_workers", "state"), legend: "{{state}}" }],
        },
      ],
    },
  ],
};
