import { join } from "node:path";
import Database from "better-sqlite3";
import { round } from "./measure.ts";

type Cells = readonly (string | number | bigint | Buffer | null)[];

interface TableRows {
  name: string;
  rows: Cells[];
}

/** What was measured of a number of commits. */
export interface Commits {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** On a busy machine it says more than the clock; the hub spends it on two threads. */
  cpuSeconds: number;
  perCpuSecond: number;
}

/**
 * Writes the rows that a hub has left in a folder into a fresh database of the same tables, in as many transactions as the hub made, each
 * flushed as the hub flushes: what writing alone costs. The rows of the last `singles` records come one record a transaction.
 */
export async function writeBare(
  folder: string,
  { records, singles, perCommit }: { records: number; singles: number; perCommit: number },
): Promise<{ bulk: Commits; single: Commits; rows: number }> {
  const { schema, tables } = contents(join(folder, "journey-hub.db"));
  const db = new Database(join(folder, "bare.db"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  for (const statement of schema) db.exec(statement);
  const share = (records - singles) / records;
  const bulkOf = ({ name, rows }: TableRows) => ({ name, rows: rows.slice(0, Math.round(rows.length * share)) });
  const singlesOf = ({ name, rows }: TableRows) => ({ name, rows: rows.slice(Math.round(rows.length * share)) });
  const bulk = await commit(db, tables.map(bulkOf), {
    commits: Math.ceil((records - singles) / perCommit),
    records: records - singles,
  });
  const single = await commit(db, tables.map(singlesOf), { commits: singles, records: singles });
  db.close();
  return { bulk, single, rows: tables.reduce((sum, { rows }) => sum + rows.length, 0) };
}

function contents(file: string): { schema: string[]; tables: TableRows[] } {
  const db = new Database(file, { readonly: true });
  try {
    const made = db
      .prepare(
        "select name, type, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by type desc",
      )
      .all() as { name: string; type: string; sql: string }[];
    const names = made.filter(({ type }) => type === "table").map(({ name }) => name);
    const tables = names.map((name) => ({ name, rows: db.prepare(`select * from "${name}"`).raw().all() as Cells[] }));
    return { schema: made.map(({ sql }) => sql), tables: tables.filter(({ rows }) => rows.length > 0) };
  } finally {
    db.close();
  }
}

function commit(
  db: Database.Database,
  tables: readonly TableRows[],
  size: { commits: number; records: number },
): Promise<Commits> {
  const inserts = tables.map(({ name, rows }) => {
    const marks = rows[0]?.map(() => "?").join(", ") ?? "";
    return { rows, statement: rows.length > 0 ? db.prepare(`insert into "${name}" values (${marks})`) : null };
  });
  return measured(size, (n) => {
    db.exec("begin immediate");
    for (const { rows, statement } of inserts) {
      const [from, to] = [n, n + 1].map((place) => Math.floor((rows.length * place) / size.commits));
      for (const row of rows.slice(from, to)) statement?.run(...row);
    }
    db.exec("commit");
  });
}

/** Rate, latencies and processor's time of commits that hold so many records in all; `work` makes the n-th. */
export async function measured(
  { commits, records }: { commits: number; records: number },
  work: (n: number) => unknown,
): Promise<Commits> {
  const took: number[] = [];
  const before = process.cpuUsage();
  for (let n = 0; n < commits; n++) {
    const begun = performance.now();
    await work(n);
    took.push(performance.now() - begun);
  }
  const { user, system } = process.cpuUsage(before);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(commits - 1, Math.floor(commits * share))] ?? 0);
  const seconds = took.reduce((sum, ms) => sum + ms, 0) / 1_000;
  return {
    perSecond: Math.round(records / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuSeconds: round((user + system) / 1e6),
    perCpuSecond: Math.round(records / ((user + system) / 1e6)),
  };
}
