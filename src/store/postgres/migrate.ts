import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { packageRoot } from "../../lib/package-root.ts";
import { notOpened } from "./failure.ts";

const migrationLock = 0x6a_6f_75_72; // "jour": processes that start together migrate one after the other

/** Brings a Postgres database to the newest schema. Throws StoreError when it cannot be opened. */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined); // cut off, it tells by the statement under way as well; unheard, the event ends the process
  try {
    await client.connect();
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await migrate(drizzle(client), { migrationsFolder: join(packageRoot, "drizzle", "postgres") });
  } catch (cause) {
    throw notOpened(cause);
  } finally {
    await client.end();
  }
}
