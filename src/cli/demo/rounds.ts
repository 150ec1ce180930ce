import { eq } from "drizzle-orm";
import { findRun, planOf } from "../../hub/queries/queries.ts";
import { applyWritebacks, checkConnection, deriveAll, type SyncResult, syncConnection } from "../../hub/sync.ts";
import { systemClock } from "../../lib/clock.ts";
import { type Output, style, table } from "../output.ts";
import type { RunningServer } from "../server.ts";

export interface RoundFigures {
  seconds: number;
  records: number;
  events: number;
  customers: number;
  fields: number;
  /** The most that its process has held. */
  hubMegabytes: number;
}

/** Connect, backfill, derive, write back: with a bar for each, and the time it took. */
export async function firstRound({ hub }: RunningServer, output: Output): Promise<RoundFigures> {
  const startedAt = performance.now();
  for (const id of hub.connectionIds()) {
    const { account, name } = await checkConnection(hub, id);
    output.say(`${style.good("✓")} connected ${id}: ${name} (${account})`);
  }
  const results = await Promise.all(hub.connectionIds().map((id) => backfill(hub, id, output)));
  output.say(
    table([
      ["connection", "records", "events", "errors"],
      ...results.map((r) => [r.connection, String(r.stored), String(r.events), String(r.failed)]),
    ]),
  );
  const { customers, fields } = await deriveAndApply(hub, output);
  const seconds = (performance.now() - startedAt) / 1_000;
  const records = results.reduce((sum, { stored }) => sum + stored, 0);
  const events = results.reduce((sum, result) => sum + result.events, 0);
  const hubMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  output.say(
    `${records} records in, ${fields} fields written back in ${seconds.toFixed(1)} s; the hub used ${hubMegabytes} MB at most`,
  );
  return { seconds, records, events, customers, fields, hubMegabytes };
}

type Hub = RunningServer["hub"];

async function backfill(hub: Hub, id: string, output: Output): Promise<SyncResult> {
  const bar = output.progress(id);
  try {
    return await syncConnection(hub, id, ({ counts }) => bar.add(counts.in));
  } finally {
    bar.stop();
  }
}

async function deriveAndApply(hub: Hub, output: Output): Promise<{ customers: number; fields: number }> {
  const deriving = output.progress("derive");
  const customers = await deriveAll(hub, (done) => deriving.set(done));
  deriving.stop();
  output.say(`derived stage and score of ${customers} customers`);
  const applied = await Promise.all(
    hub.connectionIds().map(async (id) => {
      const bar = output.progress(`write back ${id}`);
      const result = await applyWritebacks(hub, id, (written) => bar.set(written));
      bar.stop();
      return { id, result };
    }),
  );
  for (const { id, result } of applied) {
    if (result)
      output.say(`wrote ${result.fields} fields of ${result.records} ${id} records, ${result.refused} refused`);
  }
  return { customers, fields: applied.reduce((sum, { result }) => sum + (result?.fields ?? 0), 0) };
}

const passesMax = 5;

/**
 * What happened since, taken in and written back. The running hub's own jobs do it: webhooks have set them going already, and two pieces
 * of work on one connection must not overtake each other.
 */
export async function nextRound({ hub, runner }: RunningServer, output: Output): Promise<void> {
  const ids = hub.connectionIds();
  await Promise.all(ids.map((id) => runner.syncNow(id).done));
  let fields = 0;
  for (let pass = 0; pass < passesMax; pass++) {
    await runner.deriveNow().done;
    for (const id of ids) fields += await applied(hub, runner.applyNow(id));
    if (await isSettled(hub)) break;
  }
  output.say(`derived what changed and wrote ${fields} fields back`);
}

async function applied(hub: Hub, { run_id, done }: ReturnType<RunningServer["runner"]["applyNow"]>): Promise<number> {
  await done;
  return (await findRun(hub, run_id))?.counts.fields ?? 0;
}

/** Nothing waits to be derived, and every CRM holds what it should. */
async function isSettled(hub: Hub): Promise<boolean> {
  const waiting = await hub.store.db.select().from(hub.store.tables.dirty).limit(1);
  if (waiting.length > 0) return false;
  for (const id of hub.connectionIds())
    for await (const planned of planOf(hub, id)) if (planned.length > 0) return false;
  return true;
}

const waitMaxMs = 15_000;
const lookEveryMs = 100;
/** HubSpot's simulator sends webhooks a moment after the change. */
const settleMs = 600;

/** Waits until the webhooks of the story have come in and been worked off; throws when none came. */
export async function untilIdle({ hub }: RunningServer): Promise<void> {
  const { inbox } = hub.store.tables;
  await systemClock.sleep(settleMs);
  for (let waited = 0; waited < waitMaxMs; waited += lookEveryMs) {
    const all = await hub.store.db.select({ seq: inbox.seq }).from(inbox).limit(1);
    const waiting = await hub.store.db
      .select({ seq: inbox.seq })
      .from(inbox)
      .where(eq(inbox.status, "waiting"))
      .limit(1);
    if (all.length > 0 && waiting.length === 0) return;
    await systemClock.sleep(lookEveryMs);
  }
  throw new Error("No webhook came from the HubSpot simulator within 15 seconds.");
}
