import { type Correction, endOf, type LandedRecord, type RawRecord, recordKey } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { append, put, type Write } from "../../store/writes.ts";
import { isBareEnd, isGone, isMergeWord, nothingLeft, versionHash } from "../heads.ts";
import { contentHashOf } from "../raw.ts";
import { carriedOver, type StandingCorrection } from "./carry.ts";
import { noteCorrections } from "./corrections.ts";
import { type Told, withLastKnown, withLateWord } from "./last-known.ts";
import { keepable } from "./texts.ts";

export interface LandInput {
  records: readonly RawRecord[];
  heads: ReadonlyMap<string, Row<"heads">>;
  /** Corrections that stand on records, by record key. */
  corrections: ReadonlyMap<string, StandingCorrection>;
  /** What their vendor told last of records of which it does not tell all now, or tells late, by record key. */
  last?: ReadonlyMap<string, Told>;
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
  output: { landed: LandedRecord[]; isNew(recordKey: string): boolean; counts: LandCounts };
} {
  const newest = new Map<string, Row<"heads">>();
  const standing = new Map(corrections);
  const told = new Map(last);
  const landed: LandedRecord[] = [];
  let stored = 0;
  for (const came of records) {
    const key = recordKey(came.connection, came.object, came.remote_id);
    const head = newest.get(key) ?? heads.get(key);
    const record = asTold(came, head, told.get(key));
    const { payload, raw } = keepable(record.payload);
    const content_hash = versionHash(record, raw);
    const revision = newest.get(key)?.revision ?? (head?.revision ?? 0) + 1;
    const version = stampAfter(record, head);
    if (head && isKnown(record, content_hash, head)) {
      const stamp = laterOf(record.version, head.version);
      // The same under a newer stamp: what comes late and is older than that is older than this.
      if (stamp !== head.version) newest.set(key, { ...head, version: stamp, revision });
      continue;
    }
    const seq = firstSeq + landed.length;
    newest.set(key, { record_key: key, seq, version, content_hash, revision });
    const kept = { ...record, seq, record_key: key, content_hash, known_at: knownAt, payload, raw };
    landed.push(kept);
    if (!endOf(kept)) told.set(key, kept);
    stored += 1;
    const follower = followerOf(standing.get(key), kept);
    if (follower) {
      standing.set(key, { sent: payload, corrected: follower.payload, correction: follower.correction });
      // As with every correction the head keeps the hash of what the vendor sent.
      newest.set(key, { record_key: key, seq: follower.seq, version, content_hash, revision });
      landed.push(follower);
    } else standing.delete(key);
  }
  const rows = landed.length > 0 ? [append("raw_records", landed.map(rawRow))] : [];
  const moved = newest.size > 0 ? [put("heads", [...newest.values()])] : [];
  return {
    writes: [...rows, ...moved, ...noteCorrections(landed)],
    output: {
      landed,
      isNew: (recordKey) => !heads.has(recordKey),
      counts: { in: records.length, stored, duplicate: records.length - stored },
    },
  };
}

/** A record as it is to land: with what was known last of what it does not tell, or what stands with what it tells late. */
function asTold(came: RawRecord, head: Row<"heads"> | undefined, last: Told | undefined): RawRecord {
  if (!head || !last || !isLate(came, head)) return withLastKnown(came, last);
  const payload = withLateWord(last.payload, came);
  return payload ? { ...came, version: head.version, payload } : withLastKnown(came, last);
}

/** True for values older than those that stand: all they can tell is of fields that are hidden by now. */
export function isLate({ version, deleted, newer_than }: RawRecord, head: Row<"heads">): boolean {
  if (deleted || version === null || head.version === null || newer_than === head.seq) return false;
  return version < head.version && !isGone(head);
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

/**
 * True for what has landed before and what is older; for the last version of a record, read before word came that it is gone; and for that
 * word where it is known what the record went into.
 */
function isKnown({ version, newer_than, deleted }: RawRecord, hash: string, head: Row<"heads">): boolean {
  if (head.content_hash === hash) return true;
  if (newer_than === head.seq) return false;
  if (isMergeWord(head.content_hash) && hash === nothingLeft) return true;
  if (version === null || head.version === null) return false;
  if (version !== head.version) return version < head.version;
  return isBareEnd(head) ? !isMergeWord(hash) : isGone(head) && !deleted;
}

/**
 * The stamp that a head bears once this version has landed. Word without a stamp, or with an older one, leaves the newest stamp known, so that
 * what is older than it stays out. Where the vendor was asked over the version of that stamp, this one stays out too from then on.
 */
function stampAfter({ version, newer_than }: RawRecord, head: Row<"heads"> | undefined): string | null {
  if (!head) return version;
  const isOutranked =
    newer_than === head.seq && (version === null || (head.version !== null && version <= head.version));
  return isOutranked ? justAfter(head.version) : laterOf(version, head.version);
}

function laterOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

/** A millisecond later: before any change that a vendor stamps with another instant. */
function justAfter(stamp: string | null): string | null {
  const at = stamp === null ? Number.NaN : Date.parse(stamp);
  return Number.isNaN(at) ? stamp : laterOf(stamp, new Date(at + 1).toISOString());
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
