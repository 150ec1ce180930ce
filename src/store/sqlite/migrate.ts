import { join } from "node:path";
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { packageRoot } from "../../lib/package-root.ts";

/** Brings a SQLite file to the newest schema, creating it if need be. */
export function migrateSqlite(file: string): void {
  const connection = new Database(file);
  try {
    connection.pragma("journal_mode = wal");
    migrate(drizzle(connection), { migrationsFolder: join(packageRoot, "drizzle", "sqlite") });
  } finally {
    connection.close();
  }
}
