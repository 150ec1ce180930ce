import { join } from "node:path";
import Database from "better-sqlite3";
import { shapes } from "../../src/store/shape.ts";
import { migrateSqlite } from "../../src/store/sqlite/migrate.ts";
import { setForWriting } from "../../src/store/sqlite/pragmas.ts";
import { statementFor } from "../../src/store/statements.ts";
import type { Store } from "../../src/store/store.ts";
import type { TableName } from "../../src/store/tables.ts";
import type { Write } from "../../src/store/writes.ts";
import { round } from "./measure.ts";

/** What was measured of a number of commits. */
export interface Commits {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** On a busy machine it says more than the clock; the hub spends it on two threads. */
  cpuSeconds: number;
  perCpuSecond: number;
}

/** The writes of one commit. */
export type Writes = readonly Write[];

/** A store that notes what each commit writes. */
export function noting(store: Store, commits: Writes[]): Store {
  return {
    ...store,
    commit(writes, options) {
      commits.push(writes);
      return store.commit(writes, options);
    },
  };
}

/** Better-sqlite3 alone, on the hub's tables and with the hub's settings. */
export interface Bare {
  /** Makes the hub's commits again: the same statements in the same order, flushed as the hub flushes. */
  write(commits: readonly Writes[], records: number): Promise<Commits>;
  /** Rows of all tables; throws where there are not as many as the hub has left. */
  close(): number;
}

/** Opens a database beside that of a hub's folder. */
export function openBare(folder: string): Bare {
  const file = join(folder, "bare.db");
  migrateSqlite(file);
  const db = new Database(file);
  setForWriting(db);
  const statements = new Map<string, Database.Statement>();
  const statement = ({ op, table, by }: Write) => {
    const name = `${op} ${table} ${by.join()}`;
    const found = statements.get(name) ?? db.prepare(statementFor({ op, by }, shapes[table], 1, () => "?"));
    statements.set(name, found);
    return found;
  };
  return {
    write: (commits, records) =>
      measured({ commits: commits.length, records }, (n) => {
        db.exec("begin immediate");
        for (const write of commits[n] ?? []) {
          const one = statement(write);
          for (const row of write.rows) one.run(row);
        }
        db.exec("commit");
      }),
    close() {
      db.close();
      const [left, made] = [rowsOf(join(folder, "journey-hub.db")), rowsOf(file)];
      if (made !== left) throw new Error(`the hub has left ${left} rows, the bare writer ${made}`);
      return made;
    },
  };
}

function rowsOf(file: string): number {
  const db = new Database(file, { readonly: true });
  try {
    const count = (table: TableName) => db.prepare(`select count(*) from "${table}"`).pluck().get() as number;
    return Object.values(shapes).reduce((sum, { name }) => sum + count(name), 0);
  } finally {
    db.close();
  }
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
