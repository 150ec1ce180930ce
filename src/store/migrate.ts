import { join } from "node:path";
import Database from "better-sqlite3";
import { drizzle as drizzleSqlite } from "drizzle-orm/better-sqlite3";
import { migrate as migrateSqliteFiles } from "drizzle-orm/better-sqlite3/migrator";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import { migrate as migratePostgresFiles } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { packageRoot } from "../lib/package-root.ts";

/** Brings a SQLite file to the newest schema, creating it if need be. */
export function migrateSqlite(file: string): void {
  const connection = new Database(file);
  try {
    connection.pragma("journal_mode = wal");
    migrateSqliteFiles(drizzleSqlite(connection), { migrationsFolder: join(packageRoot, "drizzle", "sqlite") });
  } finally {
    connection.close();
  }
}

const migrationLock = 0x6a_6f_75_72; // "jour": processes that start together migrate one after the other

/** Brings a Postgres database to the newest schema. */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await migratePostgresFiles(drizzlePostgres(client), { migrationsFolder: join(packageRoot, "drizzle", "postgres") });
  } finally {
    await client.end();
  }
}
