import { type CursorState, SourceError } from "../connector/index.ts";
import type { BatchCounts } from "../pipeline/context.ts";
import { deriveDue } from "../pipeline/derive/run.ts";
import { readCursor } from "../pipeline/pull/rows.ts";
import { pullStream } from "../pipeline/pull/run.ts";
import { type Applied, applyConnection } from "../pipeline/writeback/run.ts";
import type { Row } from "../store/tables.ts";
import { set } from "../store/writes.ts";
import { followBackfill } from "./backfills.ts";
import type { Hub, HubConnection } from "./hub.ts";
import { type RunOf, recordRun } from "./runs.ts";

export interface SyncProgress {
  connection: string;
  stream: string;
  counts: BatchCounts;
}

export interface SyncResult extends BatchCounts {
  connection: string;
}

/** How a run is steered from outside: named beforehand, and ended by the signal after the commit it is in. */
export interface RunControl extends Pick<RunOf, "id" | "onStarted"> {
  signal?: AbortSignal;
}

/**
 * Pulls every stream of a connection, reference data first. A stream that fails does not keep the others from running; the first
 * failure is thrown at the end. @returns the totals over all streams.
 */
export async function syncConnection(
  hub: Hub,
  id: string,
  onProgress?: (progress: SyncProgress) => void,
  { signal, ...run }: RunControl = {},
): Promise<SyncResult> {
  const connection = hub.connection(id);
  return recordRun(hub, { ...run, connection: id, kind: "sync" }, async (counts, show) => {
    const counted = nowAndThen(hub, show);
    const totals: SyncResult = { connection: id, in: 0, stored: 0, duplicate: 0, failed: 0, events: 0 };
    const failures: unknown[] = [];
    for (const name of streamOrder(connection)) {
      try {
        signal?.throwIfAborted();
        await pullOne(hub, connection, name, (batch) => {
          for (const key of ["in", "stored", "duplicate", "failed", "events"] as const) totals[key] += batch[key];
          Object.assign(counts, { ...totals, connection: undefined });
          onProgress?.({ connection: id, stream: name, counts: batch });
          counted.show();
          signal?.throwIfAborted();
        });
      } catch (cause) {
        await counted.settled();
        if (signal?.aborted) throw cause; // stopped, not failed: the connection's status stays what it was
        failures.push(cause);
        if (cause instanceof SourceError && (cause.next === "stop" || cause.next === "reauthorise")) break;
      }
    }
    await counted.settled();
    const [first] = failures;
    await keepStatus(hub, connection, first);
    if (first !== undefined) throw first;
    return totals;
  });
}

const showEveryMs = 2_000;

/** Shows a run's counts while it goes on, every two seconds at most. What cannot be shown meanwhile is shown at the run's end. */
function nowAndThen({ clock }: Hub, show: () => Promise<unknown>) {
  let shownAt = clock.now();
  let shown: Promise<unknown> = Promise.resolve();
  return {
    show(): void {
      if (clock.now() - shownAt < showEveryMs) return;
      shownAt = clock.now();
      shown = Promise.allSettled([shown, show()]);
    },
    /** Resolves when nothing is being shown: the run's end must be the last word. */
    settled: () => shown,
  };
}

function streamOrder({ open }: HubConnection): string[] {
  const names = Object.keys(open.streams);
  return [
    ...names.filter((name) => open.streams[name]?.reference),
    ...names.filter((name) => !open.streams[name]?.reference),
  ];
}

async function pullOne(
  hub: Hub,
  connection: HubConnection,
  name: string,
  onProgress: (counts: BatchCounts) => void,
): Promise<void> {
  const stream = connection.open.streams[name];
  if (!stream) return;
  const fields = hub.rules.mappings.find(connection.connector.id, stream.object)?.reads ?? [];
  const place = await readCursor(hub.store, connection.id, name);
  const isBackfill = stream.changes !== undefined && (place === null || cursorOf(place).mode === "backfill");
  const before = place?.records ?? 0;
  const backfill = isBackfill ? await followBackfill(connection, { name, before, clock: hub.clock }) : null;
  try {
    await pullStream({
      pipeline: hub.pipeline,
      connection: connection.id,
      name,
      stream,
      fields,
      nowMs: hub.clock.now(),
      onProgress(counts, read) {
        backfill?.seen(read);
        onProgress(counts);
      },
    });
  } finally {
    backfill?.end();
  }
}

const cursorOf = ({ state }: Row<"cursors">): CursorState => JSON.parse(state);

/** Proves a connection's credentials and keeps what was learned. Throws SourceError that names the field and the remedy. */
export async function checkConnection(hub: Hub, id: string): Promise<{ account: string; name: string }> {
  const connection = hub.connection(id);
  try {
    const { id: account, name } = await connection.open.check();
    await keepStatus(hub, connection, undefined, account);
    return { account, name };
  } catch (cause) {
    await keepStatus(hub, connection, cause);
    throw cause;
  }
}

async function keepStatus(
  hub: Hub,
  { id, connector }: HubConnection,
  failure: unknown,
  account?: string,
): Promise<void> {
  const [known] = await hub.store.byKey("connections", "id", [id]);
  const needsPerson = failure instanceof SourceError && (failure.next === "stop" || failure.next === "reauthorise");
  const status = failure === undefined ? "connected" : needsPerson ? "needs_attention" : "failed";
  const message =
    failure instanceof Error
      ? [failure.message, failure instanceof SourceError ? failure.details.remedy : ""].filter(Boolean).join(" ")
      : null;
  await hub.store.commit([
    set("connections", [
      {
        id,
        connector: connector.id,
        account: account ?? known?.account ?? null,
        status,
        message,
        checked_at: hub.now(),
      },
    ]),
  ]);
}

/** Derives stages and scores of every customer that changed or whose timer is due. @returns how many. */
export async function deriveAll(hub: Hub, onProgress?: (derived: number) => void): Promise<number> {
  const options = { store: hub.store, rules: hub.rules.derive, asOf: hub.now() };
  return deriveDue(onProgress ? { ...options, onProgress } : options);
}

/** Sends a connection's differences back to it. Connections without write-back give null. */
export async function applyWritebacks(
  hub: Hub,
  id: string,
  onProgress?: (written: number) => void,
  run: Omit<RunControl, "signal"> = {},
): Promise<Applied | null> {
  const { open, entry } = hub.connection(id);
  const { writeback } = open;
  if (!writeback || !entry.writeback) return null;
  return recordRun(hub, { ...run, connection: id, kind: "apply" }, async (counts) => {
    const options = { store: hub.store, connection: id, writeback, now: hub.now };
    const applied = await applyConnection(onProgress ? { ...options, onProgress } : options);
    Object.assign(counts, { records: applied.records, fields: applied.fields, refused: applied.refused });
    return applied;
  });
}
