import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import golden from "../../../src/delivery/golden/signing.json";
import { verifyPlain, verifyWebhook } from "./verify.ts";

/** One request that a receiver looks at, and whether it should believe it. */
interface Look {
  what: string;
  mode: "webhook" | "svix" | "plain";
  headers: Record<string, string>;
  bodyBase64: string;
  keys: string[];
  nowSeconds: number;
  believed: boolean;
}

const STRANGER = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const STRANGERS_PUBLIC_KEY = `whpk_${Buffer.from("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "hex").toString("base64")}`;

const looks: Look[] = golden.flatMap((one) => {
  const headers: Record<string, string> = Object.fromEntries(one.headers);
  const modes = [
    "webhook" as const,
    ...one.extra.map((extra) => (extra === "svix" ? ("svix" as const) : ("plain" as const))),
  ];
  return modes.flatMap((mode) => {
    const [timestampName, signatureName, idName] =
      mode === "plain"
        ? ["X-Timestamp", "X-Signature", undefined]
        : [`${mode}-timestamp`, `${mode}-signature`, `${mode}-id`];
    const symmetric = one.verifyWith.filter((key) => key.startsWith("whsec_"));
    const keys = mode === "plain" ? symmetric.slice(-1) : one.verifyWith;
    const good: Look = {
      what: `${one.name}, ${mode}`,
      mode,
      headers,
      bodyBase64: one.bodyBase64,
      keys,
      nowSeconds: one.timestampSeconds,
      believed: true,
    };
    const tampered = (what: string, change: Partial<Look>): Look => ({
      ...good,
      ...change,
      what: `${good.what}: ${what}`,
      believed: false,
    });
    const body = Buffer.from(one.bodyBase64, "base64");
    const without = (name: string) => Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
    const signature = headers[signatureName] ?? "";
    return [
      ...keys.map((key) => ({ ...good, keys: [key], what: `${good.what}: with ${key.slice(0, 8)}… alone` })),
      ...keys.map((key) => ({ ...good, keys: [STRANGER, key], what: `${good.what}: with another secret beside it` })),
      {
        ...good,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        what: `${good.what}: names in lower case`,
      },
      { ...good, nowSeconds: one.timestampSeconds + 300, what: `${good.what}: five minutes late` },
      { ...good, nowSeconds: one.timestampSeconds - 300, what: `${good.what}: five minutes early` },
      tampered("more than five minutes late", { nowSeconds: one.timestampSeconds + 301 }),
      tampered("more than five minutes early", { nowSeconds: one.timestampSeconds - 301 }),
      tampered("a byte more", { bodyBase64: Buffer.concat([body, Buffer.from(" ")]).toString("base64") }),
      ...(body.length > 0
        ? [
            tampered("a bit flipped", {
              bodyBase64: Buffer.concat([Buffer.of((body[0] ?? 0) ^ 1), body.subarray(1)]).toString("base64"),
            }),
          ]
        : []),
      tampered("another timestamp", { headers: { ...headers, [timestampName]: String(one.timestampSeconds + 1) } }),
      tampered("a timestamp that is no number", { headers: { ...headers, [timestampName]: "soon" } }),
      ...(idName === undefined
        ? []
        : [
            tampered("another id", { headers: { ...headers, [idName]: `${one.messageId}x` } }),
            tampered("no id", { headers: without(idName) }),
          ]),
      tampered("no timestamp", { headers: without(timestampName) }),
      tampered("no signature", { headers: without(signatureName) }),
      tampered("an empty signature", { headers: { ...headers, [signatureName]: mode === "plain" ? "0" : "v1, v1a," } }),
      tampered("a signature cut short", {
        headers: {
          ...headers,
          [signatureName]: mode === "plain" ? signature.slice(0, -2) : signature.replaceAll(/.{4}(?= |$)/g, ""),
        },
      }),
      tampered("the other scheme's name", {
        headers: {
          ...headers,
          [signatureName]:
            mode === "plain"
              ? `v1,${signature}`
              : signature.replaceAll(/v1a?,/g, (v) => (v === "v1," ? "v1a," : "v1,")),
        },
      }),
      tampered("keys of a stranger", { keys: mode === "plain" ? [STRANGER] : [STRANGER, STRANGERS_PUBLIC_KEY] }),
      tampered("no keys", { keys: [] }),
      ...(one.name === "v1 after a rotation"
        ? [tampered("the old secret", { keys: ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] })]
        : []),
    ];
  });
});

/** Told by name, so that a failure says which request was judged wrongly. */
const verdicts = (judged: readonly boolean[]) =>
  looks.map(({ what }, i) => `${judged[i] ? "believed" : "refused"} ${what}`);
const expected = verdicts(looks.map(({ believed }) => believed));

