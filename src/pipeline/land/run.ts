import type { RawRecord } from "../../model/record.ts";
import type { Pipeline } from "../context.ts";
import { planLand } from "./plan.ts";
import { readHeads, readStandingCorrections } from "./rows.ts";
import { withKeptIds } from "./texts.ts";

/** Lands records as received: which are new versions, which are known already. The writes are the batch's to commit. */
export async function runLand({ store }: Pipeline, came: readonly RawRecord[], knownAt: string) {
  const records = withKeptIds(came);
  const heads = await readHeads(store, [...new Set(records.map(keyOf))]);
  const corrections = await readStandingCorrections(store, heads.values());
  const corrected = records.filter((record) => corrections.has(keyOf(record)));
  const firstSeq = await store.reserve(records.length + corrected.length);
  return planLand({ records, heads, corrections, firstSeq, knownAt });
}

function keyOf({ connection, object, remote_id }: RawRecord): string {
  return `${connection}:${object}:${remote_id}`;
}
