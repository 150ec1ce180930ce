import { and, eq } from "drizzle-orm";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";

/** Where a stream stands, null before its first run. */
export async function readCursor(store: Store, connection: string, stream: string): Promise<Row<"cursors"> | null> {
  const { cursors } = store.tables;
  const [row] = await store.db
    .select()
    .from(cursors)
    .where(and(eq(cursors.connection, connection), eq(cursors.stream, stream)));
  return row ?? null;
}
