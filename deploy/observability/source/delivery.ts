import type { Dashboard } from "./panel.ts";
import { here, percentiles, perSecond, told } from "./promql.ts";

export const delivery: Dashboard = {
  uid: "posthorn-delivery",
  title: "Posthorn: delivery",
  says: "What is owed, why it waits, and what becomes of it.",
  rows: [
    {
      title: "What is owed",
      panels: [
        {
          kind: "lines",
          title: "Owed deliveries",
          says: "Of the whole installation; an estimate when there is too much to count.",
          unit: "short",
          queries: [{ expr: told("posthorn_queue_depth", undefined, 'role="delivery"'), legend: "owed" }],
        },
        {
          kind: "lines",
          title: "Oldest owed",
          says: "Since it fell due; endpoints left out that are paused, disabled, held or broken.",
          unit: "s",
          bad: 300,
          queries: [
            { expr: told("posthorn_queue_oldest_age_seconds", undefined, 'role="delivery"'), legend: "oldest" },
          ],
        },
        {
          kind: "lines",
          title: "Endpoints",
          says: "Endpoints that are owed something, and those whose breaker is not closed.",
          unit: "short",
          queries: [
            { expr: told("posthorn_queue_endpoints"), legend: "owed something" },
            { expr: told("posthorn_delivery_breakers", "state"), legend: "breaker {{state}}" },
          ],
        },
      ],
    },
    {
      title: "What becomes of it",
      panels: [
        {
          kind: "lines",
          title: "Attempts by outcome",
          says: "Outbound requests that ended.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_delivery_attempts_total", "outcome"), legend: "{{outcome}}" }],
        },
        {
          kind: "lines",
          title: "Settled as",
          says: "What became of the delivery with an attempt. late: somebody else had taken over meanwhile.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_delivery_settled_total", "settled_as"), legend: "{{settled_as}}" }],
        },
        {
          kind: "lines",
          title: "Given up",
          says: "Dead letters, by reason.",
          unit: "ops",
          stacked: true,
          queries: [{ expr: perSecond("posthorn_delivery_dead_total", "reason"), legend: "{{reason}}" }],
        },
      ],
    },
    {
      title: "Time",
      panels: [
        {
          kind: "lines",
          title: "Acceptance to first request",
          says: "What the engine adds.",
          unit: "s",
          bad: 5,
          queries: percentiles("posthorn_delivery_queue_wait_seconds"),
        },
        {
          kind: "lines",
          title: "Receivers",
          says: "One outbound request, name look-up to last byte.",
          unit: "s",
          queries: percentiles("posthorn_delivery_receiver_duration_seconds"),
        },
        {
          kind: "lines",
          title: "Acceptance to delivered",
          says: "Retries included.",
          unit: "s",
          queries: percentiles("posthorn_delivery_duration_seconds"),
        },
      ],
    },
    {
      title: "Room",
      panels: [
        {
          kind: "lines",
          title: "Requests under way",
          says: "And how many may be.",
          unit: "short",
          queries: [
            { expr: `posthorn_delivery_in_flight${here()}`, legend: "{{instance}}" },
            { expr: `max(posthorn_delivery_in_flight_max${here()})`, legend: "at most, each" },
          ],
        },
        {
          kind: "lines",
          title: "Held in memory",
          says: "Leased to a process: queued, under way, or waiting to be recorded.",
          unit: "short",
          queries: [{ expr: `posthorn_delivery_held${here()}`, legend: "{{instance}}" }],
        },
        {
          kind: "lines",
          title: "Demand",
          says: "Requests that could be under way now, were there processes enough. Above what is under way for long: add processes.",
          unit: "short",
          stacked: true,
          queries: [
            { expr: `sum(posthorn_demand_slots${here('place="memory"')})`, legend: "in memory" },
            { expr: told("posthorn_demand_slots", undefined, 'place="table"'), legend: "in the table" },
          ],
        },
        {
          kind: "lines",
          title: "Outcomes not recorded yet",
          says: "They wait for the database.",
          unit: "short",
          bad: 1000,
          queries: [{ expr: `posthorn_delivery_unsettled${here()}`, legend: "{{instance}}" }],
        },
      ],
    },
  ],
};
