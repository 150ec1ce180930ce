import { changedConnections, hubFileStamp, removedConnections } from "../changed.ts";
import { checkAsWritten } from "../check.ts";
import { ConfigError } from "../folder/config.ts";
import type { RunnerContext } from "./context.ts";

/** How often it is looked whether journey-hub.yaml was written anew. */
const lookEveryMs = 5_000;
/** Settings that could not be proven are tried again after this time, or when they are written anew. */
const againMs = 5 * 60_000;

/**
 * Sees to it that settings which were changed beside the running hub, by `journey-hub connect` or an editor, are used without a restart:
 * they are proven at the vendor and then take the place of those at work. Until they are, those go on. `leave` is called with connections that
 * the file does not name any more.
 */
export async function runChanged(
  { hub, log, clock, stopping }: RunnerContext,
  leave: (connection: string) => void,
): Promise<void> {
  let seen: string | null = null;
  let missing: readonly string[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isLeft = false;

  async function look(): Promise<void> {
    const stamp = hubFileStamp(hub);
    // Once the file stands still: one that is half written may name fewer.
    if (stamp === seen) for (const connection of missing) leave(connection);
    missing = [];
    if (stamp === seen && !(isLeft && clock.now() - lookedAt >= againMs)) return;
    [seen, lookedAt, isLeft] = [stamp, clock.now(), true]; // also where the look ends before its end
    missing = removedConnections(hub);
    let isRefused = false;
    for (const connection of changedConnections(hub)) {
      const checked = await proven(connection);
      if (checked === null) continue;
      isRefused = true;
      log.warn({ connection, why: checked }, "changed settings are not used yet: those of before go on");
    }
    isLeft = isRefused;
  }

  /** Null where the settings are in use now, else why they are not. */
  async function proven(connection: string): Promise<string | null> {
    try {
      const { failure, restart } = await checkAsWritten(hub, connection);
      if (failure) return failure.message;
      return restart ? "they are for another connector, which waits for the next start" : null;
    } catch (cause) {
      if (cause instanceof ConfigError) return cause.message;
      throw cause;
    }
  }

  while (!stopping.aborted) {
    try {
      await look();
    } catch (cause) {
      // Half written, maybe; or the store is away.
      log.warn({ err: cause }, "journey-hub.yaml was changed and cannot be taken into use");
    }
    await clock.sleep(lookEveryMs, stopping).catch(() => undefined); // woken early to stop
  }
}
