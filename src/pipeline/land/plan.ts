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
    const contentHash = hash("sha256", record.deleted ? `deleted ${payload}` : payload, "base64url");
    const head = newest.get(key) ?? heads.get(key);
    if (head && (head.content_hash === contentHash || isOlder(record.version, head.version))) continue;
    const seq = firstSeq + landed.length;
    const revision = newest.get(key)?.revision ?? (head?.revision ?? 0) + 1;
    newest.set(key, { record_key: key, seq, version: record.version, content_hash: contentHash, revision });
    landed.push({ ...record, seq, record_key: key, content_hash: contentHash, known_at: knownAt, raw: payload });
  }
  const counts = { in: records.length, stored: landed.length, duplicate: records.length - landed.length };
  if (landed.length === 0) return { writes: [], output: { landed, counts } };
  return {
    writes: [append("raw_records", landed.map(rawRow)), put("heads", [...newest.values()])],
    output: { landed, counts },
  };
}

function isOlder(version: string | null, than: string | null): boolean {
  return version !== null && than !== null && version < than;
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
