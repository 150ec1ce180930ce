import type { CursorState } from "../connector/index.ts";
import type { BatchCounts } from "../pipeline/context.ts";
import { deriveDue } from "../pipeline/derive/run.ts";
import { readCursor } from "../pipeline/pull/rows.ts";
import { pullStream } from "../pipeline/pull/run.ts";
import { finishReplay, interruptedAt } from "../pipeline/replay.ts";
import { type Applied, applyConnection } from "../pipeline/writeback/run.ts";
import { StaleError } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { checkedAccount, proveAccount } from "./account.ts";
import { followBackfill } from "./backfills.ts";
import { lookForDrift } from "./drift/look.ts";
import { concernsConnection } from "./failure.ts";
import { keepHealth, keepWriting } from "./health.ts";
import { refuseWhileHeld, settleHeld } from "./held.ts";
import type { Hub, HubConnection } from "./hub.ts";
import { fieldsRead, rereadOf, streamsToReread } from "./rereads.ts";
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

/** Rounds of a run, each with a part of what is to be read again. What is left then is for the next run. */
const roundsMax = 1_000;
/** After so many rounds all streams are pulled again, so that their changes do not wait for the end of a long reading. */
const roundsApart = 10;

/**
 * Pulls every stream of a connection, reference data first; then those whose mapping has begun to read more fields, until all of their
 * records were asked for them. A stream that fails does not keep the others from running; the first failure is thrown at the end.
 * @returns the totals over all streams.
 */
export async function syncConnection(
  hub: Hub,
  id: string,
  onProgress?: (progress: SyncProgress) => void,
  { signal, ...run }: RunControl = {},
): Promise<SyncResult> {
  const connection = hub.connection(id);
  return recordRun(hub, { ...run, connection: id, kind: "sync" }, async (counts, show) => {
    await settleHeld(hub);
    await proveAccount(hub, connection).catch(async (cause: unknown) => {
      await keepHealth(hub, connection, cause);
      throw cause;
    });
    const counted = nowAndThen(hub, show);
    const totals: SyncResult = { connection: id, in: 0, stored: 0, duplicate: 0, failed: 0, events: 0 };
    const failures: unknown[] = [];
    const beganAt = hub.now();
    const others = new Set<string>();
    const pullNext = async (name: string): Promise<"go on" | "stop"> => {
      try {
        signal?.throwIfAborted();
        const reader = await pullOne(hub, connection, name, (batch) => {
          for (const key of ["in", "stored", "duplicate", "failed", "events"] as const) totals[key] += batch[key];
          Object.assign(counts, { ...totals, connection: undefined });
          onProgress?.({ connection: id, stream: name, counts: batch });
          counted.show();
          signal?.throwIfAborted();
        });
        if (reader === "another process") others.add(name);
      } catch (cause) {
        await counted.settled();
        if (signal?.aborted) throw cause; // stopped, not failed: the connection's status stays what it was
        failures.push(cause);
        if (concernsConnection(cause)) return "stop";
      }
      return "go on";
    };
    for (let round = 0; round < roundsMax && failures.length === 0; round++) {
      const owed = round === 0 ? [] : await streamsToReread(hub, connection);
      if (round > 0 && owed.every((name) => others.has(name))) break;
      for (const name of streamOrder(connection)) {
        if ((round % roundsApart !== 0 && !owed.includes(name)) || others.has(name)) continue;
        if ((await pullNext(name)) === "stop") break;
      }
    }
    await counted.settled();
    if (!failures.some(concernsConnection)) await lookForDrift(hub, connection, beganAt);
    const [first] = failures;
    await keepHealth(hub, connection, first);
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
): Promise<"we" | "another process"> {
  const stream = connection.open.streams[name];
  if (!stream) return "we";
  const place = await readCursor(hub.store, connection.id, name);
  const fields = fieldsRead(hub, connection, name, place ? cursorOf(place) : null);
  const isBackfill = stream.changes !== undefined && (place === null || cursorOf(place).mode === "backfill");
  const reread = place ? rereadOf(hub, connection, name, cursorOf(place)) : null;
  const before = reread?.records ?? place?.records ?? 0;
  const progress = { name, before, isAnew: reread !== null, clock: hub.clock };
  const backfill = isBackfill || reread ? await followBackfill(connection, progress) : null;
  try {
    await pullStream({
      pipeline: hub.pipeline,
      connection: connection.id,
      name,
      stream,
      fields,
      written: Object.values(connection.open.writeback?.targets[stream.object] ?? {}),
      nowMs: hub.clock.now(),
      onProgress(counts, read) {
        backfill?.seen(read);
        onProgress(counts);
      },
    });
    await backfill?.settled();
    return "we";
  } catch (cause) {
    // The cursor has moved without us: another process on this store reads the stream, and goes on with it.
    if (!(cause instanceof StaleError)) throw cause;
    return "another process";
  } finally {
    backfill?.end();
  }
}

const cursorOf = ({ state }: Row<"cursors">): CursorState => JSON.parse(state);

/** Proves a connection's credentials and keeps what was learned. Throws SourceError that names the field and the remedy. */
export async function checkConnection(hub: Hub, id: string): Promise<{ account: string; name: string }> {
  const connection = hub.connection(id);
  try {
    const { account, name } = await checkedAccount(hub, connection);
    await keepHealth(hub, connection, undefined, account);
    return { account, name };
  } catch (cause) {
    await keepHealth(hub, connection, cause);
    throw cause;
  }
}

/** Derives stages and scores of every customer that changed or whose timer is due. @returns how many. */
export async function deriveAll(hub: Hub, onProgress?: (derived: number) => void): Promise<number> {
  const options = { store: hub.store, rules: hub.rules.derive, asOf: hub.now() };
  return deriveDue(onProgress ? { ...options, onProgress } : options);
}

/** Sends a connection's differences back to it. Connections without write-back give null. Throws ConfigError while records wait for a mapping to be mended. */
export async function applyWritebacks(
  hub: Hub,
  id: string,
  onProgress?: (written: number) => void,
  run: Omit<RunControl, "signal"> = {},
): Promise<Applied | null> {
  const connection = hub.connection(id);
  const { open, entry } = connection;
  const { writeback } = open;
  if (!writeback || !entry.writeback) return null;
  await endReplay(hub);
  // What is mapped only now belongs to what is written.
  if ((await settleHeld(hub)) > 0) await deriveAll(hub);
  await refuseWhileHeld(hub);
  return recordRun(hub, { ...run, connection: id, kind: "apply" }, async (counts) => {
    const options = { store: hub.store, connection: id, writeback, now: hub.now };
    const { applied, failures } = await proveAccount(hub, connection)
      .then(() => applyConnection(onProgress ? { ...options, onProgress } : options))
      .catch(async (cause: unknown) => {
        await keepWriting(hub, id, [cause]);
        throw cause;
      });
    const { findings: _, ...counted } = applied;
    Object.assign(counts, counted);
    await keepWriting(hub, id, failures);
    if (failures.length > 0) throw failures[0];
    return applied;
  });
}

/** A replay that was killed left a part of the timelines out: what is written must not go by the rest of them. */
async function endReplay(hub: Hub): Promise<void> {
  const { pipeline, store } = hub;
  if ((await interruptedAt(store)) === null) return;
  await pipeline.alone(() => finishReplay(pipeline));
  await deriveAll(hub);
}
