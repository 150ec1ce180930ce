import { isHeld, settleHeld } from "../held.ts";
import type { RunnerContext } from "./context.ts";

/** How often mapping files that have mistakes are looked at again. */
export const lookAgainMs = 10_000;

/**
 * Sees to it that records whose mapping has mistakes are mapped soon after it is mended. A mistake is made while the hub stands, or is
 * kept out by those that read the files anew: so when nothing is held, nothing will be.
 */
export async function runHeld(context: RunnerContext): Promise<void> {
  const { hub, log, clock, stopping, changed } = context;
  for (const finding of hub.rules.mappings.findings) {
    log.error(
      finding,
      "records wait until this mapping file is mended (`journey-hub lint`); nothing is written back before",
    );
  }
  while (!stopping.aborted) {
    try {
      const mapped = await settleHeld(hub);
      if (mapped > 0) changed.ring();
      if (!isHeld(hub)) {
        if (mapped > 0) log.info({ versions: mapped }, "what waited for a mapping is mapped");
        return;
      }
    } catch (cause) {
      log.error({ err: cause }, "records that wait for their mapping are tried again");
    }
    await clock.sleep(lookAgainMs, stopping).catch(() => undefined); // woken early to stop
  }
}
