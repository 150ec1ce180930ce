import { drainInbox } from "../inbox/inbox.ts";
import { backOffMs, type RunnerContext } from "./context.ts";

/** Failed deliveries are tried again after 2 s, doubling to five minutes: ten attempts last about half an hour. */
const retryMs = [2_000, 300_000] as const;
/** While nothing can be kept (the disk is full), the inbox is looked at this often. */
const storePauseMs = 5_000;

/** Works off a connection's deliveries: what waits at the start, then whenever some came. */
export interface Deliveries {
  run(): Promise<void>;
  /** Some came. */
  poke(): void;
  /** Those that failed are worth another attempt now. */
  retryNow(): void;
}

export function createDeliveries(context: RunnerContext, id: string): Deliveries {
  const { hub, log, metrics, clock, random, stopping, changed } = context;
  const bell = context.bell();
  let failures = 0;
  let retryAt = Number.NEGATIVE_INFINITY;

  async function drain(): Promise<void> {
    const retry = clock.now() >= retryAt;
    if (retry) retryAt = Number.POSITIVE_INFINITY;
    const { done, failed } = await drainInbox(hub, id, {
      retry,
      signal: stopping,
      onBatch(counts) {
        metrics.batch(id, counts);
        changed.ring();
      },
    });
    if (failed > 0) {
      failures += 1;
      retryAt = Math.min(retryAt, clock.now() + backOffMs(failures, retryMs, random));
      log.warn({ connection: id, done, failed }, "deliveries failed and are tried again");
    } else if (retry) failures = 0;
  }

  return {
    async run() {
      while (!stopping.aborted) {
        try {
          await drain();
        } catch (cause) {
          retryAt = clock.now() + storePauseMs;
          log.error({ connection: id, err: cause }, "deliveries wait: nothing can be kept now");
        }
        await bell.wait(retryAt - clock.now());
      }
    },
    poke: bell.ring,
    retryNow() {
      retryAt = Number.NEGATIVE_INFINITY;
      bell.ring();
    },
  };
}
