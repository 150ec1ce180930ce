import type Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { pause } from "../../lib/pause.ts";
import { columns } from "../columns.sqlite.ts";
import { shapes } from "../shape.ts";
import { everKnown, limitAt, timelineEdge, timelineStatement } from "../statements.ts";
import type { Key, ListedTable, Store } from "../store.ts";
import { type Row, type TableName, tables } from "../tables.ts";

/** The reading half of a store on a read-only connection; `begin` is called before each look-up. */
export function reading(
  reader: Database.Database,
  begin: () => void,
): Pick<Store, "dialect" | "tables" | "db" | "byKey" | "firstByKey" | "holders" | "timeline"> {
  const lookups = new Map<string, Database.Statement>();
  const lookup = (text: string): Database.Statement => {
    const found = lookups.get(text) ?? reader.prepare(text);
    lookups.set(text, found);
    return found;
  };
  const timelines = {
    newest_first: reader.prepare(timelineStatement("newest_first", () => "?")),
    oldest_first: reader.prepare(timelineStatement("oldest_first", () => "?")),
  };
  return {
    dialect: "sqlite",
    tables: tables(columns),
    db: drizzle(reader),
    async byKey<T extends TableName>(table: T, column: string, keys: readonly Key[]) {
      if (keys.length === 0) return [];
      await pause();
      begin();
      const rows = `select * from "${table}" where "${column}"`;
      if (keys.length === 1) return lookup(`${rows} = ?`).all(keys[0]) as Row<T>[];
      return lookup(`${rows} in (select value from json_each(?))`).all(JSON.stringify(keys)) as Row<T>[];
    },
    async firstByKey<T extends ListedTable>(table: T, column: string, keys: readonly string[], each: number) {
      if (keys.length === 0) return [];
      await pause();
      begin();
      const found = lookup(limitedStatement(table, column)).pluck();
      const rows: Row<T>[] = [];
      for (const list of found.all(each, JSON.stringify([...new Set(keys)])) as string[]) addRows(rows, table, list);
      return rows;
    },
    async holders(limits) {
      const found = new Map<number, number[]>();
      const holdersOf = lookup(`select first_seq from block_keys where key = ? limit ${limitAt("?")}`).pluck();
      let n = 0;
      for (const [key, limit] of limits) {
        if (n++ % lookupsPerPause === 0) {
          await pause();
          begin();
        }
        const holders = holdersOf.all(key, limit) as number[];
        if (holders.length > 0) found.set(key, holders);
      }
      return found;
    },
    async timeline({ customer_id, limit, order = "newest_first", after = timelineEdge[order], known_at = everKnown }) {
      await pause();
      begin();
      return timelines[order].all(customer_id, after.occurred_at, after.id, known_at, limit) as Row<"events">[];
    },
  };
}

/** Look-ups of one key each between two pauses. */
const lookupsPerPause = 100;

/**
 * One state of the file for all look-ups of a turn of the event loop: to take the file's locks and give them back costs more than most
 * look-ups. `end` is to be called before anything is written, and `begin` not until that is answered: so who waited for a commit reads
 * what it wrote, and SQLite can use its write-ahead log again from the beginning.
 */
export function readingTurns(reader: Database.Database): { begin(): void; end(): void } {
  const [begin, commit] = [reader.prepare("begin"), reader.prepare("commit")];
  const end = () => {
    if (reader.inTransaction) commit.run();
  };
  return {
    begin() {
      if (reader.inTransaction) return;
      begin.run();
      setImmediate(end);
    },
    end,
  };
}

/** Limit and keys in, of each key its rows as one JSON text out: half the cost of a statement a key. */
function limitedStatement(table: ListedTable, column: string): string {
  const cells = shapes[table].columns.map((name) => `"${name}"`).join(", ");
  return `select (select json_group_array(json_array(${cells})) from (select * from "${table}" where "${column}" = k.value limit ${limitAt("?")}))
    from json_each(?) k`;
}

function addRows<T extends ListedTable>(rows: Row<T>[], table: T, list: string): void {
  const { columns } = shapes[table];
  for (const cells of JSON.parse(list) as unknown[][]) {
    const row: Record<string, unknown> = {};
    for (const [n, column] of columns.entries()) row[column] = cells[n];
    rows.push(row as Row<T>);
  }
}
