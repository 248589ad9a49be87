import type { Dashboard } from "./panel.ts";
import { here, percentile, percentiles, perSecond, told } from "./promql.ts";

export const database: Dashboard = {
  uid: "posthorn-database",
  title: "Posthorn: database",
  says: "PostgreSQL as the engine meets it: commits, connections, and the size and bloat of the tables that are hot.",
  rows: [
    {
      title: "Commits",
      panels: [
        {
          kind: "lines",
          title: "Group commit, p99",
          says: "From its sending until the database answered.",
          unit: "s",
          bad: 0.25,
          queries: [{ expr: percentile(0.99, "posthorn_commit_duration_seconds", "commit"), legend: "{{commit}}" }],
        },
        {
          kind: "lines",
          title: "Rows in a commit, mean",
          says: "Large under load: that is what makes it cheap.",
          unit: "short",
          queries: [
            {
              expr: `${perSecond("posthorn_commit_rows_sum", "commit")} / ${perSecond("posthorn_commit_rows_count", "commit")}`,
              legend: "{{commit}}",
            },
          ],
        },
        {
          kind: "lines",
          title: "Commits that failed",
          says: "Or whose fate is unknown.",
          unit: "ops",
          queries: [{ expr: perSecond("posthorn_commit_failures_total", "commit"), legend: "{{commit}}" }],
        },
        {
          kind: "lines",
          title: "Faults",
          says: "Statements and transactions that failed, by kind.",
          unit: "ops",
          queries: [{ expr: perSecond("posthorn_database_faults_total", "fault"), legend: "{{fault}}" }],
        },
      ],
    },
    {
      title: "Connections",
      panels: [
        {
          kind: "lines",
          title: "In use",
          says: "Of those a process may have.",
          unit: "percentunit",
          max: 1,
          bad: 0.9,
          queries: [
            {
              expr: `posthorn_database_pool_connections_in_use${here()} / posthorn_database_pool_connections_max${here()}`,
              legend: "{{instance}}",
            },
          ],
        },
        {
          kind: "lines",
          title: "Waiting for a connection",
          says: "Statements and transactions.",
          unit: "short",
          bad: 10,
          queries: [{ expr: `posthorn_database_pool_waiting${here()}`, legend: "{{instance}}" }],
        },
        {
          kind: "lines",
          title: "Statements",
          says: "The wait for a connection included.",
          unit: "s",
          queries: percentiles("posthorn_database_statement_duration_seconds"),
        },
        {
          kind: "lines",
          title: "Database there",
          says: "0 from a fault of the connection until a statement succeeds again.",
          unit: "none",
          max: 1,
          queries: [{ expr: `posthorn_database_available${here()}`, legend: "{{instance}}" }],
        },
      ],
    },
    {
      title: "Hot tables",
      panels: [
        {
          kind: "lines",
          title: "Rows",
          says: "As PostgreSQL estimates.",
          unit: "short",
          queries: [{ expr: told("posthorn_table_live_rows", "table"), legend: "{{table}}" }],
        },
        {
          kind: "lines",
          title: "Dead rows",
          says: "They wait for a vacuum; growing without end means that something holds an old snapshot.",
          unit: "short",
          queries: [{ expr: told("posthorn_table_dead_rows", "table"), legend: "{{table}}" }],
        },
        {
          kind: "lines",
          title: "Size",
          says: "With indexes; of event and attempt, the newest partitions.",
          unit: "bytes",
          queries: [{ expr: told("posthorn_table_bytes", "table"), legend: "{{table}}" }],
        },
      ],
    },
  ],
};
