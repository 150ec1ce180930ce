import { type OpenStream, SourceError, type SourceRecord } from "../../connector/index.ts";
import { type RawRecord, recordKey } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { contentHashOf } from "../raw.ts";
import { received } from "../received.ts";

export interface DoubtsOf {
  store: Store;
  connection: string;
  stream: OpenStream;
  fields: readonly string[];
}

const idsAtOnceDefault = 100;

/**
 * What the vendor says of those records of a page that differ from what we hold and bear an older stamp, asked for by id.
 *
 * Landing goes by stamps and leaves such records out, mostly rightly: a webhook brought a newer version before the page was read, an index
 * lags, deliveries overtake one another. But a live change may bear an older stamp than what it replaces: a record that was restored, one
 * changed by a node of the vendor's whose clock is behind. No order of what came can tell these from the others. The newer stamp held and
 * the older one shown are the same two sights in both, and when each was read decides only where the vendor answers out of what is
 * committed, which search indexes do not; by mixing both orders, what is held would depend on what arrived first. So the vendor is asked
 * again, and its answer outranks the version it was asked over (`newer_than`) while that one stands. Where it agrees with us it is a
 * duplicate. A record that a webhook has fetched is not doubted: the copy that answers right after a change may not have it yet, and the
 * next reading of changes shows it again.
 */
export async function answersToDoubts(of: DoubtsOf, page: readonly SourceRecord[]): Promise<RawRecord[]> {
  const { stream, fields } = of;
  const heads = stream.byId ? await outranking(of, page) : new Map<string, Row<"heads">>();
  const ids = [...heads.keys()];
  const { idsMax = idsAtOnceDefault } = stream;
  const answers: RawRecord[] = [];
  for (let start = 0; start < ids.length; start += idsMax) {
    const asked = ids.slice(start, start + idsMax);
    for (const record of await answered(stream, asked, fields)) {
      const head = heads.get(record.id);
      if (head && !record.deleted) answers.push({ ...received(originOf(of), record), newer_than: head.seq });
    }
  }
  return answers;
}

/** Ids that are refused are no reason to stay here for ever: the audit reports them, record by record. */
async function answered(
  stream: OpenStream,
  ids: readonly string[],
  fields: readonly string[],
): Promise<readonly SourceRecord[]> {
  try {
    return (await stream.byId?.(ids, { fields, lane: "poll" })) ?? [];
  } catch (cause) {
    if (cause instanceof SourceError && cause.next === "skip") return [];
    throw cause;
  }
}

/** By id: the newest version landed of each live record of the page that bears an older stamp and has other content. */
async function outranking(of: DoubtsOf, page: readonly SourceRecord[]): Promise<Map<string, Row<"heads">>> {
  const { connection, object } = originOf(of);
  const shown = new Map(page.filter(isPlain).map((record) => [recordKey(connection, object, record.id), record]));
  const heads = await of.store.byKey("heads", "record_key", [...shown.keys()]);
  const found = new Map<string, Row<"heads">>();
  for (const head of heads) {
    const record = shown.get(head.record_key);
    if (!record || record.at === null || head.version === null || record.at >= head.version) continue;
    if (contentHashOf(JSON.stringify(record.payload), false) !== head.content_hash) found.set(record.id, head);
  }
  return found;
}

/** Of what is deleted, or says nothing of some fields, the content alone tells nothing. */
function isPlain({ deleted, missing = [] }: SourceRecord): boolean {
  return !deleted && missing.length === 0;
}

const originOf = ({ connection, stream }: DoubtsOf) => ({ connection, object: stream.object });
