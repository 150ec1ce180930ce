import { auditedStreams } from "../audit/audit.ts";
import { dueStreams } from "../audit/connection.ts";
import { durationMs } from "../duration.ts";
import type { RunnerContext } from "./context.ts";
import type { Jobs } from "./jobs.ts";

/** How often it is looked whether an audit is due: also how soon after a start the first one may begin. */
const lookEveryMs = 10 * 60_000;

/** Audits a connection's streams as often as its settings say. Lists are read behind all else; what differs is asked for by id. */
export async function runAudits(context: RunnerContext, jobs: Jobs, id: string): Promise<void> {
  const { hub, log, stopping } = context;
  const connection = hub.connection(id);
  const { audit } = connection.entry;
  if (audit === "off" || auditedStreams(connection).length === 0) return;
  const everyMs = durationMs(audit);
  const bell = context.bell();
  while (!stopping.aborted) {
    await bell.wait(Math.min(lookEveryMs, everyMs));
    if (stopping.aborted) return;
    try {
      const due = await dueStreams(hub, hub.connection(id), everyMs);
      if (due.length > 0) await jobs.audit(id, due).done;
    } catch (cause) {
      // The streams stay due. Stopped, the loop ends.
      if (!stopping.aborted) log.warn({ connection: id, err: cause }, "the audit is tried again");
    }
  }
}
