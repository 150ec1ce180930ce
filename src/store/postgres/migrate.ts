import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { packageRoot } from "../../lib/package-root.ts";

const migrationLock = 0x6a_6f_75_72; // "jour": processes that start together migrate one after the other

/** Brings a Postgres database to the newest schema. */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await migrate(drizzle(client), { migrationsFolder: join(packageRoot, "drizzle", "postgres") });
  } finally {
    await client.end();
  }
}
