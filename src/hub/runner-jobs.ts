import { randomUUID } from "node:crypto";
import { reviveFailed } from "./inbox-failures.ts";
import type { RunnerContext } from "./runner-context.ts";
import { recordRun } from "./runs.ts";
import { applyWritebacks, deriveAll, syncConnection } from "./sync.ts";

/** A piece of work under way: the id of its run, and its end, which rejects when the work failed. */
export interface Job {
  run_id: string;
  done: Promise<void>;
}

/** The work a running hub does, each piece never twice at once: asked for again, the one under way is the answer. */
export interface Jobs {
  sync(connection: string): Job;
  derive(): Job & { customers: Promise<number> };
  apply(connection: string): Job;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

/** `onRevived` hears of connections whose given-up deliveries wait again, because the vendor answered. */
export function createJobs(context: RunnerContext, onRevived: (connection: string) => void): Jobs {
  const { hub, log, metrics, stopping, changed } = context;
  const running = new Map<string, Job>();
  const once = (name: string, work: (runId: string) => Promise<void>): Job => {
    const standing = running.get(name);
    if (standing) return standing;
    const run_id = randomUUID();
    const done = work(run_id).finally(() => running.delete(name));
    done.catch((cause: unknown) => {
      if (!stopping.aborted)
        log.error({ err: cause, job: name, run: run_id }, "the work failed; it is kept as its run");
    });
    const job = { run_id, done };
    running.set(name, job);
    return job;
  };
  let customers: Promise<number> = Promise.resolve(0);
  return {
    sync: (connection) => {
      hub.connection(connection); // refused at once when its settings cannot be used
      return once(`sync ${connection}`, async (runId) => {
        const onProgress = ({ counts }: { counts: Parameters<typeof metrics.batch>[1] }) =>
          metrics.batch(connection, counts);
        const { stored, events } = await syncConnection(hub, connection, onProgress, {
          runId,
          signal: stopping,
        }).finally(changed.ring);
        const revived = await reviveFailed(hub, connection);
        if (revived > 0) onRevived(connection);
        log.info({ connection, run: runId, stored, events, revived }, "sync done");
      });
    },
    derive() {
      const job = once("derive", async (runId) => {
        customers = derive(runId);
        await customers;
      });
      return { ...job, customers };
    },
    apply: (connection) => {
      hub.connection(connection);
      return once(`apply ${connection}`, async (runId) => {
        const applied = await applyWritebacks(hub, connection, () => stopping.throwIfAborted(), { runId });
        if (!applied) return;
        metrics.written(connection, applied);
        const { records, fields, refused } = applied;
        if (records + refused > 0) log.info({ connection, run: runId, records, fields, refused }, "written back");
      });
    },
    async settled() {
      await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
  };

  async function derive(id: string): Promise<number> {
    return recordRun(hub, { connection: "", kind: "derive", id }, async (counts) => {
      let before = 0;
      const derived = await deriveAll(hub, (soFar) => {
        counts.customers = soFar;
        metrics.derived(soFar - before);
        before = soFar;
        stopping.throwIfAborted();
      });
      counts.customers = derived;
      return derived;
    });
  }
}
