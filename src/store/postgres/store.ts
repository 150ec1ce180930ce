import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import pg from "pg";
import { groupBy } from "../../lib/group.ts";
import { columns } from "../columns.postgres.ts";
import { shapes } from "../shape.ts";
import { everKnown, statementFor, timelineEdge, timelineStatement } from "../statements.ts";
import { type Committed, type Guard, type Key, type ListedTable, StaleError, type Store } from "../store.ts";
import { type Row, type TableName, tables } from "../tables.ts";
import type { Cell, Write } from "../writes.ts";
import { errorFor, isCollision } from "./failure.ts";
import { peersOf } from "./peers.ts";
import { reading } from "./reading.ts";

const rowsPerStatement = 500; // keeps the widest table well under Postgres' 65,535 parameters
const bigintType = 20;
/** How long a statement waits for a connection: a server that does not answer is told of like one that is away. */
const connectMaxMs = 15_000;
const keepAliveAfterMs = 10_000;

/**
 * Opens a migrated Postgres database behind the same door as SQLite. Commits are serializable, so racing writers show as StaleError.
 * While the server is away everything rejects with a StoreError that says so, and goes through again once it is back.
 */
export async function openPostgres(url: string): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: connectMaxMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    types: { getTypeParser: (type, format) => (type === bigintType ? Number : pg.types.getTypeParser(type, format)) },
  });
  // A server that restarts cuts idle connections too. The pool drops them and the next statement opens another; unheard, the event ends the process.
  pool.on("error", () => undefined);
  const query = (statement: pg.QueryConfig) =>
    pool.query(statement).catch((cause: unknown) => {
      throw errorFor(cause);
    });

  return {
    dialect: "postgres",
    tables: tables(columns),
    // The builders the hub uses are the same in both dialects and are always awaited; the cast is made once, here.
    db: reading(pool) as unknown as BetterSQLite3Database,
    async byKey<T extends TableName>(table: T, column: string, keys: readonly Key[]) {
      if (keys.length === 0) return [];
      const text = `select * from "${table}" where "${column}" = any($1)`;
      const { rows } = await query({ name: `by ${table}.${column}`, text, values: [keys] });
      return rows as Row<T>[];
    },
    async firstByKey<T extends ListedTable>(table: T, column: string, keys: readonly string[], each: number) {
      if (keys.length === 0) return [];
      const text = `select r.* from (select distinct unnest($1::text[]) as value) k
        cross join lateral (select * from "${table}" where "${column}" = k.value limit $2) r`;
      const { rows } = await query({ name: `first by ${table}.${column}`, text, values: [keys, each] });
      return rows as Row<T>[];
    },
    async holders(limits) {
      if (limits.size === 0) return new Map();
      const text = `select k.key, r.first_seq from unnest($1::bigint[], $2::bigint[]) k (key, most)
        cross join lateral (select first_seq from block_keys where key = k.key limit k.most) r`;
      const { rows } = await query({ name: "holders", text, values: [[...limits.keys()], [...limits.values()]] });
      const byKey = groupBy(rows as Row<"block_keys">[], ({ key }) => key);
      return new Map([...byKey].map(([key, of]) => [key, of.map(({ first_seq }) => first_seq)]));
    },
    async timeline({ customer_id, limit, order = "newest_first", after = timelineEdge[order], known_at = everKnown }) {
      const text = timelineStatement(order, (n) => `$${n}`);
      const values = [customer_id, after.occurred_at, after.id, known_at, limit];
      const { rows } = await query({ name: `timeline ${order}`, text, values });
      return rows as Row<"events">[];
    },
    commit: (writes, { guards = [] } = {}) => commit(pool, writes, guards),
    async reserve(count) {
      const text =
        "insert into settings (name, value) values ('sequence', $1::bigint::text) on conflict (name) do update set value = (settings.value::bigint + $1::bigint)::text returning value::bigint as last";
      const { rows } = await query({ text, values: [count] });
      return Number(rows[0].last) - count + 1;
    },
    peers: peersOf(query),
    close: () => pool.end(),
  };
}

/** Two commits that touched the same rows at the same instant: the server ends one of them, and it is made anew. */
const collisionsMax = 50;

/** What relied on a row that has changed is found stale when it is made anew; all else goes through as it stands. */
async function commit(pool: pg.Pool, writes: readonly Write[], guards: readonly Guard[]): Promise<Committed> {
  for (let n = 1; n < collisionsMax; n++) {
    try {
      return await transact(pool, writes, guards);
    } catch (cause) {
      if (!isCollision(cause)) throw errorFor(cause);
    }
  }
  return transact(pool, writes, guards).catch((cause: unknown) => {
    throw errorFor(cause);
  });
}

async function transact(pool: pg.Pool, writes: readonly Write[], guards: readonly Guard[]): Promise<Committed> {
  const client = await pool.connect();
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
    throw cause;
  } finally {
    client.off("error", onLost);
    client.release(lost);
  }
}

async function check(client: pg.PoolClient, { table, key, revision }: Guard): Promise<void> {
  const where = shapes[table].key.map((column, n) => `"${column}" = $${n + 1}`).join(" and ");
  const { rows } = await client.query(`select revision from "${table}" where ${where}`, [...key]);
  if (Number(rows[0]?.revision ?? 0) !== revision) throw new StaleError(`${table} ${key.join("/")} has changed`, table);
}

async function apply(client: pg.PoolClient, write: Write): Promise<number> {
  let changed = 0;
  for (let start = 0; start < write.rows.length; start += rowsPerStatement) {
    const rows = write.rows.slice(start, start + rowsPerStatement);
    const sql = statementFor(write, shapes[write.table], rows.length, (n) => `$${n}`);
    changed += (await client.query(sql, rows.flat().map(keepable))).rowCount ?? 0;
  }
  if (write.op === "put" && changed !== write.rows.length)
    throw new StaleError(`a row of ${write.table} has changed`, write.table);
  return changed;
}

/** Postgres keeps no NUL in a text; its sign does for what is told in words. Ids and values have lost theirs where they came in. */
function keepable(cell: Cell): Cell {
  return typeof cell === "string" && cell.includes("\0") ? cell.replaceAll("\0", "\u2400") : cell;
}
