import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { migrateSqlite } from "./sqlite/migrate.ts";
import { openSqlite } from "./sqlite/store.ts";
import type { Store } from "./store.ts";

export interface StoreLocation {
  /** The data folder; with SQLite the database lies in it. */
  folder: string;
  /** `postgres://…` for Postgres; absent for SQLite. */
  databaseUrl?: string;
  /** SQLite's max_page_count, for tests of a full disk. */
  pagesMax?: number;
}

/** Opens the store of a data folder at the newest schema. */
export async function openStore({ folder, databaseUrl, pagesMax }: StoreLocation): Promise<Store> {
  if (databaseUrl) {
    // Loaded only when asked for: most hubs never need it.
    const { migratePostgres } = await import("./postgres/migrate.ts");
    const { openPostgres } = await import("./postgres/store.ts");
    await migratePostgres(databaseUrl);
    return openPostgres(databaseUrl);
  }
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "journey-hub.db");
  migrateSqlite(file);
  return openSqlite(pagesMax ? { file, pagesMax } : { file });
}
