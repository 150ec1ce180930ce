import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { columns } from "../columns.postgres.ts";
import { shapes } from "../shape.ts";
import { statementFor, timelineEdge, timelineStatement } from "../statements.ts";
import { type Committed, type Guard, StaleError, type Store, StoreError, StoreFullError } from "../store.ts";
import { type Row, type TableName, tables } from "../tables.ts";
import type { Write } from "../writes.ts";

const rowsPerStatement = 500; // keeps the widest table well under Postgres' 65,535 parameters
const bigintType = 20;

/** Opens a migrated Postgres database behind the same door as SQLite. Commits are serializable, so racing writers show as StaleError. */
export async function openPostgres(url: string): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types: { getTypeParser: (type, format) => (type === bigintType ? Number : pg.types.getTypeParser(type, format)) },
  });
  // A server that restarts cuts idle connections too. The pool drops them and the next statement opens another; unheard, the event ends the process.
  pool.on("error", () => undefined);

  return {
    dialect: "postgres",
    tables: tables(columns),
    // The builders the hub uses are the same in both dialects and are always awaited; the cast is made once, here.
    db: drizzle(pool) as unknown as BetterSQLite3Database,
    async byKey<T extends TableName>(table: T, column: string, keys: readonly string[]) {
      if (keys.length === 0) return [];
      const text = `select * from "${table}" where "${column}" = any($1)`;
      const { rows } = await pool.query({ name: `by ${table}.${column}`, text, values: [keys] });
      return rows as Row<T>[];
    },
    async timeline({ customer_id, limit, order = "newest_first", after = timelineEdge[order] }) {
      const text = timelineStatement(order, (n) => `$${n}`);
      const values = [customer_id, after.occurred_at, after.id, limit];
      const { rows } = await pool.query({ name: `timeline ${order}`, text, values });
      return rows as Row<"events">[];
    },
    commit: (writes, { guards = [] } = {}) => commit(pool, writes, guards),
    async reserve(count) {
      const { rows } = await pool.query(
        "insert into settings (name, value) values ('sequence', $1::bigint::text) on conflict (name) do update set value = (settings.value::bigint + $1::bigint)::text returning value::bigint as last",
        [count],
      );
      return Number(rows[0].last) - count + 1;
    },
    close: () => pool.end(),
  };
}

async function commit(pool: pg.Pool, writes: readonly Write[], guards: readonly Guard[]): Promise<Committed> {
  const client = await pool.connect().catch((cause: unknown) => {
    throw errorFor(cause);
  });
  let lost: Error | undefined;
  const onLost = (cause: Error) => {
    lost = cause;
  };
  client.on("error", onLost); // the pool listens to idle connections only
  try {
    await client.query("begin isolation level serializable");
    for (const guard of guards) await check(client, guard);
    const changed: number[] = [];
    for (const write of writes) changed.push(await apply(client, write));
    await client.query("commit");
    return { changed };
  } catch (cause) {
    // What the server cut off it has rolled back itself; its own error says more than that the rollback did not go through.
    await client.query("rollback").catch(onLost);
    throw errorFor(cause);
  } finally {
    client.off("error", onLost);
    client.release(lost);
  }
}

async function check(client: pg.PoolClient, { table, key, revision }: Guard): Promise<void> {
  const where = shapes[table].key.map((column, n) => `"${column}" = $${n + 1}`).join(" and ");
  const { rows } = await client.query(`select revision from "${table}" where ${where}`, [...key]);
  if (Number(rows[0]?.revision ?? 0) !== revision) throw new StaleError(`${table} ${key.join("/")} has changed`);
}

async function apply(client: pg.PoolClient, write: Write): Promise<number> {
  let changed = 0;
  for (let start = 0; start < write.rows.length; start += rowsPerStatement) {
    const rows = write.rows.slice(start, start + rowsPerStatement);
    const sql = statementFor(write, shapes[write.table], rows.length, (n) => `$${n}`);
    changed += (await client.query(sql, rows.flat())).rowCount ?? 0;
  }
  if (write.op === "put" && changed !== write.rows.length) throw new StaleError(`a row of ${write.table} has changed`);
  return changed;
}

const serializationFailure = "40001";
const deadlock = "40P01";
const diskFull = "53100";

function errorFor(cause: unknown): Error {
  if (cause instanceof StaleError) return cause;
  const code = cause instanceof pg.DatabaseError ? cause.code : undefined;
  if (code === serializationFailure || code === deadlock)
    return new StaleError("another process changed the same rows");
  if (code === diskFull) return new StoreFullError(cause);
  return new StoreError(cause instanceof Error ? cause.message : String(cause), { cause });
}
