import { randomUUID } from "node:crypto";
import { auditConnection } from "../audit/connection.ts";
import { retryErrors, type Selection } from "../errors/retry.ts";
import { reviveFailed } from "../inbox/failures.ts";
import { type RunOf, recordRun } from "../runs.ts";
import { applyWritebacks, deriveAll, type SyncProgress, syncConnection } from "../sync.ts";
import { type RunnerContext, StoppedError } from "./context.ts";

/** A piece of work under way. */
export interface Job {
  run_id: string;
  /** Resolves when the run's row can be read; rejects when the store took none. */
  started: Promise<void>;
  /** The end; rejects when the work failed. */
  done: Promise<void>;
}

/** The work a running hub does, each piece never twice at once: asked for again, the one under way is the answer. */
export interface Jobs {
  sync(connection: string): Job;
  /** A sync that begins from now on: one under way is waited for first. Rejects when it fails, or the hub is to stop. */
  syncAfresh(connection: string): Promise<void>;
  derive(): Job & { customers: Promise<number> };
  apply(connection: string): Job;
  /** All streams that can be audited when none are named. */
  audit(connection: string, streams?: readonly string[]): Job;
  /** `onWaiting` hears of connections on which errors wait for the next write-back. */
  retry(selection: Selection, onWaiting: (connections: readonly string[]) => void): Job;
  /** Resolves when nothing is under way for a connection. */
  ended(connection: string): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

type Run = Required<Pick<RunOf, "id" | "onStarted">>;

/** `onRevived` hears of connections whose given-up deliveries wait again, because the vendor answered. */
export function createJobs(context: RunnerContext, onRevived: (connection: string) => void): Jobs {
  const { hub, metrics, stopping, leaving, changed } = context;
  const once = createOnce(context);
  let customers: Promise<number> = Promise.resolve(0);
  const startSync = (connection: string): Job => {
    hub.connection(connection); // refused at once when its settings cannot be used
    return once.run(`sync ${connection}`, (run) => sync(context, connection, run, onRevived));
  };
  return {
    sync: startSync,
    async syncAfresh(connection) {
      const signal = leaving.signalOf(connection);
      await once.ended(`sync ${connection}`);
      signal.throwIfAborted();
      await startSync(connection).done;
    },
    derive() {
      const job = once.run("derive", async (run) => {
        customers = derive(context, run);
        await customers;
      });
      return { ...job, customers };
    },
    apply(connection) {
      hub.connection(connection);
      return once.run(`apply ${connection}`, async (run) => {
        const signal = leaving.signalOf(connection);
        const applied = await applyWritebacks(hub, connection, () => signal.throwIfAborted(), run);
        if (applied) metrics.written(connection, applied);
      });
    },
    audit(connection, streams) {
      hub.connection(connection);
      const which = streams ? { streams } : {};
      return once.run(`audit ${connection}`, (run) => audit(context, connection, { ...run, ...which }));
    },
    retry: (selection, onWaiting) =>
      once.run(`retry ${JSON.stringify(selection)}`, async (run) => {
        try {
          const { waiting } = await retryErrors(hub, selection, { ...run, signal: stopping });
          onWaiting(waiting);
        } finally {
          changed.ring(); // what has passed is derived
        }
      }),
    async ended(connection) {
      await Promise.all(["sync", "apply", "audit"].map((kind) => once.ended(`${kind} ${connection}`)));
    },
    settled: once.settled,
  };
}

function createOnce({ log, stopping }: RunnerContext) {
  const running = new Map<string, Job>();
  return {
    run(name: string, work: (run: Run) => Promise<void>): Job {
      const standing = running.get(name);
      if (standing) return standing;
      const id = randomUUID();
      let onStarted: () => void = () => undefined;
      const kept = new Promise<void>((resolve) => {
        onStarted = resolve;
      });
      const done = work({ id, onStarted }).finally(() => running.delete(name));
      done.then(
        () => log.info({ job: name, run: id }, "done"),
        (cause: unknown) => {
          const isEnded = stopping.aborted || cause instanceof StoppedError;
          if (!isEnded) log.error({ err: cause, job: name, run: id }, "the work failed; its run says why");
        },
      );
      const started = Promise.race([kept, done]);
      started.catch(() => undefined); // told by `done` to who does not wait for the beginning
      const job = { run_id: id, started, done };
      running.set(name, job);
      return job;
    },
    /** Resolves when the piece under way has ended, however; at once when none is. */
    async ended(name: string): Promise<void> {
      await Promise.allSettled([running.get(name)?.done]);
    },
    async settled(): Promise<void> {
      await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
  };
}

async function sync(
  { hub, metrics, leaving, changed }: RunnerContext,
  connection: string,
  run: Run,
  onRevived: (connection: string) => void,
): Promise<void> {
  const onProgress = ({ counts }: SyncProgress) => metrics.batch(connection, counts);
  try {
    await syncConnection(hub, connection, onProgress, { ...run, signal: leaving.signalOf(connection) });
  } finally {
    changed.ring(); // what a failing sync had committed is derived all the same
  }
  if ((await reviveFailed(hub, connection)) > 0) onRevived(connection);
}

async function audit(
  { hub, leaving, changed }: RunnerContext,
  connection: string,
  options: Run & { streams?: readonly string[] },
): Promise<void> {
  try {
    await auditConnection(hub, connection, { ...options, signal: leaving.signalOf(connection) });
  } finally {
    changed.ring(); // what was healed is derived
  }
}

async function derive({ hub, metrics, stopping }: RunnerContext, run: Run): Promise<number> {
  return recordRun(hub, { ...run, connection: "", kind: "derive" }, async (counts) => {
    let before = 0;
    return deriveAll(hub, (derived) => {
      counts.customers = derived;
      metrics.derived(derived - before);
      before = derived;
      stopping.throwIfAborted();
    });
  });
}
