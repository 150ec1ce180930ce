import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";

/** The newest landed version of each of these records, by record key. */
export async function readHeads(store: Store, recordKeys: readonly string[]): Promise<Map<string, Row<"heads">>> {
  const rows = await store.byKey("heads", "record_key", recordKeys);
  return new Map(rows.map((row) => [row.record_key, row]));
}
