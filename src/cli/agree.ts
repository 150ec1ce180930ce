import { createInterface } from "node:readline/promises";
import { UsageError } from "./failure.ts";
import type { Output } from "./output.ts";

/** Asks the person at the terminal. Throws UsageError, with what to say instead, where nobody can be asked. */
export async function agrees({ json }: Output, question: string, instead: string): Promise<boolean> {
  if (json || !process.stdin.isTTY) throw new UsageError(`Nobody can be asked here: ${instead}`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
