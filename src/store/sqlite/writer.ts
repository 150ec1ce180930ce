import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import type { Shape } from "../shape.ts";
import { statementFor } from "../statements.ts";
import type { Guard } from "../store.ts";
import type { TableName } from "../tables.ts";
import type { Write } from "../writes.ts";

/*
 * The thread that owns SQLite's one writing connection. Commits that wait together share one transaction, a savepoint each,
 * so a burst of webhooks costs one fsync, and a stale or failing commit rolls back alone.
 */

export interface WriterOptions {
  file: string;
  /** For tests of a full disk: SQLite's max_page_count. */
  pagesMax?: number;
}
export interface CommitMessage {
  id: number;
  writes: Write[];
  guards: Guard[];
}
export type Reply =
  | { id: number; changed: number[] }
  | { id: number; failure: "stale" | "full" | "error"; message: string; code: string };

class Stale extends Error {}

/** The shapes come along, so that the thread does not load the query builder they are read off. */
export type WriterInput = WriterOptions & { shapes: Readonly<Record<TableName, Shape>> };

const { file, pagesMax, shapes } = workerData as WriterInput;
const db = openForWriting();
const prepared = new Map<string, Database.Statement>();
let waiting: CommitMessage[] = [];

parentPort?.on("message", (message: CommitMessage[] | "close") => {
  if (message === "close") {
    flush();
    db.close();
    parentPort?.close();
    return;
  }
  if (waiting.length === 0) setImmediate(flush);
  waiting.push(...message);
});
parentPort?.postMessage("ready");

function openForWriting(): Database.Database {
  const connection = new Database(file);
  connection.pragma("journal_mode = wal");
  connection.pragma("synchronous = full");
  connection.pragma("cache_size = -65536");
  connection.pragma("temp_store = memory");
  connection.pragma("wal_autocheckpoint = 4000");
  if (pagesMax) connection.pragma(`max_page_count = ${pagesMax}`);
  return connection;
}

function flush(): void {
  if (waiting.length === 0) return;
  const group = waiting;
  waiting = [];
  let replies: Reply[];
  try {
    db.exec("begin immediate");
    replies = group.map(applyOne);
    db.exec("commit");
  } catch (cause) {
    if (db.inTransaction) db.exec("rollback");
    replies = group.map(({ id }) => failed(id, cause));
  }
  parentPort?.postMessage(replies);
}

/** Applies one commit inside the group's transaction; its failure undoes it alone. */
function applyOne({ id, writes, guards }: CommitMessage): Reply {
  db.exec("savepoint one");
  try {
    for (const guard of guards) check(guard);
    const changed = writes.map(apply);
    db.exec("release one");
    return { id, changed };
  } catch (cause) {
    // A full disk may already have rolled the whole transaction back: then the group fails together.
    if (!db.inTransaction) throw cause;
    db.exec("rollback to one");
    db.exec("release one");
    return failed(id, cause);
  }
}

function check({ table, key, revision }: Guard): void {
  const name = `guard ${table}`;
  const where = shapes[table].key.map((column) => `"${column}" = ?`).join(" and ");
  const one = prepared.get(name) ?? keep(name, `select revision from "${table}" where ${where}`).pluck();
  const found = one.get(key) as number | undefined;
  if ((found ?? 0) !== revision) throw new Stale(`${table} ${key.join("/")} has changed`);
}

/** Row by row: prepared once, this is as fast as many rows a statement, because what costs is the place in the tree, not the call. */
function apply(write: Write): number {
  const name = `${write.op} ${write.table} ${write.by.join()}`;
  const one =
    prepared.get(name) ??
    keep(
      name,
      statementFor(write, shapes[write.table], 1, () => "?"),
    );
  let changed = 0;
  for (const row of write.rows) changed += one.run(row).changes;
  if (write.op === "put" && changed !== write.rows.length) throw new Stale(`a row of ${write.table} has changed`);
  return changed;
}

function keep(name: string, sql: string): Database.Statement {
  const made = db.prepare(sql);
  prepared.set(name, made);
  return made;
}

function failed(id: number, cause: unknown): Reply {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Database.SqliteError ? cause.code : "";
  if (cause instanceof Stale) return { id, failure: "stale", message, code };
  return {
    id,
    failure: code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_IOERR") ? "full" : "error",
    message,
    code,
  };
}
