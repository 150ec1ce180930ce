import { auditedStreams } from "../audit/audit.ts";
import { type AuditRow, type PassCounts, readAudits } from "../audit/rows.ts";
import type { Hub } from "../hub.ts";

/** What is proven about a stream's completeness. */
export interface AuditView extends PassCounts {
  connection: string;
  stream: string;
  object: string;
  /** Everything the vendor had at this instant has been compared with what we have; null: not audited yet. */
  verified_at: string | null;
  /** Live records by the vendor's count and by ours when the last audit began; null where the vendor has no cheap count. */
  vendor_count: number | null;
  stored_count: number | null;
  /** The audit under way: how far it is. */
  under_way: { began_at: string; compared: number } | null;
}

/** Every stream that is audited, with what its last complete audit found (all of it healed). */
export async function listAudits(hub: Hub, connection?: string): Promise<AuditView[]> {
  const ids = hub.connectionIds().filter((id) => connection === undefined || id === connection);
  const rows = await readAudits(hub.store, ids);
  return ids.flatMap((id) =>
    streamsOf(hub, id).map(([stream, object]) => {
      const row = rows.find((known) => known.connection === id && known.stream === stream);
      return auditView({ connection: id, stream, object }, row);
    }),
  );
}

function streamsOf(hub: Hub, id: string): [name: string, object: string][] {
  try {
    const connection = hub.connection(id);
    return auditedStreams(connection).map((name) => [name, connection.open.streams[name]?.object ?? name]);
  } catch {
    return []; // its settings cannot be used: the connection's own status says why
  }
}

function auditView(of: Pick<AuditView, "connection" | "stream" | "object">, row: AuditRow | undefined): AuditView {
  const { last = null, pass = null } = row ?? {};
  return {
    ...of,
    verified_at: last?.began_at ?? null,
    compared: last?.compared ?? 0,
    sampled: last?.sampled ?? 0,
    missing: last?.missing ?? 0,
    stale: last?.stale ?? 0,
    extra: last?.extra ?? 0,
    vendor_count: row?.vendor_count ?? null,
    stored_count: row?.stored_count ?? null,
    under_way: pass ? { began_at: pass.began_at, compared: pass.compared } : null,
  };
}
