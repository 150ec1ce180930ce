import { type BackfillProgress, type Forecast, forecast, SourceError } from "../connector/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { HubConnection } from "./hub.ts";

/** A backfill that this process reads, from its beginning in this run on. */
interface Backfill {
  startedAt: number;
  requestsBefore: number;
  records: number;
  before: number;
  total: number | null;
}

/** A backfill under way as it may be shown. */
export interface BackfillView extends Forecast {
  records: number;
  total: number | null;
}

const underWay = new WeakMap<HubConnection, Map<string, Backfill>>();

/** What is told of a backfill while it runs. */
export interface BackfillFollower {
  seen(records: number): void;
  /** Resolves when the vendor is asked for nothing any more. */
  settled(): Promise<void>;
  end(): void;
}

/**
 * Follows a backfill for as long as it runs: `seen` is told of its records, `end` forgets it. The vendor is asked once how many records
 * there are, where it counts them: before a reading that goes on (`before` are the records that runs before have read) or is done anew, else
 * only when there is more than a first part of them, as nobody waits for the end of less.
 */
export async function followBackfill(
  connection: HubConnection,
  { name, before, isAnew, clock }: { name: string; before: number; isAnew: boolean; clock: Clock },
): Promise<BackfillFollower> {
  const { open } = connection;
  const backfills = underWay.get(connection) ?? new Map<string, Backfill>();
  underWay.set(connection, backfills);
  const isKnown = isAnew || before > 0;
  const total = isKnown ? await countOf(connection, name) : null;
  const requestsBefore = open.requests?.() ?? 0;
  const backfill: Backfill = { startedAt: clock.now(), requestsBefore, records: 0, before, total };
  backfills.set(name, backfill);
  let counting: Promise<void> | undefined;
  const count = async () => {
    backfill.total = await countOf(connection, name);
  };
  return {
    seen(records) {
      const isMore = backfill.records > 0 && records > 0;
      backfill.records += records;
      if (isKnown || !isMore) return;
      counting ??= count();
      counting.catch(() => undefined); // told by `settled`
    },
    settled: async () => counting,
    end: () => backfills.delete(name),
  };
}

/** How a stream's backfill comes on; null when this process reads none. */
export function backfillOf(connection: HubConnection, name: string, now: number): BackfillView | null {
  const backfill = underWay.get(connection)?.get(name);
  if (!backfill) return null;
  const { records, before, total, startedAt, requestsBefore } = backfill;
  const progress: BackfillProgress = {
    records,
    before,
    total,
    elapsedMs: now - startedAt,
    requests: (connection.open.requests?.() ?? 0) - requestsBefore,
    quota: connection.open.quota?.() ?? null,
  };
  return { records: before + records, total, ...forecast(progress, now) };
}

/** A count that cannot be had is no reason not to read. */
export async function countOf({ open }: HubConnection, name: string): Promise<number | null> {
  try {
    return (await open.streams[name]?.count?.()) ?? null;
  } catch (cause) {
    if (cause instanceof SourceError) return null;
    throw cause;
  }
}
