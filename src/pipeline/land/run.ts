import type { RawRecord } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import type { Pipeline } from "../context.ts";
import { contentHashOf } from "../raw.ts";
import { planLand } from "./plan.ts";
import { readHeads, readPayloads, readStandingCorrections } from "./rows.ts";
import { keepable, withKeptIds } from "./texts.ts";

/** Lands records as received: which are new versions, which are known already. The writes are the batch's to commit. */
export async function runLand({ store }: Pipeline, came: readonly RawRecord[], knownAt: string) {
  const received = withKeptIds(came);
  const heads = await readHeads(store, [...new Set(received.map(keyOf))]);
  const corrections = await readStandingCorrections(store, heads.values());
  const lacking = new Set(received.filter((record) => mayLack(record, heads.get(keyOf(record)))).map(keyOf));
  const last = await readPayloads(store, { heads, keys: lacking });
  for (const [key, { sent }] of corrections) if (lacking.has(key)) last.set(key, sent);
  const corrected = received.filter((record) => corrections.has(keyOf(record)));
  const firstSeq = await store.reserve(received.length + corrected.length);
  return planLand({ records: received, heads, corrections, last, firstSeq, knownAt });
}

/** Whether a record that does not tell all says anything new: only then it matters what was known of it. */
function mayLack({ missing, payload, deleted }: RawRecord, head: Row<"heads"> | undefined): boolean {
  if (missing === undefined || !head) return false;
  return head.content_hash !== contentHashOf(keepable(payload).raw, deleted);
}

function keyOf({ connection, object, remote_id }: RawRecord): string {
  return `${connection}:${object}:${remote_id}`;
}
