import { setTimeout as wallClock } from "node:timers/promises";
import { SourceError } from "../../connector/index.ts";
import { StoreError } from "../../store/store.ts";
import { durationMs } from "../duration.ts";
import type { Selection } from "../errors/retry.ts";
import { closeInterruptedRuns } from "../runs.ts";
import { checkConnection } from "../sync.ts";
import { runAudits } from "./audits.ts";
import { createContext, type RunnerContext, type RunnerOptions, StoppedError } from "./context.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import { runDerivation } from "./derive.ts";
import { runHeld } from "./held.ts";
import { createJobs, type Job, type Jobs } from "./jobs.ts";
import { runListening } from "./listening.ts";

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
  const inboxes = new Map<string, Deliveries>();
  const jobs = createJobs(context, (id) => inboxes.get(id)?.retryNow());
  let loops: Promise<unknown> = Promise.resolve();
  let state: ReturnType<Runner["state"]> = "new";

  /** Sets going what a connection needs; one whose settings cannot be used stands still. */
  function work(id: string): void {
    if (!isUsable(context, id)) return;
    const deliveries = createDeliveries(context, id);
    inboxes.set(id, deliveries);
    watch(loopsOf(context, jobs, { id, deliveries }));
  }

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
      for (const id of context.hub.connectionIds()) work(id);
      watch([runDerivation(context, jobs, () => [...inboxes.keys()]), runHeld(context)]);
      context.hub.onAdded((id) => {
        if (state === "running") work(id);
      });
    },
    async stop() {
      if (state === "stopping" || state === "stopped") return;
      state = "stopping";
      stop.abort(new StoppedError());
      await withinTheTimeToStop(loops.then(jobs.settled));
      state = "stopped";
    },
    poke: (connection) => inboxes.get(connection)?.poke(),
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

/** What goes on for one connection while the hub runs. */
function loopsOf(
  context: RunnerContext,
  jobs: Jobs,
  { id, deliveries }: { id: string; deliveries: Deliveries },
): Promise<unknown>[] {
  return [
    runPolls(context, jobs, id),
    deliveries.run(),
    runListening(context, jobs, { id, poke: deliveries.poke }),
    runAudits(context, jobs, id),
  ];
}

/** A connection whose settings cannot be used stands still, with the reason in the log and in its status, until the next start. */
function isUsable({ hub, log }: RunnerContext, id: string): boolean {
  try {
    hub.connection(id);
    return true;
  } catch (cause) {
    log.error({ connection: id, err: cause }, "the connection cannot be used");
    return false;
  }
}

/** Polls are spread by up to a tenth of the schedule, so that connections do not all come at once. */
const jitterShare = 0.1;
/** A database that is away for a moment must not cost a poll: it is looked for again after this time. */
const storePauseMs = 5_000;

async function runPolls(context: RunnerContext, jobs: Jobs, id: string): Promise<void> {
  const { hub, log, clock, random, stopping } = context;
  const bell = context.bell();
  const { schedule } = hub.connection(id).entry;
  await checkConnection(hub, id).then(
    ({ account, name }) => log.info({ connection: id, account, name }, "connected"),
    (cause: unknown) => log.error({ connection: id, err: cause }, "the connection's check failed"),
  );
  if (schedule === undefined) return;
  const everyMs = durationMs(schedule);
  while (!stopping.aborted) {
    const startedAt = clock.now();
    let againMs = everyMs * (1 + jitterShare * random());
    // A failure is kept as the run's and the connection's status, and logged there.
    await jobs.sync(id).done.catch((cause: unknown) => {
      if (cause instanceof SourceError && cause.next !== "retry") log.warn({ connection: id }, "needs a person");
      if (cause instanceof StoreError) againMs = Math.min(againMs, storePauseMs);
    });
    await bell.wait(Math.max(0, startedAt + againMs - clock.now()));
  }
}

async function withinTheTimeToStop(loops: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  // The process's own time: a hub on a test clock must end all the same.
  const late = wallClock(stopMaxMs, undefined, { signal: timer.signal, ref: false }).catch(() => undefined);
  await Promise.race([loops, late]);
  timer.abort();
}
