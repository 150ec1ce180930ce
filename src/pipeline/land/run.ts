import { type RawRecord, recordKey } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Pipeline } from "../context.ts";
import { type HeadsAhead, readHeads, versionHash } from "../heads.ts";
import { isLate, planLand } from "./plan.ts";
import { readStandingCorrections, readTold } from "./rows.ts";
import { keepable, withKeptIds } from "./texts.ts";

interface Coming {
  records: readonly RawRecord[];
  heads?: HeadsAhead | undefined;
  knownAt: string;
}

/** Lands records as received: which are new versions, which are known already. The writes are the batch's to commit. */
export async function runLand({ store }: Pipeline, { heads: ahead, knownAt, ...came }: Coming) {
  const records = withKeptIds(came.records);
  const heads = await headsOf(store, records, ahead);
  const corrections = await readStandingCorrections(store, heads.values());
  const keys = new Set(records.filter((record) => isIncomplete(record, heads.get(keyOf(record)))).map(keyOf));
  const last = await readTold(store, { heads, corrected: new Set(corrections.keys()), keys });
  const corrected = records.filter((record) => corrections.has(keyOf(record)));
  const firstSeq = await store.reserve(records.length + corrected.length);
  return planLand({ records, heads, corrections, last, firstSeq, knownAt });
}

/**
 * Heads that were read ahead serve records that bear a stamp, and once. Such a head may have moved since, but only to a newer stamp: what
 * was known or older is so still, and the commit of what was news is refused as stale. What bears no stamp goes by the order it comes in.
 */
async function headsOf(
  store: Store,
  records: readonly RawRecord[],
  ahead: HeadsAhead = new Map(),
): Promise<Map<string, Row<"heads">>> {
  const isByOrder = ({ version, newer_than }: RawRecord) => version === null || newer_than !== undefined;
  const byOrder = new Set(records.filter(isByOrder).map(keyOf));
  const found: Row<"heads">[] = [];
  const unread: string[] = [];
  for (const key of new Set(records.map(keyOf))) {
    const head = byOrder.has(key) ? undefined : ahead.get(key);
    ahead.delete(key);
    if (head === undefined) unread.push(key);
    else if (head !== null) found.push(head);
  }
  const read = unread.length > 0 ? await readHeads(store, unread) : new Map<string, Row<"heads">>();
  return new Map([...found.map((head) => [head.record_key, head] as const), ...read]);
}

/** Whether it matters what was known of a record: it does not tell all and says something new, or what it tells comes late. */
function isIncomplete(record: RawRecord, head: Row<"heads"> | undefined): boolean {
  if (!head) return false;
  if (record.missing === undefined) return isLate(record, head);
  return head.content_hash !== versionHash(record, keepable(record.payload).raw);
}

function keyOf({ connection, object, remote_id }: RawRecord): string {
  return recordKey(connection, object, remote_id);
}
