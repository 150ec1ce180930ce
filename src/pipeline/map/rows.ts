import { and, eq, inArray } from "drizzle-orm";
import { groupBy } from "../../lib/group.ts";
import type { RecordFields } from "../../model/kinds.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { storedRecord } from "../records.ts";

/** The associations these records state, by the record that states them. */
export async function readStatedAssociations(
  store: Store,
  recordKeys: readonly string[],
): Promise<Map<string, Row<"associations">[]>> {
  const rows = await store.byKey("associations", "source_key", recordKeys);
  return groupBy(rows, (row) => row.source_key);
}

/** Look-up tables of a connection, made of its owners and pipelines: `owners` by remote id, `stages` by `<kind>:<stage id>`. */
export type References = Readonly<Record<"owners" | "stages", ReadonlyMap<string, Readonly<Record<string, unknown>>>>>;

export async function readReferences(store: Store, connection: string): Promise<References> {
  const { records } = store.tables;
  const rows = await store.db
    .select()
    .from(records)
    .where(and(eq(records.connection, connection), inArray(records.kind, ["owner", "pipeline"])));
  const owners = new Map<string, Record<string, unknown>>();
  const stages = new Map<string, Record<string, unknown>>();
  // Sorted, so that of two stages with one id the same counts wherever the rows lie.
  rows.sort((a, b) => (a.record_key < b.record_key ? -1 : 1));
  for (const row of rows.map(storedRecord)) {
    if (row.kind === "owner") owners.set(row.remote_id, row.fields as RecordFields<"owner">);
    if (row.kind !== "pipeline") continue;
    const { name, object, stages: listed = [] } = row.fields as RecordFields<"pipeline">;
    for (const stage of listed) stages.set(`${object ?? "deal"}:${stage.id}`, { ...stage, pipeline: name });
  }
  return { owners, stages };
}
