import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** How large a bench is: `--records N --runs N`. */
export function size(defaults: { records: number; runs: number }): { records: number; runs: number } {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    strict: false, // a bench may have options of its own
    options: { records: { type: "string" }, runs: { type: "string" } },
  });
  const { records = defaults.records, runs = defaults.runs } = values;
  return { records: Number(records), runs: Number(runs) };
}

/** One JSON line on stdout. */
export function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** One line on stderr, over the last one on a terminal. */
export function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** Runs the work with a folder of its own under the system's temporary one, and removes it whatever happens. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "journey-hub-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Node's options under which a child runs our sources as this process does. */
export const sourceArguments = ["--conditions=journey-hub-source", "--import", "tsx"];

/** With BENCH_PROFILE set to a folder each child leaves its CPU profile there. */
const profiling = () =>
  process.env.BENCH_PROFILE ? ["--cpu-prof", `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : [];

/**
 * Runs a file of this folder in a process of its own, so that its memory and its caches are its own too, and gives what it prints last
 * as JSON. Throws when it fails.
 */
export async function inChild<T>(file: string, args: readonly (string | number)[]): Promise<T> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [...profiling(), ...sourceArguments, path, ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  const last = text.trimEnd().split("\n").at(-1);
  if (code !== 0 || !last) throw new Error(`${file} ended with ${code}`);
  return JSON.parse(last) as T;
}

/** A child that reports when it is ready, works until it is told to stop, and reports what it did. */
export interface Helper<Ready, Done> {
  ready: Ready;
  /** Tells it to stop and gives its last report. */
  stop(): Promise<Done>;
}

/** Starts a file of this folder as such a child; messages go over node's own channel. Throws when it ends early. */
export async function startHelper<Ready, Done>(
  file: string,
  args: readonly (string | number)[],
): Promise<Helper<Ready, Done>> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [...profiling(), ...sourceArguments, path, ...args.map(String)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const next = <T>() =>
    new Promise<T>((resolve, reject) => {
      const early = (code: number | null) => reject(new Error(`${file} ended with ${code}`));
      child.once("exit", early);
      child.once("message", (message) => {
        child.off("exit", early);
        resolve(message as T);
      });
    });
  const ready = await next<Ready>();
  return {
    ready,
    async stop() {
      const done = next<Done>();
      child.send("stop");
      const report = await done;
      child.disconnect();
      return report;
    },
  };
}

/** The child's side: says it is ready, waits to be told to stop, then reports. */
export async function asHelper(ready: object, finish: () => Promise<object>): Promise<void> {
  const stopped = new Promise((resolve) => process.once("message", resolve));
  process.once("disconnect", () => process.exit()); // a bench that failed asks for no report
  process.send?.(ready);
  await stopped;
  const report = await finish();
  process.send?.(report);
}
