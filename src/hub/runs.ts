import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { set } from "../store/writes.ts";
import type { Hub } from "./hub.ts";

export type RunKind = "sync" | "webhook" | "replay" | "derive" | "apply" | "import" | "retry" | "audit";
export type RunCounts = Record<string, number>;

export interface RunOf {
  connection: string;
  kind: RunKind;
  id?: string;
  onStarted?: () => void;
}

/**
 * Keeps a row of a piece of work: when it ran, what it counted, how it ended. The work adds to `counts`, and may
 * `show` them before its end. Rethrows what the work throws.
 * `id` is given by who must name the run before it begins; `onStarted` is called once its row can be read.
 */
export async function recordRun<T>(
  hub: Hub,
  { connection, kind, id = randomUUID(), onStarted }: RunOf,
  work: (counts: RunCounts, show: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const counts: RunCounts = {};
  const base = { id, connection, kind, started_at: hub.now() };
  const keep = (status: "running" | "done" | "failed", message: string | null) =>
    hub.store.commit([
      set("runs", [
        { ...base, status, message, counts: JSON.stringify(counts), ended_at: status === "running" ? null : hub.now() },
      ]),
    ]);
  await keep("running", null);
  onStarted?.();
  try {
    const result = await work(counts, () => keep("running", null));
    await keep("done", null);
    return result;
  } catch (cause) {
    await keep("failed", cause instanceof Error ? cause.message : String(cause));
    throw cause;
  }
}

/** Closes the runs a killed process left open. */
export async function closeInterruptedRuns(hub: Hub): Promise<void> {
  const { runs } = hub.store.tables;
  const open = await hub.store.db.select().from(runs).where(eq(runs.status, "running"));
  if (open.length === 0) return;
  const message = "The hub stopped during this run; what it had committed stands and the next run goes on from there";
  await hub.store.commit([
    set(
      "runs",
      open.map((row) => ({ ...row, status: "failed", message, ended_at: hub.now() })),
    ),
  ]);
}
