import { isNamed } from "../changed.ts";
import { type RunnerContext, StoppedError } from "./context.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Jobs } from "./jobs.ts";
import { beginLoops, type Loops, type Watch } from "./loops.ts";

/** The connections of a running hub, each with its loops. */
export interface AtWork {
  /** Sets going what a connection needs, or has it go on with its other settings; one whose settings cannot be used stands still. */
  take(id: string): void;
  /**
   * Ends what is done for a connection that journey-hub.yaml does not name any more, after the commits it is in. Unless it is named again by
   * then, the hub knows it no more.
   */
  leave(id: string): void;
  ids(): string[];
  deliveries(id: string): Deliveries | undefined;
}

export function createAtWork(context: RunnerContext, jobs: Jobs, watch: Watch): AtWork {
  const { hub, log } = context;
  const atWork = new Map<string, Loops>();
  const leaving = new Set<string>();

  function take(id: string): void {
    const known = atWork.get(id);
    if (known) watch(known.renew());
    else if (isUsable(context, id)) atWork.set(id, beginLoops(context, jobs, { id, watch }));
    context.changed.ring(); // what was derived without it is written to it
  }

  async function end(id: string): Promise<void> {
    log.info({ connection: id }, "journey-hub.yaml names it no more: it is left alone from now on");
    const loops = atWork.get(id);
    atWork.delete(id);
    context.leaving.leave(id, new StoppedError(takenOut));
    await loops?.ended();
    await jobs.ended(id);
    leaving.delete(id);
    if (context.stopping.aborted) return;
    // It may have been taken into use anew by now, and taken out again.
    const isAtWork = atWork.has(id);
    if (isNamed(hub, id)) {
      if (!isAtWork) take(id);
    } else if (isAtWork) leave(id);
    else hub.drop(id);
  }

  function leave(id: string): void {
    if (leaving.has(id)) return;
    leaving.add(id);
    watch(end(id));
  }

  return {
    take,
    leave,
    ids: () => [...atWork.keys()],
    deliveries: (id) => atWork.get(id)?.deliveries,
  };
}

const takenOut =
  "The connection was taken out of journey-hub.yaml during this run; what it had committed stands, and no more is read";

/** A connection whose settings cannot be used stands still, with the reason in the log and in its status, until they are changed. */
function isUsable({ hub, log }: RunnerContext, id: string): boolean {
  try {
    hub.connection(id);
    return true;
  } catch (cause) {
    log.error({ connection: id, err: cause }, "the connection cannot be used");
    return false;
  }
}
