import { partyOf } from "../../identity/group/claims.ts";
import type { Refusal } from "../../identity/group/refusals.ts";
import type { StoredRecord } from "../../model/record.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { remove, set, type Write } from "../../store/writes.ts";
import type { Pipeline } from "../context.ts";
import { pairOf } from "./candidates.ts";
import { comparableOfRecord } from "./parties.ts";

/** Shared claims that joined nobody, as they are kept, with one of these records at an end. */
export async function readRefusals(store: Store, recordKeys: readonly string[]): Promise<Row<"refusals">[]> {
  const left = await store.byKey("refusals", "left_key", recordKeys);
  const right = await store.byKey("refusals", "right_key", recordKeys);
  return [...new Map([...left, ...right].map((row) => [pairOf(row), row])).values()];
}

/** The records among which shared claims were looked for, and what was kept of them before. */
interface Looked {
  records: ReadonlyMap<string, StoredRecord>;
  refusals: readonly Row<"refusals">[];
}

/** Who shares a claim is in one closure: what is found there takes the place of all that was kept of its records. */
export function refusalWrites(
  closure: Looked,
  found: readonly Refusal[],
  pipeline: Pick<Pipeline, "matching" | "isPublic">,
): Write[] {
  const before = new Map(closure.refusals.map((row) => [pairOf(row), row]));
  const rows = found.map((refusal) => ({ ...refusal, weight: weightOf(refusal, closure, pipeline) }));
  const changed = rows.filter((row) => !isSame(before.get(pairOf(row)), row));
  const standing = new Set(rows.map(pairOf));
  const gone = closure.refusals.filter((row) => !standing.has(pairOf(row)));
  return [
    ...(gone.length > 0
      ? [
          remove(
            "refusals",
            ["left_key", "right_key"],
            gone.map(({ left_key, right_key }) => [left_key, right_key]),
          ),
        ]
      : []),
    ...(changed.length > 0 ? [set("refusals", changed)] : []),
  ];
}

function isSame(before: Row<"refusals"> | undefined, { claim, because, weight }: Row<"refusals">): boolean {
  return before?.claim === claim && before.because === because && before.weight === weight;
}

/** How alike the two are, for the order in which people look at them; 0, where as much speaks for as against, of what is not scored. */
function weightOf(
  { left_key, right_key }: Refusal,
  { records }: Pick<Looked, "records">,
  pipeline: Pick<Pipeline, "matching" | "isPublic">,
): number {
  const [left, right] = [left_key, right_key].map((key) => {
    const record = records.get(key);
    return record ? comparableOfRecord(record, partyOf(record), pipeline) : null;
  });
  if (!pipeline.matching || !left || !right || left.kind !== right.kind) return 0;
  return pipeline.matching.score(left, right)?.weight ?? 0;
}
