import { type OpenChannel, SourceError } from "../../connector/index.ts";
import type { Row } from "../../store/tables.ts";
import { claimChannel, keepHeard, keepListening, noteListening, releaseChannel } from "../channels.ts";
import { needsPerson } from "../failure.ts";
import type { HubConnection } from "../hub.ts";
import { maskOf } from "../log.ts";
import { backOffMs, type RunnerContext } from "./context.ts";
import type { Jobs } from "./jobs.ts";

/** Begun again after a second, doubling to five minutes. */
const failurePauseMs = [1_000, 300_000] as const;
/** What stood for so long was no attempt. */
const steadyMs = 60_000;
/** One cut is nobody's business: after so many failures in a row an error opens. */
const failuresToTell = 3;
/** How often it is looked whether the process that listens is still there. */
const lookAgainMs = 30_000;
/** A pull reads much to find little: one that is owed again waits so long. A line that is cut every minute must not use up the account's calls. */
const pullsApartMs = 300_000;

export interface Listener {
  id: string;
  /** Deliveries are waiting. */
  poke(): void;
}

/**
 * Listens to the channel that a connection's settings name: what is heard is kept and worked off as webhooks are. Polling goes on beside
 * it, and is done at once when not everything was told. Of the processes on one store, one listens.
 */
export async function runListening(context: RunnerContext, jobs: Jobs, listener: Listener): Promise<void> {
  const { hub, clock, random, stopping } = context;
  const connection = hub.connection(listener.id);
  if (!connection.connector.channel) return;
  const { channel } = connection.open;
  if (!channel) return keepListening(hub, listener.id).catch(failedToTell(context, listener.id));
  const bell = context.bell();
  const pulls = createPulls(context, jobs, listener.id);
  let failures = 0;
  while (!stopping.aborted) {
    const begunAt = clock.now();
    let pauseMs = lookAgainMs;
    try {
      await listen(context, pulls, { ...listener, connection, channel });
    } catch (cause) {
      if (stopping.aborted) return;
      failures = clock.now() - begunAt >= steadyMs ? 1 : failures + 1;
      pauseMs = backOffMs(failures, failurePauseMs, random);
      await failed(context, connection, { cause, failures });
    }
    await bell.wait(pauseMs);
  }
}

interface Listening extends Listener {
  connection: HubConnection;
  channel: OpenChannel;
}

/** Resolves where another process listens; rejects when listening fails or is ended. */
async function listen(
  context: RunnerContext,
  pulls: Pulls,
  { id, poke, connection, channel }: Listening,
): Promise<void> {
  const { hub, log, metrics, clock, stopping } = context;
  let row = await claimChannel(hub, id, channel.name);
  if (!row) return noteListening(hub, connection, "elsewhere");
  noteListening(hub, connection, "beginning");
  pulls.begin();
  const ending = new AbortController();
  let isAccepted = false;
  try {
    for await (const heard of channel.listen({ after: row.place, signal: stopping })) {
      const { kept, row: after } = await keepHeard(hub, pulls.settled(row), heard);
      row = after;
      metrics.deliveries(id, "accepted", kept.accepted);
      metrics.deliveries(id, "duplicate", kept.duplicate);
      if (heard.deliveries.length > 0) poke();
      if (heard.incomplete !== undefined || !isAccepted) pulls.owed(row);
      if (isAccepted) continue;
      isAccepted = true;
      noteListening(hub, connection, "listening");
      log.info({ connection: id, channel: channel.name }, "listening");
      // One that is accepted and then cut each time is none that works: its error stands.
      clock.sleep(steadyMs, ending.signal).then(
        () => keepListening(hub, id).catch(failedToTell(context, id)),
        () => undefined, // it ended before
      );
    }
    if (!stopping.aborted) throw new SourceError("retry", `${channel.name} was ended by the vendor`);
  } finally {
    ending.abort();
    await release(context, pulls.settled(row));
  }
}

type Pulls = ReturnType<typeof createPulls>;

/**
 * Pulls for what a channel did not tell, the first at once. What is owed is kept with the channel, so that a hub that is killed pulls when it
 * listens again.
 */
function createPulls({ log, clock, stopping }: RunnerContext, jobs: Jobs, id: string) {
  let owed: string | null = null;
  let done: string | null = null;
  let times = 0;
  let nextAt = Number.NEGATIVE_INFINITY;
  let isAtWork = false;

  async function pull(why: string): Promise<void> {
    const during = times;
    log.info({ connection: id, why }, "pulling what the channel did not tell");
    try {
      await jobs.syncAfresh(id);
      if (owed === null && during === times) done = why;
    } catch {
      owed ??= why; // kept as the run's failure, and logged there
    }
  }

  /** Rejects only when the hub is to stop. */
  async function work(): Promise<void> {
    if (isAtWork) return;
    isAtWork = true;
    try {
      while (owed !== null && !stopping.aborted) {
        const waitMs = nextAt - clock.now();
        if (waitMs > 0) await clock.sleep(waitMs, stopping);
        const why = owed;
        owed = null;
        nextAt = clock.now() + pullsApartMs;
        await pull(why);
      }
    } finally {
      isAtWork = false;
    }
  }

  return {
    /** Listening begins: what was pulled before says nothing of what the channel's row tells now, of which others may know. */
    begin(): void {
      times += 1;
      done = null;
    },
    owed({ incomplete }: Row<"channels">): void {
      if (incomplete === null) return;
      done = null;
      owed = incomplete;
      work().catch(() => undefined); // what is owed stays kept with the channel
    },
    settled: (row: Row<"channels">): Row<"channels"> => (row.incomplete === done ? { ...row, incomplete: null } : row),
  };
}

async function release(context: RunnerContext, row: Row<"channels">): Promise<void> {
  try {
    await releaseChannel(context.hub, row);
  } catch (cause) {
    context.log.warn({ connection: row.connection, err: cause }, "that this process listens no more could not be kept");
  }
}

async function failed(
  context: RunnerContext,
  connection: HubConnection,
  { cause, failures }: { cause: unknown; failures: number },
): Promise<void> {
  const { hub, log } = context;
  const { id } = connection;
  const message = cause instanceof Error ? cause.message : String(cause);
  noteListening(hub, connection, "waiting", maskOf(hub)(message));
  log.warn({ connection: id, err: cause, failures }, "listening is begun again; polls go on");
  const isTold = cause instanceof SourceError && (needsPerson(cause) || failures >= failuresToTell);
  if (isTold) await keepListening(hub, id, cause).catch(failedToTell(context, id));
}

const failedToTell =
  ({ log }: RunnerContext, connection: string) =>
  (cause: unknown): void =>
    log.warn({ connection, err: cause }, "how listening stands could not be kept");
