import { SourceError } from "../../connector/index.ts";
import { StoreError } from "../../store/store.ts";
import { durationMs } from "../duration.ts";
import type { Bell } from "./bell.ts";
import type { RunnerContext } from "./context.ts";
import type { Jobs } from "./jobs.ts";

/** Polls are spread by up to a tenth of the schedule, so that connections do not all come at once. */
const jitterShare = 0.1;
/** A database that is away for a moment must not cost a poll: it is looked for again after this time. */
const storePauseMs = 5_000;

/** Pulls a connection on its schedule, and at once when the bell is rung. Without a schedule it waits for settings that have one. */
export async function runPolls(
  { hub, log, clock, random, stopping }: RunnerContext,
  jobs: Jobs,
  { id, bell }: { id: string; bell: Bell },
): Promise<void> {
  while (!stopping.aborted) {
    const { schedule } = hub.connection(id).entry;
    if (schedule === undefined) {
      await bell.wait(Number.POSITIVE_INFINITY);
      continue;
    }
    const startedAt = clock.now();
    let againMs = durationMs(schedule) * (1 + jitterShare * random());
    // A failure is kept as the run's and the connection's status, and logged there.
    await jobs.sync(id).done.catch((cause: unknown) => {
      if (cause instanceof SourceError && cause.next !== "retry") log.warn({ connection: id }, "needs a person");
      if (cause instanceof StoreError) againMs = Math.min(againMs, storePauseMs);
    });
    await bell.wait(Math.max(0, startedAt + againMs - clock.now()));
  }
}
