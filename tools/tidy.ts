// Checks what no formatter sees: `node tools/bun.mjs tools/tidy.ts`. Part of `npm run check`.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One thing no file of the repository should hold, and where it may all the same. */
interface Rule {
  readonly says: string;
  readonly applies: (file: string) => boolean;
  /** Whether a line breaks the rule. */
  readonly breaks: (line: string) => boolean;
}

/** Files whose bytes are evidence (golden files) or whose text names what the rules look for. */
const isExempt = (file: string): boolean => /(^|\/)golden\//.test(file) || /^tools\/tidy(\.test)?\.ts$/.test(file);

const RULES: readonly Rule[] = [
  {
    // The lock would otherwise pin everybody to the registry that its last writer happened to use.
    says: "names the address of a registry; package-lock.json is written with omit-lockfile-registry-resolved (.npmrc)",
    applies: (file) => file === "package-lock.json" || file === ".npmrc",
    breaks: (line) => /"resolved":\s*"https?:|^\s*(@[\w-]+:)?registry\s*=/.test(line),
  },
  {
    says: "names a folder of one machine",
    // An image has folders of its own, the same on every machine.
    applies: (file) => file !== "package-lock.json" && !file.startsWith("deploy/"),
    breaks: (line) => /(?<![\w.$})\]~*-])\/(work\b|root\/\w|home\/\w|Users\/\w|tmp\/\w)/.test(line),
  },
  {
    says: "ends in white space",
    applies: (file) => /\.(sql|sh|yml|yaml|toml|txt|mjs|ts|json)$/.test(file) || file === ".ci/run",
    breaks: (line) => /[ \t]$/.test(line),
  },
  {
    says: "ends in a carriage return; lines end in LF",
    applies: () => true,
    breaks: (line) => line.endsWith("\r"),
  },
  {
    says: "holds a conflict that was not resolved",
    applies: () => true,
    breaks: (line) => /^(<{7}|>{7}) /.test(line),
  },
];

/** What breaks a rule in one file: `file:line: it …`. Binary files say nothing. */
export function tidyFaults(file: string, text: string): string[] {
  if (isExempt(file) || text.includes("\0")) {
    return [];
  }
  const rules = RULES.filter((rule) => rule.applies(file));
  const faults = text
    .split("\n")
    .flatMap((line, index) =>
      rules.filter((rule) => rule.breaks(line)).map((rule) => `${file}:${index + 1}: ${rule.says}.`),
    );
  return text === "" || text.endsWith("\n") ? faults : [...faults, `${file}: does not end with a newline.`];
}

/**
 * What `npm ci` would refuse: a package that the lock wants for some platform and does not describe. npm writes such a lock without a word
 * when a registry lacks the package at that moment.
 */
export function lockFaults(text: string): string[] {
  const { packages }: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } =
    JSON.parse(text);
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      )
      .map(
        (name) =>
          `package-lock.json: ${path} may need ${name} on some platform, which the lock does not describe; \`npm ci\` refuses it.`,
      ),
  );
}

/** The files of the repository: those in the index and new ones that are not ignored, without those deleted meanwhile. */
function filesOf(root: string): string[] {
  const listed = Bun.spawnSync(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
    { cwd: root },
  );
  if (listed.exitCode !== 0) {
    throw new Error(`git ls-files in ${root} failed: ${listed.stderr.toString().trim()}`);
  }
  return listed.stdout
    .toString()
    .split("\0")
    .filter((file) => file !== "");
}

if (import.meta.main) {
  const root = join(import.meta.dir, "..");
  const faults = filesOf(root).flatMap((file) => {
    try {
      const text = readFileSync(join(root, file), "utf8");
      return file === "package-lock.json" ? [...tidyFaults(file, text), ...lockFaults(text)] : tidyFaults(file, text);
    } catch (error) {
      // Deleted but not yet committed, or a link to a folder: nothing to read.
      if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EISDIR")) {
        return [];
      }
      throw error;
    }
  });
  for (const fault of faults) {
    console.error(fault);
  }
  console.log(faults.length === 0 ? "The files are tidy." : `The files are untidy in ${faults.length} places.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
