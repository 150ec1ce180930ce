import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { builtCli } from "../fixtures/process.ts";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "journey-hub-cli-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** Asks the demo to end as soon as it says this. */
async function interruptedAt(said: string) {
  const demo = spawn(process.execPath, [builtCli, "demo", "--port", "0"], {
    env: { PATH: process.env.PATH, TMPDIR: scratch },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let isAsked = false;
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
      if (isAsked || !output.includes(said)) return;
      isAsked = true;
      demo.kill("SIGINT");
    });
  }
  const [code] = await once(demo, "close");
  return { code, output };
}

test.each(["Starting simulated", "connected salesforce"])(
  "a demo that is interrupted at %s ends its simulators and leaves no folder behind",
  async (said) => {
    const { code, output } = await interruptedAt(said);
    expect([code, output]).toEqual([130, expect.stringContaining("Interrupted: the demo is stopped")]);
    expect(readdirSync(scratch).filter((name) => name.startsWith("journey-hub-"))).toEqual([]);
  },
);
