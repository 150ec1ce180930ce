import { z } from "zod";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { put, type Write } from "../../store/writes.ts";

const counts = {
  /** Records of the vendor that were compared. */
  compared: z.number(),
  /** Of these, fetched in full to be compared by content. */
  sampled: z.number(),
  /** Records the vendor had and we did not, newer ones than we had, and ones we held that it had no more; all are healed. */
  missing: z.number(),
  stale: z.number(),
  extra: z.number(),
};

const pass = z.object({
  /** Everything the vendor had at this instant has been compared once the pass has ended. */
  began_at: z.string(),
  ended_at: z.string().nullable(),
  /** The id it has come to. */
  place: z.string().nullable(),
  /** Ids to be compared by content, gathered until they make up a request. */
  sample: z.array(z.string()),
  ...counts,
});
export type Pass = z.infer<typeof pass>;
export type PassCounts = Pick<Pass, keyof typeof counts>;

/** A row of `audits` with its documents parsed. */
export interface AuditRow extends Omit<Row<"audits">, "pass" | "last"> {
  /** Under way; null between passes. */
  pass: Pass | null;
  /** The last complete one. */
  last: Pass | null;
}

export function beginPass(now: string): Pass {
  return {
    began_at: now,
    ended_at: null,
    place: null,
    sample: [],
    compared: 0,
    sampled: 0,
    missing: 0,
    stale: 0,
    extra: 0,
  };
}

/** What is known of a stream's audits; null when none was begun. */
export async function readAudit(store: Store, connection: string, stream: string): Promise<AuditRow | null> {
  const rows = await store.byKey("audits", "connection", [connection]);
  const found = rows.find((row) => row.stream === stream);
  return found ? parseAudit(found) : null;
}

/** What is known of the audits of a connection's streams. */
export async function readAudits(store: Store, connections: readonly string[]): Promise<AuditRow[]> {
  return (await store.byKey("audits", "connection", connections)).map(parseAudit);
}

function parseAudit(row: Row<"audits">): AuditRow {
  return { ...row, pass: parsePass(row.pass), last: parsePass(row.last) };
}

function parsePass(text: string | null): Pass | null {
  return text === null ? null : pass.parse(JSON.parse(text));
}

/** Keeps a row; refused as stale when another process kept one meanwhile. */
export function putAudit({ pass: current, last, ...row }: AuditRow): Write {
  const text = (one: Pass | null) => (one ? JSON.stringify(one) : null);
  return put("audits", [{ ...row, pass: text(current), last: text(last) }]);
}
