import { type Correction, endOf, type LandedRecord, type RawRecord, recordKey } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { append, put, type Write } from "../../store/writes.ts";
import { contentHashOf } from "../raw.ts";
import { carriedOver, type StandingCorrection } from "./carry.ts";
import { noteCorrections } from "./corrections.ts";
import { withLastKnown } from "./last-known.ts";
import { keepable } from "./texts.ts";

export interface LandInput {
  records: readonly RawRecord[];
  heads: ReadonlyMap<string, Row<"heads">>;
  /** Corrections that stand on records, by record key. */
  corrections: ReadonlyMap<string, StandingCorrection>;
  /** What their vendor sent last of records of which it does not tell all now, by record key. */
  last?: ReadonlyMap<string, RawRecord["payload"]>;
  /** First of as many sequence numbers as there are records, and one more for each that a correction stands on. */
  firstSeq: number;
  knownAt: string;
}

export interface LandCounts {
  in: number;
  stored: number;
  /** Already landed, or older than what is. */
  duplicate: number;
}

/**
 * Keeps each record that is new or has changed, raw, under the next sequence number; what has landed before is a duplicate. A correction
 * made by hand follows the newer version as a version of its own, as long as the vendor still sends what it corrects.
 */
export function planLand({ records, heads, corrections, last = new Map(), firstSeq, knownAt }: LandInput): {
  writes: Write[];
  output: { landed: LandedRecord[]; counts: LandCounts };
} {
  const newest = new Map<string, Row<"heads">>();
  const standing = new Map(corrections);
  const sent = new Map(last);
  const landed: LandedRecord[] = [];
  let stored = 0;
  for (const came of records) {
    const key = recordKey(came.connection, came.object, came.remote_id);
    const record = withLastKnown(came, sent.get(key));
    const { payload, raw } = keepable(record.payload);
    const contentHash = `${endOf(record)?.mergedInto ? mergedMark : ""}${contentHashOf(raw, record.deleted)}`;
    const head = newest.get(key) ?? heads.get(key);
    if (head && isKnown(record, contentHash, head)) continue;
    const seq = firstSeq + landed.length;
    const revision = newest.get(key)?.revision ?? (head?.revision ?? 0) + 1;
    // Word without a stamp, or with an older one, leaves the newest stamp known, so that what is older than it stays out.
    const version = newestOf(record.version, head?.version ?? null);
    newest.set(key, { record_key: key, seq, version, content_hash: contentHash, revision });
    const kept = { ...record, seq, record_key: key, content_hash: contentHash, known_at: knownAt, payload, raw };
    landed.push(kept);
    sent.set(key, payload);
    stored += 1;
    const follower = followerOf(standing.get(key), kept);
    if (follower) {
      standing.set(key, { sent: payload, corrected: follower.payload, correction: follower.correction });
      // As with every correction the head keeps the hash of what the vendor sent.
      newest.set(key, { record_key: key, seq: follower.seq, version, content_hash: contentHash, revision });
      landed.push(follower);
    } else standing.delete(key);
  }
  const counts = { in: records.length, stored, duplicate: records.length - stored };
  if (landed.length === 0) return { writes: [], output: { landed, counts } };
  return {
    writes: [append("raw_records", landed.map(rawRow)), put("heads", [...newest.values()]), ...noteCorrections(landed)],
    output: { landed, counts },
  };
}

/** The correction that stands on a record, made on its newer version too. */
function followerOf(
  standing: StandingCorrection | undefined,
  newer: LandedRecord,
): (LandedRecord & { correction: Correction }) | null {
  if (!standing || newer.deleted) return null;
  const payload = carriedOver(standing, newer.payload);
  if (!payload) return null;
  const raw = JSON.stringify(payload);
  const { correction } = standing;
  return { ...newer, seq: newer.seq + 1, content_hash: contentHashOf(raw, false), payload, raw, correction };
}

/** What a vendor sends of a record of which it only says that it is gone. */
const nothingLeft = contentHashOf("{}", true);

/** Begins the hash where a vendor says what a record was merged into, and no more of it. */
const mergedMark = "merged ";

/**
 * True for what has landed before and what is older; for the last version of a record, read before word came that it is gone; and for that
 * word where it is known what the record went into.
 */
function isKnown({ version, newer_than }: RawRecord, contentHash: string, head: Row<"heads">): boolean {
  if (head.content_hash === contentHash) return true;
  if (newer_than === head.seq) return false;
  const isMerged = head.content_hash.startsWith(mergedMark);
  if (isMerged && contentHash === nothingLeft) return true;
  if (version === null || head.version === null) return false;
  const isGone = isMerged || head.content_hash === nothingLeft;
  return version < head.version || (version === head.version && isGone && !contentHash.startsWith(mergedMark));
}

function newestOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

/** A landed record as it is kept. */
export function rawRow(record: LandedRecord): Row<"raw_records"> {
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
    origin: record.correction ? "fix" : "vendor",
    payload: record.raw,
  };
}
