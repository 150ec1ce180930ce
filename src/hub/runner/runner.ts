import { setTimeout as wallClock } from "node:timers/promises";
import type { Selection } from "../errors/retry.ts";
import { closeInterruptedRuns } from "../runs.ts";
import { createAtWork } from "./at-work.ts";
import { runChanged } from "./changed.ts";
import { createContext, type RunnerOptions, StoppedError } from "./context.ts";
import { runDerivation } from "./derive.ts";
import { runHeld } from "./held.ts";
import { createJobs, type Job } from "./jobs.ts";

/** A hub at work: what `journey-hub start` runs and the API steers. */
export interface Runner {
  /** Closes what a killed process left open and sets the loops going; resolves when the hub can be used. */
  start(): Promise<void>;
  /** Ends every loop after the commit it is in; resolves then, or after ten seconds at the latest. */
  stop(): Promise<void>;
  /** Deliveries of this connection are waiting in the inbox. */
  poke(connection: string): void;
  /** Pulls a connection now; the run under way if there is one. Throws ConfigError when it cannot be used. */
  syncNow(connection: string): Job;
  /** Derives what is due now. */
  deriveNow(): Job;
  /** Writes a connection's differences back now. Throws ConfigError when it cannot be used. */
  applyNow(connection: string): Job;
  /** Compares a connection with its vendor now and heals what differs. Throws ConfigError when it cannot be used. */
  auditNow(connection: string): Job;
  /** Tries open errors again now. While the loops run, what waits for its CRM is written back at once, else at the next apply. */
  retryNow(selection: Selection): Job;
  /** A record has passed that no job brought: while the loops run, what changed by it is derived soon. */
  changed(): void;
  /** `broken`: a loop ended that must not; the log says why. */
  state(): "new" | "running" | "broken" | "stopping" | "stopped";
}

const stopMaxMs = 10_000;

/**
 * The loops of a hub: each connection polled on its schedule and its deliveries worked off as they come, customers derived when they
 * changed or a timer is due, differences written back. A connection that fails is shown with its status; the others go on.
 * @example const runner = createRunner({ hub, log, metrics }); await runner.start(); process.once("SIGTERM", () => runner.stop());
 */
export function createRunner(options: RunnerOptions): Runner {
  const stop = new AbortController();
  const context = createContext(options, stop.signal);
  const jobs = createJobs(context, (id) => atWork.deliveries(id)?.retryNow());
  const atWork = createAtWork(context, jobs, (loop) => watch([loop]));
  let loops: Promise<unknown> = Promise.resolve();
  let state: ReturnType<Runner["state"]> = "new";

  function watch(running: readonly Promise<unknown>[]): void {
    const watched = Promise.all(running).catch((cause: unknown) => {
      state = "broken";
      context.log.fatal({ err: cause }, "a loop of the hub ended; restart the hub");
    });
    loops = Promise.all([loops, watched]);
  }

  return {
    async start() {
      context.hub.presence.onGone(() => {
        closeInterruptedRuns(context.hub).catch((cause: unknown) => {
          context.log.warn({ err: cause }, "the runs of a process that is gone could not be closed");
        });
      });
      await closeInterruptedRuns(context.hub);
      context.metrics.observe(context.hub);
      state = "running";
      for (const id of context.hub.connectionIds()) atWork.take(id);
      watch([runDerivation(context, jobs, atWork.ids), runHeld(context), runChanged(context, atWork.leave)]);
      context.hub.onTaken((id) => {
        if (state === "running") atWork.take(id);
      });
    },
    async stop() {
      if (state === "stopping" || state === "stopped") return;
      state = "stopping";
      stop.abort(new StoppedError());
      context.hub.stopWaiting();
      await withinTheTimeToStop(loops.then(jobs.settled));
      state = "stopped";
    },
    poke: (connection) => atWork.deliveries(connection)?.poke(),
    syncNow: jobs.sync,
    deriveNow: jobs.derive,
    applyNow: jobs.apply,
    auditNow: (connection) => jobs.audit(connection),
    retryNow: (selection) =>
      jobs.retry(selection, (waiting) => {
        if (state === "running") for (const connection of waiting) jobs.apply(connection);
      }),
    changed: () => context.changed.ring(),
    state: () => state,
  };
}

async function withinTheTimeToStop(loops: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  // The process's own time: a hub on a test clock must end all the same.
  const late = wallClock(stopMaxMs, undefined, { signal: timer.signal, ref: false }).catch(() => undefined);
  await Promise.race([loops, late]);
  timer.abort();
}
