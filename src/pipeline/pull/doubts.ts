import { type ByIdRequest, type OpenStream, SourceError, type SourceRecord } from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import { type HeadsAhead, isGone, landingKey } from "../heads.ts";
import { contentHashOf } from "../raw.ts";
import { goneRecord, received } from "../received.ts";

export interface DoubtsOf {
  connection: string;
  stream: OpenStream;
  fields: readonly string[];
}

/** A page, and what we hold of its records. */
export interface Sight {
  records: readonly SourceRecord[];
  heads: HeadsAhead;
  /** Whether everything is read for the first time: what live changes have overtaken meanwhile is older than they are then. */
  isFirst: boolean;
}

const idsAtOnceDefault = 100;

/**
 * What the vendor says, asked by id, of those records of a page whose stamps do not tell whether the page or what we hold is newer.
 *
 * Landing goes by stamps and leaves out what differs from what we hold and bears an older one, mostly rightly: a webhook brought a newer
 * version before the page was read, an index lags, deliveries overtake one another. But a live change may bear an older stamp than what it
 * replaces: a record that was restored, one changed by a node of the vendor's whose clock is behind. No order of what came can tell these
 * from the others. The newer stamp held and the older one shown are the same two sights in both, and when each was read decides only where
 * the vendor answers out of what is committed, which search indexes do not; by mixing both orders, what is held would depend on what arrived
 * first. So the vendor is asked again, and its answer outranks the version it was asked over (`newer_than`) while that one stands. Where it
 * agrees with us it is a duplicate. A record that a webhook has fetched is not doubted: the copy that answers right after a change may not
 * have it yet, and the next reading of changes shows it again.
 *
 * Word that a record is gone often bears no stamp, so a page that shows it live may be older, whatever its stamp, or the record is back. Where
 * the vendor has it, its answer outranks the word; where it does not, the word is as new as the page, which is left out then.
 */
export async function answersToDoubts(of: DoubtsOf, sight: Sight): Promise<RawRecord[]> {
  const { stream, fields } = of;
  if (!stream.byId) return [];
  const doubts = doubtsOf(of, sight);
  const { idsMax = idsAtOnceDefault } = stream;
  const answers: RawRecord[] = [];
  for (let start = 0; start < doubts.size; start += idsMax) {
    const ids = [...doubts.keys()].slice(start, start + idsMax);
    for (const [id, answer] of await answered(stream, ids, { fields, lane: sight.isFirst ? "backfill" : "poll" })) {
      const doubt = doubts.get(id);
      const landing = doubt && settled(of, doubt, answer);
      if (landing) answers.push(landing);
    }
  }
  return answers;
}

interface Doubt {
  shown: SourceRecord;
  head: Row<"heads">;
}

/** By id: each record once, though a page may hold it twice. */
function doubtsOf(of: DoubtsOf, { records, heads, isFirst }: Sight): Map<string, Doubt> {
  const doubts = new Map<string, Doubt>();
  for (const shown of records) {
    const head = heads.get(landingKey(originOf(of), shown.id));
    if (head && isDoubtful(shown, head, isFirst)) doubts.set(shown.id, { shown, head });
  }
  return doubts;
}

function isDoubtful(
  { at, deleted, payload, missing = [] }: SourceRecord,
  head: Row<"heads">,
  isFirst: boolean,
): boolean {
  if (deleted || at === null) return false;
  const isOlder = head.version !== null && at <= head.version;
  if (isGone(head)) return !isFirst || !isOlder;
  // What says nothing of some fields differs by that alone.
  if (isFirst || !isOlder || at === head.version || missing.length > 0) return false;
  return contentHashOf(JSON.stringify(payload), false) !== head.content_hash;
}

/** What a vendor says of a record (`answer` null: it has none) as it is landed, undefined where that decides nothing. */
function settled(of: DoubtsOf, { shown, head }: Doubt, answer: SourceRecord | null): RawRecord | undefined {
  const origin = originOf(of);
  if (answer && !answer.deleted) return { ...received(origin, answer), newer_than: head.seq };
  if (!isGone(head)) return undefined;
  const gone = answer ? received(origin, answer) : goneRecord(origin, shown.id);
  const isNewer = gone.version !== null && shown.at !== null && gone.version > shown.at;
  return isNewer ? gone : { ...gone, version: shown.at };
}

/**
 * By id, null where the vendor has none. A question that it refuses is halved until the id at fault is alone, which is left out: that is no
 * reason to stay here for ever, the audit reports it.
 */
async function answered(
  stream: OpenStream,
  ids: readonly string[],
  request: ByIdRequest,
): Promise<[id: string, answer: SourceRecord | null][]> {
  try {
    const records = new Map((await stream.byId?.(ids, request))?.map((record) => [record.id, record]));
    return ids.map((id) => [id, records.get(id) ?? null]);
  } catch (cause) {
    if (!(cause instanceof SourceError && cause.next === "skip")) throw cause;
    if (ids.length === 1) return [];
    const half = Math.ceil(ids.length / 2);
    const left = await answered(stream, ids.slice(0, half), request);
    return [...left, ...(await answered(stream, ids.slice(half), request))];
  }
}

const originOf = ({ connection, stream }: DoubtsOf) => ({ connection, object: stream.object });
