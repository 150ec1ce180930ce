import type { ConnectionView } from "../hub/queries/connections.ts";
import { systemClock } from "../lib/clock.ts";
import type { Output } from "./output.ts";

type Waiting = NonNullable<ConnectionView["waiting"]>;

/** Why a vendor is waited for, and which attempt comes next. @example "HubSpot does not answer (…), attempt 2 of 6 in 4 s" */
export function waitText({ message, next_try_at, attempt, attempts }: Waiting, now: number): string {
  const leftMs = Math.max(0, Date.parse(next_try_at) - now);
  return `${message}, attempt ${attempt} of ${attempts} in ${Math.ceil(leftMs / 1_000)} s`;
}

const lookEveryMs = 200;

/**
 * Does work that asks a vendor, and says on standard error each time that the vendor is to be asked again, so that nobody sits before a
 * silent terminal; nothing under --json. `look` tells what is waited for just now.
 */
export async function tellingWaits<T>(
  output: Output,
  { connection, look }: { connection: string; look: () => Promise<Waiting | null> },
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const telling = tell(output, { connection, look, signal: done.signal });
  try {
    return await work();
  } finally {
    done.abort();
    await telling;
  }
}

async function tell(
  output: Output,
  { connection, look, signal }: { connection: string; look: () => Promise<Waiting | null>; signal: AbortSignal },
): Promise<void> {
  let toldOf = "";
  while (!signal.aborted) {
    await systemClock.sleep(lookEveryMs, signal).catch(() => undefined); // woken early at the end of the work
    const waiting = await look().catch(() => null); // the work itself says what is wrong
    if (signal.aborted || !waiting || waiting.next_try_at === toldOf) continue;
    toldOf = waiting.next_try_at;
    output.warn(`${connection}: ${waitText(waiting, systemClock.now())}`);
  }
}
