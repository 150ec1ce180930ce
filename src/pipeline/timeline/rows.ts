import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";

/** The events these records have so far. */
export async function readStandingEvents(store: Store, recordKeys: readonly string[]): Promise<Row<"events">[]> {
  return store.byKey("events", "record_key", [...new Set(recordKeys)]);
}
