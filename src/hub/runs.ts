import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { StoreError, StoreFullError } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { set } from "../store/writes.ts";
import { type FailureView, failureView } from "./failure.ts";
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
  const base = { id, connection, kind, owner: hub.presence.id, started_at: hub.now() };
  const keep = (status: "running" | "done" | "failed", failure: FailureView | null = null) =>
    keepRun(hub, {
      ...base,
      status,
      ...failureColumns(failure),
      counts: JSON.stringify(counts),
      ended_at: status === "running" ? null : hub.now(),
    });
  await keep("running");
  onStarted?.();
  try {
    const result = await work(counts, () => keep("running"));
    await keep("done");
    return result;
  } catch (cause) {
    await keep("failed", failureView(cause));
    throw cause;
  }
}

/** The message has a column of its own: it is what lists show. */
function failureColumns(failure: FailureView | null): Pick<Row<"runs">, "message" | "failure"> {
  if (failure === null) return { message: null, failure: null };
  const { message, ...rest } = failure;
  return { message, failure: JSON.stringify(rest) };
}

/** Ends of runs that could not be kept, because the store was away. */
const owed = new WeakMap<Hub, Row<"runs">[]>();

/** An end that cannot be kept is kept with what comes next, so that no run seems to go on for ever; a beginning or a count is refused. */
async function keepRun(hub: Hub, row: Row<"runs">): Promise<void> {
  const before = owed.get(hub) ?? [];
  owed.delete(hub);
  try {
    await hub.store.commit([set("runs", [...before, row])]);
  } catch (cause) {
    const ended = row.ended_at !== null && (cause instanceof StoreError || cause instanceof StoreFullError);
    owed.set(hub, [...before, ...(owed.get(hub) ?? []), ...(ended ? [row] : [])]);
    if (!ended) throw cause;
  }
}

/** Closes the runs of processes that are gone; those of others at work on the same store go on. */
export async function closeInterruptedRuns(hub: Hub): Promise<void> {
  const { runs } = hub.store.tables;
  const open = await hub.store.db.select().from(runs).where(eq(runs.status, "running"));
  if (open.length === 0) return;
  const isGone = await hub.presence.gone();
  const left = open.flatMap(({ id, owner }) => (isGone(owner) ? [id] : []));
  // Read anew: a process ends its runs before it leaves, which may have been between those two looks.
  const interrupted = (await hub.store.byKey("runs", "id", left)).filter(({ status }) => status === "running");
  if (interrupted.length === 0) return;
  const message = "The hub stopped during this run; what it had committed stands and the next run goes on from there";
  await hub.store.commit([
    set(
      "runs",
      interrupted.map((row) => ({ ...row, status: "failed", message, ended_at: hub.now() })),
    ),
  ]);
}
