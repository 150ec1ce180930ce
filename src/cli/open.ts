import { loadConnectors } from "../../connectors/index.ts";
import { type Hub, openHub } from "../hub/hub.ts";
import { closeInterruptedRuns } from "../hub/runs.ts";
import { systemClock } from "../lib/clock.ts";
import { StoreError, StoreFullError } from "../store/store.ts";
import { liveHub } from "./beside.ts";
import { UsageError } from "./failure.ts";
import { interruptible } from "./signals.ts";

/** Opens a data folder with the shipped connectors for the time of `work`, and closes it whatever happens. */
export async function withHub<T>(folder: string, work: (hub: Hub) => Promise<T>): Promise<T> {
  const hub = await openHub({ folder, connectors: loadConnectors });
  return closing(hub, async () => {
    await closeAbandonedRuns(hub);
    return work(hub);
  });
}

/**
 * Opens a data folder for reading alone: where a hub runs on it, what that hub had committed and derived at one moment.
 * Throws UsageError where a running hub's database gives no such moment, Error when the hub is too busy to have one.
 */
export async function withReading<T>(folder: string, work: (hub: Hub) => Promise<T>): Promise<T> {
  const running = await liveHub(folder);
  if (!running) return withHub(folder, work);
  if (process.env.JOURNEY_HUB_DATABASE_URL) {
    throw new UsageError(
      `On Postgres this needs the hub to stand still: stop it (\`kill ${running.pid}\`), run this, start it again.`,
    );
  }
  for (let waited = 0; waited < settleMaxMs; waited += lookEveryMs) {
    const hub = await openHub({ folder, connectors: loadConnectors, beside: true });
    if (await isDerived(hub)) return closing(hub, () => work(hub));
    await hub.close();
    await systemClock.sleep(lookEveryMs);
  }
  throw new Error(
    `The running hub has not come to derive what landed within ${settleMaxMs / 1_000} seconds: try again when it is quieter.`,
  );
}

const settleMaxMs = 30_000;
const lookEveryMs = 250;

/** What has landed and is not derived yet would look like a difference. */
async function isDerived({ store }: Hub): Promise<boolean> {
  const waiting = await store.db.select().from(store.tables.dirty).limit(1);
  return waiting.length === 0;
}

/** Ends the runs of a process that is gone. */
export async function closeAbandonedRuns(hub: Hub): Promise<void> {
  try {
    await closeInterruptedRuns(hub);
  } catch (cause) {
    // A store that takes nothing can still be read; the next to open it ends them.
    if (!(cause instanceof StoreError || cause instanceof StoreFullError)) throw cause;
  }
}

async function closing<T>(hub: Hub, work: () => Promise<T>): Promise<T> {
  try {
    return await interruptible(work);
  } finally {
    await hub.close();
  }
}
