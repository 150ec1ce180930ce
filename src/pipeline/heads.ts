import { endOf, type RawRecord, recordKey } from "../model/record.ts";
import type { Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { contentHashOf } from "./raw.ts";

/* Heads: the newest landed version of each record, with which the next that comes is compared. */

/** The heads of these records, by record key. */
export async function readHeads(store: Store, recordKeys: readonly string[]): Promise<Map<string, Row<"heads">>> {
  const rows = await store.byKey("heads", "record_key", recordKeys);
  return new Map(rows.map((row) => [row.record_key, row]));
}

/** Heads that were read before it is their records' turn to land, null where there is none. Each serves one landing, which takes it out. */
export type HeadsAhead = Map<string, Row<"heads"> | null>;

/** Reads the heads of records that are about to land, for whoever must know before. */
export async function readAhead(store: Store, recordKeys: readonly string[]): Promise<HeadsAhead> {
  const heads = await readHeads(store, recordKeys);
  return new Map(recordKeys.map((key) => [key, heads.get(key) ?? null]));
}

/** What stands for the NUL character, which Postgres keeps in no text: its own visible sign. */
export const nulSign = "\u2400";

/** A vendor's id as every database keeps it. */
export function keptId(id: string): string {
  return id.includes("\0") ? id.replaceAll("\0", nulSign) : id;
}

/** The key under which a vendor's record lands. */
export function landingKey({ connection, object }: Pick<RawRecord, "connection" | "object">, id: string): string {
  return recordKey(connection, object, keptId(id));
}

/** Begin the hash where a version says that its record is gone: with what it was merged into and no more of it, or otherwise. */
const mergedMark = "merged ";
const goneMark = "gone ";

/** What tells a version of a record from the others; `raw` is its payload as text. */
export function versionHash(record: Pick<RawRecord, "deleted" | "payload">, raw: string): string {
  const content = contentHashOf(raw, record.deleted);
  if (!record.deleted) return content;
  return `${endOf(record)?.mergedInto ? mergedMark : goneMark}${content}`;
}

/** The hash of what a vendor sends of a record of which it only says that it is gone. */
export const nothingLeft: string = versionHash({ deleted: true, payload: {} }, "{}");

/** True for the hash of word of what a record was merged into. */
export function isMergeWord(hash: string): boolean {
  return hash.startsWith(mergedMark);
}

/** True where a record is gone, as far as we know. */
export function isGone({ content_hash: hash }: Pick<Row<"heads">, "content_hash">): boolean {
  return hash.startsWith(goneMark) || isMergeWord(hash);
}

/** True where a record is gone, and the vendor said no more of it than at most what it was merged into. */
export function isBareEnd({ content_hash: hash }: Pick<Row<"heads">, "content_hash">): boolean {
  return hash === nothingLeft || isMergeWord(hash);
}