const scratch = mkdtempSync(join(tmpdir(), "posthorn-verify-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function run(command: string[], cwd: string): boolean[] {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
    cwd,
    stdin: Buffer.from(JSON.stringify(looks)),
    env: {
      ...process.env,
      GOTOOLCHAIN: "local",
      GOFLAGS: "-mod=mod",
      GOPROXY: "off",
      GOWORK: "off",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout.toString());
}

const PYTHON_DRIVER = `
import base64, json, sys
from verify import WebhookRefused, verify_plain, verify_webhook

def believed(look):
    body = base64.b64decode(look["bodyBase64"])
    try:
        if look["mode"] == "plain":
            verify_plain(look["headers"], body, look["keys"], look["nowSeconds"])
        else:
            verify_webhook(look["headers"], body, look["keys"], look["mode"], look["nowSeconds"])
        return True
    except WebhookRefused:
        return False

print(json.dumps([believed(look) for look in json.load(sys.stdin)]))
`;

const GO_DRIVER = `package main

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	"receiver/webhooks"
)

type look struct {
	Mode       string
	Headers    map[string]string
	BodyBase64 []byte
	Keys       []string
	NowSeconds int64
}

func main() {
	var looks []look
	if err := json.NewDecoder(os.Stdin).Decode(&looks); err != nil {
		panic(err)
	}
	judged := []bool{}
	for _, l := range looks {
		lower := map[string]string{}
		for name, value := range l.Headers {
			lower[strings.ToLower(name)] = value
		}
		header := func(name string) string { return lower[strings.ToLower(name)] }
		now := time.Unix(l.NowSeconds, 0)
		if l.Mode == "plain" {
			judged = append(judged, webhooks.VerifyPlain(header, l.BodyBase64, l.Keys, now) == nil)
		} else {
			judged = append(judged, webhooks.Verify(header, l.BodyBase64, l.Keys, l.Mode, now) == nil)
		}
	}
	json.NewEncoder(os.Stdout).Encode(judged)
}
`;

const succeeds = (command: string[]): boolean => {
  try {
    return Bun.spawnSync(command, { stdout: "ignore", stderr: "ignore" }).exitCode === 0;
  } catch {
    return false;
  }
};
const pythonMisses = !succeeds(["python3", "--version"])
  ? "no python3 here"
  : !succeeds(["python3", "-c", "import sys; assert sys.version_info >= (3, 9)"])
    ? "python3 is older than 3.9"
    : !succeeds(["python3", "-c", "import cryptography"])
      ? "python3 has no package cryptography, which v1a needs"
      : undefined;
const goMisses = succeeds(["go", "version"]) ? undefined : "no go here";
const reason = (missing: string | undefined) => (missing === undefined ? "" : ` (skipped: ${missing})`);

describe("the snippets for receivers judge the golden requests, good and tampered", () => {
  test("in TypeScript", () => {
    const judged = looks.map((look) => {
      const [body, headers, now] = [
        Buffer.from(look.bodyBase64, "base64"),
        new Headers(look.headers),
        new Date(look.nowSeconds * 1000),
      ];
      try {
        if (look.mode === "plain") verifyPlain(headers, body, look.keys, now);
        else verifyWebhook(headers, body, look.keys, look.mode, now);
        return true;
      } catch {
        return false;
      }
    });
    expect(verdicts(judged)).toEqual(expected);
  });

  test.skipIf(pythonMisses !== undefined)(
    `in Python${reason(pythonMisses)}`,
    () => {
      expect(verdicts(run(["python3", "-c", PYTHON_DRIVER], import.meta.dir))).toEqual(expected);
    },
    60_000,
  );

  test.skipIf(goMisses !== undefined)(
    `in Go${reason(goMisses)}`,
    () => {
      const cwd = join(scratch, "go");
      mkdirSync(join(cwd, "webhooks"), { recursive: true });
      writeFileSync(join(cwd, "go.mod"), "module receiver\n\ngo 1.21\n");
      writeFileSync(join(cwd, "main.go"), GO_DRIVER);
      writeFileSync(join(cwd, "webhooks/verify.go"), readFileSync(join(import.meta.dir, "verify.go")));
      expect(verdicts(run(["go", "run", "."], cwd))).toEqual(expected);
    },
    180_000,
  );
});

describe("docs/reference/verify-webhooks.md", () => {
  const page = readFileSync(join(import.meta.dir, "../verify-webhooks.md"), "utf8");

  for (const [file, language] of [
    ["verify.ts", "ts"],
    ["verify.py", "python"],
    ["verify.go", "go"],
  ] as const) {
    test(`shows ${file} as it was tried`, () => {
      const [, shown] = new RegExp(`^\`\`\`${language} file=verify/${file}\\n([^]*?)^\`\`\`$`, "m").exec(page) ?? [];
      expect(shown).toBe(readFileSync(join(import.meta.dir, file), "utf8"));
    });
  }
});
