import {
  type HeldVersion,
  type Lane,
  type OpenStream,
  type SourceRecord,
  settleDoubts,
} from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import { type HeadsAhead, isGone, landingKey } from "../heads.ts";
import { contentHashOf } from "../raw.ts";
import { received } from "../received.ts";

/** A page, and what we hold of its records. */
export interface PageOverHeads {
  records: readonly SourceRecord[];
  heads: HeadsAhead;
  /** Whether everything is read for the first time. */
  isFirst: boolean;
  lane: Lane;
}

/** The vendor's word, as it is landed, on records of a page whose stamps do not tell whether the page or what we hold is newer (`settleDoubts`). */
export async function answersToDoubts(
  { connection, stream, fields }: { connection: string; stream: OpenStream; fields: readonly string[] },
  { records, heads, isFirst, lane }: PageOverHeads,
): Promise<RawRecord[]> {
  const origin = { connection, object: stream.object };
  const headOf = (id: string) => heads.get(landingKey(origin, id));
  const words = await settleDoubts(stream, {
    records,
    isFirst,
    fields,
    lane,
    heldOf(id) {
      const head = headOf(id);
      if (!head) return undefined;
      const isSame: HeldVersion["isSame"] = (payload) =>
        contentHashOf(JSON.stringify(payload), false) === head.content_hash;
      return { at: head.version, isGone: isGone(head), isSame };
    },
  });
  return words.map(({ record, outranks }) => {
    const head = headOf(record.id);
    return { ...received(origin, record), ...(outranks && head ? { newer_than: head.seq } : {}) };
  });
}
