import { checkConnection } from "../sync.ts";
import { runAudits } from "./audits.ts";
import { contextOf, contextWithin, type RunnerContext, StoppedError } from "./context.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import type { Jobs } from "./jobs.ts";
import { type Listener, runListening } from "./listening.ts";
import { runPolls } from "./polls.ts";

/** What goes on for one connection of a running hub. */
export interface Loops {
  deliveries: Deliveries;
  /** Goes on with other settings. */
  renew(): Promise<void>;
  /** Resolves when all of them have ended: with the hub, or as the connection is taken out of it. */
  ended(): Promise<void>;
}

/** Is given every loop that is set going. */
export type Watch = (loop: Promise<unknown>) => void;

/** Sets the loops of a connection going. */
export function beginLoops(shared: RunnerContext, jobs: Jobs, { id, watch }: { id: string; watch: Watch }): Loops {
  const context = contextOf(shared, id);
  const running: Promise<unknown>[] = [];
  const run: Watch = (loop) => {
    running.push(loop);
    watch(loop);
  };
  const deliveries = createDeliveries(context, id);
  const [polls, audits] = [context.bell(), context.bell()];
  const listener = { id, poke: deliveries.poke };
  for (const loop of [deliveries.run(), runAudits(context, jobs, { id, bell: audits })]) run(loop);
  run(prove(context, id).then(() => runPolls(context, jobs, { id, bell: polls })));
  let listening = listen(context, jobs, { listener, watch });
  let renewed: Promise<void> = Promise.resolve();

  async function renew(): Promise<void> {
    if (context.stopping.aborted) return;
    context.log.info({ connection: id }, "its settings were changed: the new ones are in use");
    await prove(context, id);
    polls.ring();
    audits.ring();
    deliveries.retryNow();
    await listening.end();
    if (!context.stopping.aborted) listening = listen(context, jobs, { listener, watch });
  }
  return {
    deliveries,
    renew() {
      renewed = renewed.then(renew);
      return renewed;
    },
    async ended() {
      await Promise.allSettled([...running, renewed]);
      await listening.end();
    },
  };
}

/** Listening holds on to the settings it was begun with: with others it is begun anew. */
function listen(
  context: RunnerContext,
  jobs: Jobs,
  { listener, watch }: { listener: Listener; watch: Watch },
): { end(): Promise<void> } {
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

/** Asks the vendor whose account the settings open; its answer is the connection's status. */
async function prove({ hub, log }: RunnerContext, id: string): Promise<void> {
  await checkConnection(hub, id).then(
    ({ account, name }) => log.info({ connection: id, account, name }, "connected"),
    (cause: unknown) => log.error({ connection: id, err: cause }, "the connection's check failed"),
  );
}
