import { asc } from "drizzle-orm";
import { isHeld } from "../held.ts";
import { backOffMs, contextOf, type RunnerContext } from "./context.ts";
import { lookAgainMs } from "./held.ts";
import type { Jobs } from "./jobs.ts";

/** Changes that come within this time are derived together. */
const gatherMs = 250;
/** Planning reads every record of a connection: it may take up a tenth of the time, and comes at most this often. */
const writebackPauseMinMs = 1_000;
const writebackPauseFactor = 9;
const failurePauseMs = [5_000, 900_000] as const;

/** Derives when customers changed or a timer is due, and writes back what came of it to the connections there are then. */
export async function runDerivation(
  context: RunnerContext,
  jobs: Jobs,
  connections: () => readonly string[],
): Promise<void> {
  const { clock, log, stopping, changed, random } = context;
  const writers = new Map<string, ReturnType<typeof createWriter>>();
  const writing: Promise<void>[] = [];
  const ask = (which: "all" | "new") => {
    for (const id of connections()) {
      const known = writers.get(id);
      if ((known && which === "new") || !writesBack(context, id)) continue;
      const writer = known ?? createWriter(contextOf(context, id), jobs, id);
      if (!known) writing.push(writer.run().finally(() => ended(id)));
      writers.set(id, writer);
      writer.ask();
    }
  };
  // The connection was taken out; should it be there again by now, it is asked anew.
  const ended = (id: string) => {
    writers.delete(id);
    changed.ring();
  };
  let failures = 0;
  ask("new"); // what a killed hub had derived and not yet written
  while (!stopping.aborted) {
    let pauseMs: number;
    try {
      const derived = (await isDue(context)) ? await jobs.derive().customers : 0;
      ask(derived > 0 ? "all" : "new");
      pauseMs = await untilNextTimerMs(context);
      failures = 0;
    } catch (cause) {
      if (!stopping.aborted) log.error({ err: cause }, "deriving is tried again");
      failures += 1;
      pauseMs = backOffMs(failures, failurePauseMs, random);
    }
    await changed.wait(pauseMs);
    if (!stopping.aborted) await clock.sleep(gatherMs, stopping).catch(() => undefined); // woken early to stop
  }
  await Promise.all(writing);
}

function writesBack({ hub }: RunnerContext, id: string): boolean {
  const { entry, open } = hub.connection(id);
  return entry.writeback && open.writeback !== undefined;
}

async function isDue({ hub, clock }: RunnerContext): Promise<boolean> {
  const { dirty } = hub.store.tables;
  const [marked] = await hub.store.db.select().from(dirty).limit(1);
  return marked !== undefined || (await nextTimerAt(hub)) <= clock.now();
}

async function untilNextTimerMs({ hub, clock }: RunnerContext): Promise<number> {
  return Math.max(0, (await nextTimerAt(hub)) - clock.now());
}

async function nextTimerAt({ store }: RunnerContext["hub"]): Promise<number> {
  const { timers } = store.tables;
  const [next] = await store.db.select({ due_at: timers.due_at }).from(timers).orderBy(asc(timers.due_at)).limit(1);
  return next ? Date.parse(next.due_at) : Number.POSITIVE_INFINITY;
}

/** Writes one connection's differences back when asked; a CRM that fails is tried again later and holds up no other. */
function createWriter(context: RunnerContext, jobs: Jobs, id: string) {
  const { hub, log, clock, stopping, random } = context;
  const bell = context.bell();
  return {
    ask: bell.ring,
    async run(): Promise<void> {
      let failures = 0;
      let waited = false;
      let pauseMs = Number.POSITIVE_INFINITY;
      while (!stopping.aborted) {
        await bell.wait(pauseMs);
        if (stopping.aborted) return;
        if (isHeld(hub)) {
          if (!waited) log.warn({ connection: id }, "write-backs wait until the mapping files are mended");
          waited = true;
          pauseMs = lookAgainMs;
          continue;
        }
        waited = false;
        const startedAt = clock.now();
        try {
          await jobs.apply(id).done;
          failures = 0;
        } catch {
          failures += 1; // kept as the run's failure, and logged there
        }
        const restMs = Math.max(writebackPauseMinMs, writebackPauseFactor * (clock.now() - startedAt));
        pauseMs = failures > 0 ? backOffMs(failures, failurePauseMs, random) : Number.POSITIVE_INFINITY;
        await clock.sleep(Math.min(restMs, pauseMs), stopping).catch(() => undefined); // woken early to stop
      }
    },
  };
}
