import { checkConnection } from "../sync.ts";
import { runAudits } from "./audits.ts";
import { contextWithin, type RunnerContext, StoppedError } from "./context.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import type { Jobs } from "./jobs.ts";
import { runListening } from "./listening.ts";
import { runPolls } from "./polls.ts";

/** The connections of a running hub, each with its loops. */
export interface AtWork {
  /** Sets going what a connection needs, or has it go on with its other settings; one whose settings cannot be used stands still. */
  take(id: string): void;
  ids(): string[];
  deliveries(id: string): Deliveries | undefined;
}

/** What the loops of one connection share. */
interface Loops {
  deliveries: Deliveries;
  /** Goes on with other settings. */
  renew(): Promise<void>;
}

/** `watch` is given every loop that is set going. */
export function createAtWork(context: RunnerContext, jobs: Jobs, watch: (loop: Promise<unknown>) => void): AtWork {
  const atWork = new Map<string, Loops>();

  function begin(id: string): Loops {
    const deliveries = createDeliveries(context, id);
    const [polls, audits] = [context.bell(), context.bell()];
    const listener = { id, poke: deliveries.poke };
    for (const loop of [deliveries.run(), runAudits(context, jobs, { id, bell: audits })]) watch(loop);
    watch(prove(context, id).then(() => runPolls(context, jobs, { id, bell: polls })));
    let listening = listen(listener);
    let renewed: Promise<void> = Promise.resolve();

    async function renew(): Promise<void> {
      context.log.info({ connection: id }, "its settings were changed: the new ones are in use");
      await prove(context, id);
      polls.ring();
      audits.ring();
      deliveries.retryNow();
      await listening.end();
      if (!context.stopping.aborted) listening = listen(listener);
    }
    return {
      deliveries,
      renew() {
        renewed = renewed.then(renew);
        return renewed;
      },
    };
  }

  /** Listening holds on to the settings it was begun with: with others it is begun anew. */
  function listen(listener: { id: string; poke(): void }): { end(): Promise<void> } {
    const own = new AbortController();
    const ended = runListening(contextWithin(context, own.signal), jobs, listener);
    watch(ended);
    return {
      end() {
        own.abort(new StoppedError());
        return ended;
      },
    };
  }

  return {
    take(id) {
      const known = atWork.get(id);
      if (known) watch(known.renew());
      else if (isUsable(context, id)) atWork.set(id, begin(id));
    },
    ids: () => [...atWork.keys()],
    deliveries: (id) => atWork.get(id)?.deliveries,
  };
}

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

/** Asks the vendor whose account the settings open; its answer is the connection's status. */
async function prove({ hub, log }: RunnerContext, id: string): Promise<void> {
  await checkConnection(hub, id).then(
    ({ account, name }) => log.info({ connection: id, account, name }, "connected"),
    (cause: unknown) => log.error({ connection: id, err: cause }, "the connection's check failed"),
  );
}
