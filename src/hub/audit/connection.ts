import { proveAccount } from "../account.ts";
import { concernsConnection } from "../failure.ts";
import { keepHealth } from "../health.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { recordRun } from "../runs.ts";
import type { RunControl } from "../sync.ts";
import { auditedStreams, auditStream, changesReadUpTo } from "./audit.ts";
import { type Pass, type PassCounts, readAudits } from "./rows.ts";

export interface AuditRunOptions extends RunControl {
  /** Which streams; all that can be audited when absent. */
  streams?: readonly string[];
  onProgress?: (stream: string, pass: Pass) => void;
}

/**
 * Audits the streams of a connection, one after the other. A stream that fails does not keep the others from it; the first failure is
 * thrown at the end. The run counts what was compared and what was found; streams whose backfill is not over are left out.
 */
export async function auditConnection(
  hub: Hub,
  id: string,
  { streams, onProgress, signal, ...run }: AuditRunOptions = {},
): Promise<void> {
  const connection = hub.connection(id);
  await recordRun(hub, { ...run, connection: id, kind: "audit" }, async (counts) => {
    const failures: unknown[] = [];
    const passes = new Map<string, PassCounts>();
    for (const name of streams ?? auditedStreams(connection)) {
      const keep = (pass: Pass) => {
        passes.set(name, pass);
        Object.assign(counts, totalOf([...passes.values()]));
        onProgress?.(name, pass);
      };
      try {
        await proveAccount(hub, connection);
        await auditStream(hub, connection, name, { onProgress: keep, ...(signal ? { signal } : {}) });
      } catch (cause) {
        if (signal?.aborted) throw cause;
        failures.push(cause);
        if (concernsConnection(cause)) break;
      }
    }
    if (failures.length === 0) return;
    await keepHealth(hub, connection, failures[0]);
    throw failures[0];
  });
}

/** Streams whose audit is due: never done, cut off, or begun longer ago than `everyMs`. */
export async function dueStreams(hub: Hub, connection: HubConnection, everyMs: number): Promise<string[]> {
  const known = new Map((await readAudits(hub.store, [connection.id])).map((row) => [row.stream, row]));
  const before = new Date(hub.clock.now() - everyMs).toISOString();
  const due = auditedStreams(connection).filter((name) => {
    const row = known.get(name);
    return !row?.last || row.pass !== null || row.last.began_at <= before;
  });
  // Before the first backfill is over nothing is owed.
  const readUpTo = await Promise.all(due.map((name) => changesReadUpTo(hub, connection.id, name)));
  return due.filter((_, n) => readUpTo[n] !== null);
}

function totalOf(passes: readonly PassCounts[]): Record<keyof PassCounts, number> {
  const sum = (name: keyof PassCounts) => passes.reduce((total, pass) => total + pass[name], 0);
  return {
    compared: sum("compared"),
    sampled: sum("sampled"),
    missing: sum("missing"),
    stale: sum("stale"),
    extra: sum("extra"),
  };
}
