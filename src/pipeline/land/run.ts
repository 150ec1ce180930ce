import type { RawRecord } from "../../model/record.ts";
import type { Pipeline } from "../context.ts";
import { planLand } from "./plan.ts";
import { readHeads } from "./rows.ts";

/** Lands records as received: which are new versions, which are known already. The writes are the batch's to commit. */
export async function runLand({ store }: Pipeline, records: readonly RawRecord[], knownAt: string) {
  const heads = await readHeads(store, [...new Set(records.map(keyOf))]);
  return planLand({ records, heads, firstSeq: await store.reserve(records.length), knownAt });
}

function keyOf({ connection, object, remote_id }: RawRecord): string {
  return `${connection}:${object}:${remote_id}`;
}
