import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import type { Shape } from "../shape.ts";
import { statementFor } from "../statements.ts";
import type { Guard } from "../store.ts";
import type { TableName } from "../tables.ts";
import type { Cell } from "../writes.ts";
import { type Parcel, type Statement, type Unpacked, unpack } from "./parcel.ts";
import { logPagesMax, setForWriting } from "./pragmas.ts";

/*
 * The thread that owns SQLite's one writing connection. Commits that wait together share one transaction, a savepoint each,
 * so a burst of webhooks costs one fsync, and a stale or failing commit rolls back alone.
 */

export interface WriterOptions {
  file: string;
  /** For tests of a full disk: SQLite's max_page_count. */
  pagesMax?: number;
}
export interface Failure {
  failure: "stale" | "full" | "error";
  message: string;
  code: string;
}
/** What became of the commits of one transaction, in the order they came. */
export interface Reply {
  commits: number;
  /** Rows changed by each write of each commit that did not fail. */
  changed: number[];
  /** By the commit's place. */
  failures: Map<number, Failure>;
}

class Stale extends Error {}

/** The shapes come along, so that the thread does not load the query builder they are read off. */
export type WriterInput = WriterOptions & { shapes: Readonly<Record<TableName, Shape>> };

const { file, pagesMax, shapes } = workerData as WriterInput;
const db = openForWriting();
const prepared = new Map<string, Database.Statement>();
const begin = db.prepare("begin immediate");
const commit = db.prepare("commit");
const savepoint = db.prepare("savepoint one");
const release = db.prepare("release one");
const logLength = db.prepare("pragma wal_checkpoint(noop)");
const checkpoint = db.prepare("pragma wal_checkpoint(passive)");
let waiting: Parcel[] = [];

parentPort?.on("message", (message: Parcel | "close") => {
  if (message === "close") {
    flush();
    db.close();
    parentPort?.close();
    return;
  }
  if (waiting.push(message) === 1) setImmediate(flush);
});
parentPort?.postMessage("ready");

function openForWriting(): Database.Database {
  const connection = new Database(file);
  setForWriting(connection);
  connection.pragma("wal_autocheckpoint = 0"); // see carryOver
  if (pagesMax) connection.pragma(`max_page_count = ${pagesMax}`);
  return connection;
}

function flush(): void {
  if (waiting.length === 0) return;
  const group = waiting.flatMap(unpack);
  waiting = [];
  const reply: Reply = { commits: group.length, changed: [], failures: new Map() };
  try {
    begin.run();
    for (const [place, one] of group.entries()) {
      const outcome = applyOne(one);
      if ("failure" in outcome) reply.failures.set(place, outcome);
      else reply.changed.push(...outcome);
    }
    commit.run();
  } catch (cause) {
    if (db.inTransaction) db.exec("rollback");
    for (const place of group.keys()) reply.failures.set(place, failed(cause));
  }
  parentPort?.postMessage(reply);
  carryOver();
}

/**
 * Carries a long log over to the database once the commit that made it long is answered: it is on the disk already, and nobody need wait
 * for more. Who asked plans the next meanwhile.
 */
function carryOver(): void {
  try {
    const { log } = logLength.get() as { log: number };
    if (log >= logPagesMax) checkpoint.get();
  } catch (cause) {
    // Nothing is lost by it, and what is wrong with the disk the next commit says: then it is tried again.
    if (!(cause instanceof Database.SqliteError)) throw cause;
  }
}

/** Applies one commit inside the group's transaction; its failure undoes it alone. */
function applyOne({ writes, guards }: Unpacked): number[] | Failure {
  // One row is one statement, and what a failing statement did SQLite undoes by itself.
  const isOneRow = writes.length === 1 && writes[0]?.rows.length === 1;
  if (!isOneRow) savepoint.run();
  try {
    for (const guard of guards) check(guard);
    const changed = writes.map(apply);
    if (!isOneRow) release.run();
    return changed;
  } catch (cause) {
    // A full disk may already have rolled the whole transaction back: then the group fails together.
    if (!db.inTransaction) throw cause;
    if (!isOneRow) db.exec("rollback to one; release one");
    return failed(cause);
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
function apply({ statement: { op, table, by }, rows }: { statement: Statement; rows: Cell[][] }): number {
  const name = `${op} ${table} ${by.join()}`;
  const one =
    prepared.get(name) ??
    keep(
      name,
      statementFor({ op, by }, shapes[table], 1, () => "?"),
    );
  let changed = 0;
  for (const row of rows) changed += one.run(row).changes;
  if (op === "put" && changed !== rows.length) throw new Stale(`a row of ${table} has changed`);
  return changed;
}

function keep(name: string, sql: string): Database.Statement {
  const made = db.prepare(sql);
  prepared.set(name, made);
  return made;
}

function failed(cause: unknown): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Database.SqliteError ? cause.code : "";
  const isFull = code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_IOERR");
  return { failure: cause instanceof Stale ? "stale" : isFull ? "full" : "error", message, code };
}
