import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { migrateSqlite } from "./sqlite/migrate.ts";
import { damageOf, openSqlite, openSqliteSnapshot } from "./sqlite/store.ts";
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
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = sqliteFile(folder);
  keepPrivate(file);
  migrateSqlite(file);
  return openSqlite(pagesMax ? { file, pagesMax } : { file });
}

/** What stands in a data folder's SQLite database at this moment, for reading beside the process that writes there. */
export const openSnapshot = (folder: string): Store => openSqliteSnapshot(sqliteFile(folder));

/**
 * What keeps the store of a data folder from being used, looked at without changing it; null when nothing does, or when there is none
 * yet. Of Postgres: whether it answers.
 */
export async function storeDamage({ folder, databaseUrl }: StoreLocation): Promise<string | null> {
  if (databaseUrl) {
    const { unreachable } = await import("./postgres/reach.ts");
    return unreachable(databaseUrl);
  }
  const file = sqliteFile(folder);
  return existsSync(file) ? damageOf(file) : null;
}

/** Whether a data folder has a SQLite database yet. */
export const holdsSqlite = (folder: string): boolean => existsSync(sqliteFile(folder));

const sqliteFile = (folder: string) => join(folder, "journey-hub.db");

/** Customers' records are for the folder's owner alone; SQLite gives what it writes beside the database the same mode. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  for (const part of [file, `${file}-wal`, `${file}-shm`]) {
    if (!existsSync(part)) continue;
    const { mode, uid } = statSync(part);
    if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(part, 0o600);
  }
}
