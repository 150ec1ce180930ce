import { hash } from "node:crypto";
import { type LandedRecord, type RawRecord, recordKey } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { append, put, type Write } from "../../store/writes.ts";

export interface LandInput {
  records: readonly RawRecord[];
  heads: ReadonlyMap<string, Row<"heads">>;
  /** First of as many sequence numbers as there are records. */
  firstSeq: number;
  knownAt: string;
}

export interface LandCounts {
  in: number;
  stored: number;
  /** Already landed, or older than what is. */
  duplicate: number;
}

/** Keeps each record that is new or has changed, raw, under the next sequence number; what has landed before is a duplicate. */
export function planLand({ records, heads, firstSeq, knownAt }: LandInput): {
  writes: Write[];
  output: { landed: LandedRecord[]; counts: LandCounts };
} {
  const newest = new Map<string, Row<"heads">>();
  const landed: LandedRecord[] = [];
  for (const record of records) {
    const key = recordKey(record.connection, record.object, record.remote_id);
    const payload = JSON.stringify(record.payload);
    const contentHash = contentHashOf(payload, record.deleted);
    const head = newest.get(key) ?? heads.get(key);
    if (head && isKnown(record, contentHash, head)) continue;
    const seq = firstSeq + landed.length;
    const revision = newest.get(key)?.revision ?? (head?.revision ?? 0) + 1;
    // Word without a stamp leaves the newest stamp known, so that what is older than it stays out.
    const version = record.version ?? head?.version ?? null;
    newest.set(key, { record_key: key, seq, version, content_hash: contentHash, revision });
    landed.push({ ...record, seq, record_key: key, content_hash: contentHash, known_at: knownAt, raw: payload });
  }
  const counts = { in: records.length, stored: landed.length, duplicate: records.length - landed.length };
  if (landed.length === 0) return { writes: [], output: { landed, counts } };
  return {
    writes: [append("raw_records", landed.map(rawRow)), put("heads", [...newest.values()])],
    output: { landed, counts },
  };
}

function contentHashOf(payload: string, deleted: boolean): string {
  return hash("sha256", deleted ? `deleted ${payload}` : payload, "base64url");
}

/** What a vendor sends of a record of which it only says that it is gone. */
const nothingLeft = contentHashOf("{}", true);

/** True for what has landed before and what is older; and for the last version of a record read before word came that it is gone. */
function isKnown({ version }: RawRecord, contentHash: string, head: Row<"heads">): boolean {
  if (head.content_hash === contentHash) return true;
  if (version === null || head.version === null) return false;
  return version < head.version || (version === head.version && head.content_hash === nothingLeft);
}

function rawRow(record: LandedRecord): Row<"raw_records"> {
  return {
    seq: record.seq,
    record_key: record.record_key,
    connection: record.connection,
    object: record.object,
    remote_id: record.remote_id,
    version: record.version,
    content_hash: record.content_hash,
    deleted: record.deleted ? 1 : 0,
    known_at: record.known_at,
    payload: record.raw,
  };
}
