import type { ByIdRequest, OpenStream, SourceRecord } from "./define.ts";
import { SourceError } from "./errors.ts";
import type { Lane } from "./lanes.ts";

/** What is held of a record, as far as it matters to a page that shows it. */
export interface HeldVersion {
  /** The newest stamp known of it. */
  at: string | null;
  isGone: boolean;
  /** Whether this content is what is held. */
  isSame(payload: SourceRecord["payload"]): boolean;
}

/** What a page shows, and what is held of its records. */
export interface Sight {
  records: readonly SourceRecord[];
  /** Undefined for a record of which nothing is held. */
  heldOf(id: string): HeldVersion | undefined;
  /** Whether everything is read for the first time: what live changes have overtaken meanwhile is older than they are then. */
  isFirst: boolean;
  fields: readonly string[];
  /** That of the page. */
  lane: Lane;
}

/** A vendor's word on a record that was in doubt, to be landed before the page. */
export interface VendorWord {
  record: SourceRecord;
  /** Its answer outranks the version it was asked over, whatever its stamp, while that one stands. */
  outranks: boolean;
}

const idsAtOnceDefault = 100;

/**
 * What the vendor says, asked by id, of those records of a page whose stamps do not tell whether the page or what we hold is newer.
 *
 * Landing goes by stamps and leaves out what differs from what we hold and bears an older one, mostly rightly: a webhook brought a newer
 * version before the page was read, an index lags, deliveries overtake one another. But a live change may bear an older stamp than what it
 * replaces: a record that was restored, one changed by a node of the vendor's whose clock is behind, one whose change was begun before
 * another's and committed after it. No order of what came can tell these from the others. The newer stamp held and the older one shown are
 * the same two sights in both, and when each was read decides only where the vendor answers out of what is committed, which search indexes
 * do not; by mixing both orders, what is held would depend on what arrived first. So the vendor is asked again, and its answer outranks the
 * version it was asked over while that one stands. Where it agrees with us it is a duplicate. A record that a webhook has fetched is not
 * doubted: the copy that answers right after a change may not have it yet, and the next reading of changes shows it again.
 *
 * Word that a record is gone often bears no stamp, so a page that shows it live may be older, whatever its stamp, or the record is back. Where
 * the vendor has it, its answer outranks the word; where it does not, the word is as new as the page, which is left out then.
 * Throws SourceError when the vendor cannot be asked.
 */
export async function settleDoubts(stream: OpenStream, { fields, lane, ...sight }: Sight): Promise<VendorWord[]> {
  if (!stream.byId) return [];
  const doubts = doubtsOf(sight);
  const { idsMax = idsAtOnceDefault } = stream;
  const words: VendorWord[] = [];
  for (let start = 0; start < doubts.size; start += idsMax) {
    const ids = [...doubts.keys()].slice(start, start + idsMax);
    for (const [id, answer] of await answered(stream, ids, { fields, lane })) {
      const doubt = doubts.get(id);
      const word = doubt && settled(doubt, answer);
      if (word) words.push(word);
    }
  }
  return words;
}

interface Doubt {
  shown: SourceRecord;
  held: HeldVersion;
}

/** By id: each record once, though a page may hold it twice. */
function doubtsOf({ records, heldOf, isFirst }: Omit<Sight, "fields" | "lane">): Map<string, Doubt> {
  const doubts = new Map<string, Doubt>();
  for (const shown of records) {
    const held = heldOf(shown.id);
    if (held && isDoubtful(shown, held, isFirst)) doubts.set(shown.id, { shown, held });
  }
  return doubts;
}

function isDoubtful(
  { at, deleted, payload, missing = [] }: SourceRecord,
  held: HeldVersion,
  isFirst: boolean,
): boolean {
  if (deleted || at === null) return false;
  const isOlder = held.at !== null && at <= held.at;
  if (held.isGone) return !isFirst || !isOlder;
  // What says nothing of some fields differs by that alone.
  if (isFirst || !isOlder || at === held.at || missing.length > 0) return false;
  return !held.isSame(payload);
}

/** What a vendor says of a record (`answer` null: it has none) as it is landed, undefined where that decides nothing. */
function settled({ shown, held }: Doubt, answer: SourceRecord | null): VendorWord | undefined {
  if (answer && !answer.deleted) return { record: answer, outranks: true };
  if (!held.isGone) return undefined;
  const gone = answer ?? { id: shown.id, at: null, deleted: true, payload: {} };
  const isNewer = gone.at !== null && shown.at !== null && gone.at > shown.at;
  return { record: isNewer ? gone : { ...gone, at: shown.at }, outranks: false };
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
