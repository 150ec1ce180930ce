import { pause } from "../../lib/pause.ts";
import type { LandedRecord } from "../../model/record.ts";
import type { Pipeline } from "../context.ts";
import { readRecords } from "../records.ts";
import { planMap } from "./plan.ts";
import { readStatedAssociations } from "./rows.ts";

/** Puts landed records into the unified vocabulary, beside what is stored of them: of new ones nothing is. The writes are the batch's to commit. */
export async function runMap(
  { store, mapping, held, contexts }: Pipeline,
  landed: readonly LandedRecord[],
  isNew: (recordKey: string) => boolean = () => false,
) {
  const keys = [...new Set(landed.map(({ record_key }) => record_key))].filter((key) => !isNew(key));
  return planMap({
    landed,
    mapping,
    held,
    context: await contexts(landed.map(({ connection }) => connection)),
    before: await readRecords(store, keys),
    stated: await readStatedAssociations(store, keys),
    pause,
  });
}
