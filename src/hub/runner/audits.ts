import { auditedStreams } from "../audit/audit.ts";
import { dueStreams } from "../audit/connection.ts";
import { durationMs } from "../duration.ts";
import type { HubConnection } from "../hub.ts";
import type { Bell } from "./bell.ts";
import type { RunnerContext } from "./context.ts";
import type { Jobs } from "./jobs.ts";

/** How often it is looked whether an audit is due: also how soon after a start the first one may begin. */
const lookEveryMs = 10 * 60_000;

/**
 * Audits a connection's streams as often as its settings say at the time; the bell rings when they are others. Lists are read behind all
 * else; what differs is asked for by id.
 */
export async function runAudits(
  { hub, log, stopping }: RunnerContext,
  jobs: Jobs,
  { id, bell }: { id: string; bell: Bell },
): Promise<void> {
  while (!stopping.aborted) {
    const before = everyMs(hub.connection(id));
    await bell.wait(before === never ? never : Math.min(lookEveryMs, before));
    if (stopping.aborted) return;
    const now = everyMs(hub.connection(id));
    if (before === never || now === never) continue;
    try {
      const due = await dueStreams(hub, hub.connection(id), now);
      if (due.length > 0) await jobs.audit(id, due).done;
    } catch (cause) {
      // The streams stay due. Stopped, the loop ends.
      if (!stopping.aborted) log.warn({ connection: id, err: cause }, "the audit is tried again");
    }
  }
}

const never = Number.POSITIVE_INFINITY;

function everyMs(connection: HubConnection): number {
  const { audit } = connection.entry;
  return audit === "off" || auditedStreams(connection).length === 0 ? never : durationMs(audit);
}
