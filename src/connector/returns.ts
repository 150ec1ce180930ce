import type { OpenStream, SourceRecord } from "./define.ts";
import type { SweptRange } from "./id-order.ts";

/**
 * Of the records held for deleted, those that a complete reading shows as live: restored without a word, under the stamp they had
 * before they were deleted.
 */
export function returnedIn(
  { records, swept }: { records: readonly SourceRecord[]; swept?: SweptRange },
  deleted: Iterable<string>,
): SourceRecord[] {
  if (!swept) return [];
  const held = new Set(deleted);
  return records.filter((record) => !record.deleted && held.has(record.id));
}

const idsAtOnceDefault = 100;

/**
 * Asks the vendor for records that seem to be back: a list may be older than the deletion. Those that are there come without a stamp, as
 * their own is older than the deletion's and would make them count as old. Throws SourceError when the vendor cannot be asked.
 */
export async function confirmBack(
  stream: OpenStream,
  returned: readonly SourceRecord[],
  fields: readonly string[],
): Promise<SourceRecord[]> {
  const { byId, idsMax = idsAtOnceDefault } = stream;
  const unstamped = (records: readonly SourceRecord[]) => records.map((record) => ({ ...record, at: null }));
  if (!byId || stream.sweep?.confirm === "none") return stream.sweep?.confirm === "none" ? unstamped(returned) : [];
  const back: SourceRecord[] = [];
  for (let start = 0; start < returned.length; start += idsMax) {
    const ids = returned.slice(start, start + idsMax).map(({ id }) => id);
    const found = await byId(ids, { fields, lane: "backfill" });
    back.push(...unstamped(found.filter(({ id, deleted }) => !deleted && ids.includes(id))));
  }
  return back;
}
