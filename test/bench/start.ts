/*
 * `npm run bench -- start`: from the start of the built process to its first answer on /readyz, on an empty data folder and on the same
 * again; then its memory at rest. Run `npm run build` first. Memory is read from /proc, so on Linux only.
 */

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { packageRoot } from "../../src/lib/package-root.ts";
import { benchFolder } from "./ingest.folder.ts";
import { median, print, progress, size, withFolder } from "./measure.ts";

const { runs } = size({ records: 0, runs: 5 });
const script = join(packageRoot, "dist", "src", "cli", "main.js");
if (!existsSync(script)) throw new Error("There is no build: run `npm run build` first.");
const restMs = 5_000;
const ticksPerSecond = 100; // of /proc's processor times

interface Start {
  /** The first start of a folder makes its database. */
  firstMs: number;
  againMs: number;
  /** The processor's time of the second start, which other work on the machine does not lengthen as much. */
  againCpuMs: number;
  idleMb: number;
}

const starts: Start[] = [];
for (let run = 1; run <= runs; run++) {
  progress(`start: run ${run} of ${runs}`);
  const start = await withFolder(async (folder) => {
    benchFolder(folder);
    const first = await startOnce(folder, 0);
    const again = await startOnce(folder, restMs);
    return { firstMs: first.ms, againMs: again.ms, againCpuMs: again.cpuMs, idleMb: again.idleMb };
  });
  starts.push(start);
  print({ bench: "start", run, ...start });
}
const of = (figure: keyof Start) => median(starts.map((start) => start[figure]));
print({
  bench: "start",
  runs,
  unit: "ms, MB",
  firstMs: of("firstMs"),
  againMs: of("againMs"),
  againCpuMs: of("againCpuMs"),
  aimMs: 1_000,
  idleMb: of("idleMb"),
  aimMb: 150,
});

async function startOnce(folder: string, idleMs: number): Promise<{ ms: number; cpuMs: number; idleMb: number }> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [script, "start", "--json", "--data", folder, "--port", "0", "--log-level", "error"],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PORT: undefined } },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { url } = JSON.parse(line) as { url: string };
      const { ok, status } = await fetch(`${url}/readyz`);
      if (!ok) throw new Error(`/readyz answered ${status}`);
      const ms = Math.round(performance.now() - started);
      const cpuMs = cpuOf(child.pid);
      await wait(idleMs);
      return { ms, cpuMs, idleMb: memoryOf(child.pid) };
    }
    throw new Error("the hub ended before it was ready; its message stands above");
  } finally {
    child.kill("SIGTERM");
    await exited;
  }
}

function cpuOf(pid: number | undefined): number {
  const [, times = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = times.split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
}

function memoryOf(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}
