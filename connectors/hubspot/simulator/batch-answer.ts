import type { Context } from "hono";
import type { Portal } from "./portal.ts";

export interface BatchError {
  status: "error";
  category: string;
  message: string;
  subCategory?: string;
  context: Record<string, string[]>;
}

export interface BatchOutcome {
  results: object[];
  errors: BatchError[];
  numErrors: number;
}

/** A batch reply: the given status when all went well, 207 with `errors` otherwise, COMPLETE either way. */
export function batchAnswer(c: Context, portal: Portal, outcome: BatchOutcome, status: 200 | 201 = 200): Response {
  const at = new Date(portal.now()).toISOString();
  const { results, errors, numErrors } = outcome;
  const reply = { status: "COMPLETE", results, startedAt: at, completedAt: at };
  if (numErrors === 0) return c.json(reply, status);
  return c.json({ ...reply, numErrors, errors }, 207);
}
