import { describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startEngine, testDatabase } from "#test";
import { apiOf, until } from "../../test/kit/index.ts";
import { outputs } from "./make.ts";

const HERE = import.meta.dir;
const DOCS = join(HERE, "../../docs");
const read = (path: string): Promise<string> => Bun.file(join(HERE, path)).text();

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

async function rulesOf(path: string): Promise<Rule[]> {
  const file = Bun.YAML.parse(await read(path)) as { groups: { rules: Rule[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
}

const recording = await rulesOf("prometheus/posthorn.recording.yml");
const alerts = await rulesOf("prometheus/posthorn.alerts.yml");

/** The queries of all dashboards, with Grafana's variables as a person would have chosen them. */
function panelQueries(): string[] {
  const jsons = [...outputs()].filter(([path]) => path.startsWith("grafana/"));
  return jsons.flatMap(([, text]) => {
    const { panels } = JSON.parse(text) as { panels: { targets?: { expr: string }[] }[] };
    return panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr));
  });
}
const chosen = (expr: string): string =>
  expr.replaceAll("$__rate_interval", "1m").replaceAll('instance=~"$instance"', 'instance=~".*"');

/** Of a histogram, Prometheus stores three series under names of their own. */
const family = (name: string): string => name.replace(/_(bucket|sum|count)$/, "");
const metricsIn = (expr: string): string[] =>
  [...expr.replace(/"[^"]*"/g, "").matchAll(/\b(?:posthorn|process|pg)_[a-z_]+/g)].map(([name]) => name);

test("what is committed is what the generator makes", async () => {
  for (const [path, text] of outputs()) expect([path, await read(path)]).toEqual([path, text]);
});

test("each metric that a dashboard or a rule asks for is declared, and no declared one is misspelt", async () => {
  const declared = new Map(
    [...(await Bun.file(join(DOCS, "reference/metrics.md")).text()).matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(
      ([, name = "", type = ""]) => [name, type],
    ),
  );
  expect(declared.size).toBeGreaterThan(30);
  // Of PostgreSQL's own exporter, which is no part of this engine.
  const foreign = new Set(["pg_stat_activity_max_tx_duration", "pg_replication_lag_seconds"]);
  const asked = [...panelQueries(), ...[...recording, ...alerts].map(({ expr }) => expr)].flatMap(metricsIn);
  const unknown = asked.filter((name) => {
    if (declared.has(name)) return declared.get(name) === "histogram";
    return declared.get(family(name)) !== "histogram" && !foreign.has(name);
  });
  expect([...new Set(unknown)]).toEqual([]);
});

test("each recorded series that is asked for is recorded", () => {
  const recorded = new Set(recording.map(({ record }) => record));
  const asked = [...panelQueries(), ...alerts.map(({ expr }) => expr)].flatMap((expr) =>
    [...expr.matchAll(/posthorn:\w+:\w+/g)].map(([name]) => name),
  );
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !recorded.has(name))).toEqual([]);
});

describe("runbooks", () => {
  test("each alert has its page and each page its alert", async () => {
    const pages = (await readdir(join(DOCS, "runbooks"))).filter(
      (name) => name.endsWith(".md") && name !== "README.md",
    );
    expect(pages.map((name) => basename(name, ".md")).sort()).toEqual(alerts.map(({ alert }) => alert ?? "").sort());
    for (const { alert, annotations } of alerts) expect(annotations?.runbook_url).toBe(`docs/runbooks/${alert}.md`);
  });

  test("each page says what it means, how to confirm it, and what to do; its links lead somewhere", async () => {
    for (const { alert } of alerts) {
      const page = await Bun.file(join(DOCS, `runbooks/${alert}.md`)).text();
      expect([alert, [...page.matchAll(/^#+ .*$/gm)].map(([line]) => line)]).toEqual([
        alert,
        [`# ${alert}`, "## Meaning", "## Confirm", "## Do"],
      ]);
      for (const [, name = ""] of page.matchAll(/\]\((\w+\.md)\)/g))
        expect([alert, name, await Bun.file(join(DOCS, "runbooks", name)).exists()]).toEqual([alert, name, true]);
      const settings = await Bun.file(join(DOCS, "reference/settings.md")).text();
      for (const [name] of page.matchAll(/POSTHORN_\w+/g))
        expect([alert, settings.includes(`\`${name}\``)]).toEqual([alert, true]);
    }
  });

  test("each alert says how urgent it is and what it is about", () => {
    for (const { alert, labels, annotations } of alerts)
      expect([alert, labels?.severity, annotations?.summary, annotations?.description]).toEqual([
        alert,
        expect.stringMatching(/^(critical|warning)$/),
        expect.stringMatching(/.{10}/),
        expect.stringMatching(/.{10}/),
      ]);
  });
});

// Debian's package `prometheus` has both programs.
const PROMTOOL = Bun.which("promtool");
const PROMETHEUS = Bun.which("prometheus");
if (PROMTOOL === null || PROMETHEUS === null)
  console.warn("skipped: what asks Prometheus itself about rules: promtool and prometheus are not installed.");

async function promtool(...args: string[]): Promise<string> {
  const child = Bun.spawn([PROMTOOL ?? "", ...args], { cwd: join(HERE, "prometheus"), stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`promtool ${args.join(" ")} ended with ${code}:\n${out}${err}`);
  return out;
}

test.skipIf(PROMTOOL === null)(
  "promtool finds the rules good, and each alert fires where its test says",
  async () => {
    await promtool("check", "config", "scrape.yml");
    expect(await promtool("test", "rules", "posthorn.test.yml")).toMatch(/SUCCESS/);
  },
  120_000,
);

test.skipIf(PROMETHEUS === null)(
  "a real Prometheus scrapes a real engine: every rule is evaluated and every panel's query answered",
  async () => {
    await using database = await testDatabase();
    await using engine = await startEngine({ env: { DATABASE_URL: database.url } });
    const api = apiOf(engine);
    const app = await api.app();
    const receiver = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("ok") });
    await api.endpoint(app, { url: receiver.url.href });
    await api.sendMany(
      app,
      Array.from({ length: 20 }, () => ({})),
    );

    const folder = await mkdtemp(join(tmpdir(), "posthorn-prometheus-"));
    const port = freePort();
    const rules = ["recording", "alerts"].map((name) => join(HERE, `prometheus/posthorn.${name}.yml`));
    const config = {
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: await Promise.all(
        rules.map(async (path) => {
          // As committed, only evaluated at once.
          const own = join(folder, basename(path));
          await Bun.write(own, (await Bun.file(path).text()).replace(/interval: \d+s/g, "interval: 1s"));
          return own;
        }),
      ),
      scrape_configs: [{ job_name: "posthorn", static_configs: [{ targets: [new URL(engine.url).host] }] }],
    };
    await Bun.write(join(folder, "prometheus.yml"), JSON.stringify(config));
    const server = Bun.spawn(
      [
        PROMETHEUS ?? "",
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=warn",
      ],
      { stdout: "ignore", stderr: "ignore" },
    );
    try {
      const ask = async (path: string) => {
        const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).catch(() => undefined);
        // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails when it is not there.
        return (await response?.json().catch(() => undefined)) as any;
      };
      type Evaluated = { name: string; health: string; lastError?: string };
      const groups = async (): Promise<Evaluated[]> =>
        ((await ask("rules"))?.data?.groups ?? []).flatMap((group: { rules: Evaluated[] }) => group.rules);
      await until("every rule was evaluated", async () => {
        const known = await groups();
        return known.length === recording.length + alerts.length && known.every(({ health }) => health !== "unknown");
      });
      expect((await groups()).filter(({ health }) => health !== "ok")).toEqual([]);

      await until("two scrapes are there", async () => {
        const answer = await ask(`query?query=${encodeURIComponent("count_over_time(posthorn_ready[1m]) > 2")}`);
        return answer?.data?.result?.length === 1;
      });
      // The engine measures its tables some time after its start.
      await until("tables were measured, and scraped", async () => {
        const answer = await ask(`query?query=${encodeURIComponent("count(posthorn_table_dead_rows)")}`);
        return answer?.data?.result?.length === 1;
      });
      const silent: string[] = [];
      for (const query of panelQueries()) {
        const answer = await ask(`query?query=${encodeURIComponent(chosen(query))}`);
        expect([query, answer?.status]).toEqual([query, "success"]);
        if (answer.data.result.length === 0) silent.push(query);
      }
      // Nobody posted to a source, no flow ran and nothing failed: those have no series yet, or a ratio of nothing. Everything else has an answer.
      const mayBeSilent = /ingest_re|dead_total|faults_total|ratio_rate|_runs?_|_sandbox_|tasks_reported|commit="run"/;
      expect(silent.filter((query) => !mayBeSilent.test(query))).toEqual([]);
      const metrics = await (await fetch(`${engine.url}/metrics`)).text();
      for (const name of new Set(panelQueries().flatMap(metricsIn).map(family)))
        expect([name, metrics.includes(`# TYPE ${name} `)]).toEqual([name, true]);
    } finally {
      server.kill();
      await server.exited;
      await receiver.stop(true);
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** A port that was free a moment ago. */
function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
