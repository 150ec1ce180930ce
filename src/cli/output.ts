import { createRequire } from "node:module";
import { styleText } from "node:util";
import type { MultiBar, SingleBar } from "cli-progress";
import { once } from "../lib/once.ts";

/** Loaded with the first bar that is shown: most verbs show none. */
const progressBars = once((): typeof import("cli-progress") => createRequire(import.meta.url)("cli-progress"));

/** How a verb speaks: text for people, one JSON document (or lines of JSON) for programs. */
export interface Output {
  json: boolean;
  /** A line for people; nothing under --json. */
  say(line: string): void;
  /** The verb's result: printed as JSON under --json, else by `asText`. */
  result(value: unknown, asText: () => string): void;
  /** A line for people on standard error: something is wrong, and the work goes on. */
  warn(line: string): void;
  /** Progress of long work: a bar on a terminal, nothing otherwise. Call the returned functions until `stop`. */
  progress(label: string, total?: number): Progress;
}

export interface Progress {
  /** Whether anybody sees it. */
  isShown: boolean;
  add(count: number): void;
  set(count: number, total?: number): void;
  note(text: string): void;
  stop(): void;
}

/** Output on standard output, progress on standard error. */
export function createOutput(json: boolean): Output {
  return {
    json,
    say(line) {
      if (!json) process.stdout.write(`${harmless(line)}\n`);
    },
    result(value, asText) {
      process.stdout.write(`${json ? JSON.stringify(value) : harmless(asText())}\n`);
    },
    warn(said) {
      if (json) return;
      const line = harmless(said);
      if (stack) stack.log(`${line.replaceAll("\n", `${clearRest}\n`)}${clearRest}\n`);
      else process.stderr.write(`${line}\n`);
    },
    progress: (label, total) => (json || !process.stderr.isTTY ? silent : bar(label, total)),
  };
}

/**
 * Text in which names and values of strangers may stand, without what would steer a terminal (clear it, name its window, turn the reading
 * direction): that is shown as �, but for line ends, tabs and our own emphasis.
 */
function harmless(text: string): string {
  return text.replace(/\p{Cc}(?:\[(?:1|2|22|31|32|39)m)?|[\u202a-\u202e\u2066-\u2069]/gu, (found) => {
    const isOurs = found.startsWith("\u001b") && found.length > 1;
    return isOurs || /^[\n\t]/.test(found) ? found : `�${found.slice(1)}`;
  });
}

const silent: Progress = {
  isShown: false,
  add: () => undefined,
  set: () => undefined,
  note: () => undefined,
  stop: () => undefined,
};

function bar(label: string, total = 0): Progress {
  const format =
    total > 0
      ? `${label} {bar} {value}/{total} {eta_formatted}`
      : `${label} {value} records, {duration_formatted}  {note}`;
  // Drawn anew each time: a line written above them moves them all.
  const look = { hideCursor: true, clearOnComplete: true, forceRedraw: true, stream: process.stderr };
  stack ??= new (progressBars().MultiBar)(look);
  const shown = stack.create(total, 0, { note: "" }, { format });
  bars.add(shown);
  return {
    isShown: true,
    add: (count: number) => shown.increment(count),
    set(count: number, newTotal?: number) {
      if (newTotal !== undefined) shown.setTotal(newTotal);
      shown.update(count);
    },
    note: (text: string) => shown.update({ note: text }),
    stop() {
      if (!bars.delete(shown)) return;
      if (bars.size > 0) stack?.remove(shown);
      else endBars();
    },
  };
}

/** Clears what a bar has left on the rest of a line. */
const clearRest = "\u001b[K";

/** The bars on the screen, one below the other, and those of them that are not ended: they hide the cursor. */
let stack: MultiBar | null = null;
const bars = new Set<SingleBar>();

/** Ends the bars, also those of work that was left, so that the terminal is as it was. */
export function endBars(): void {
  stack?.update(); // writes the lines that wait above them
  stack?.stop();
  stack = null;
  bars.clear();
}

/** What is wrong and what to do about it, as it stands on standard error. */
export function failureText({ message, remedy }: { message: string; remedy?: string }): string {
  return harmless(`${style.bad("✗")} ${message}${remedy ? `\n  ${remedy}` : ""}`);
}

/** Emphasis on terminals that can show it. */
export const style = {
  bold: (text: string) => styled("bold", text),
  dim: (text: string) => styled("dim", text),
  good: (text: string) => styled("green", text),
  bad: (text: string) => styled("red", text),
};

function styled(format: "bold" | "dim" | "green" | "red", text: string): string {
  return process.stdout.isTTY ? styleText(format, text) : text;
}

/** An instant as people read it, to the minute. @example minute("2026-11-02T12:00:01.000Z") // "2026-11-02 12:00" */
export function minute(instant: string): string {
  return instant.slice(0, 16).replace("T", " ");
}

/** Rows as aligned columns; a line break in a cell is a blank. @example table([["a", "1"], ["bb", "22"]]) */
export function table(written: readonly (readonly string[])[]): string {
  const rows = written.map((row) => row.map((cell) => cell.replace(/[\r\n\t]+/g, " ")));
  const widths: number[] = [];
  for (const row of rows) for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, cell.length);
  const line = (row: readonly string[]) => row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
