import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import type { Row, TableName, Tables } from "./tables.ts";
import type { Cell, Write } from "./writes.ts";

/** A row a plan relied on without writing it: the commit is refused as stale if its revision has moved. */
export interface Guard {
  table: TableName;
  key: readonly Cell[];
  revision: number;
}

export interface CommitOptions {
  guards?: readonly Guard[];
}

/**
 * A page of a customer's timeline, newest first unless `order` says otherwise; `after` is the last event of the page before. With
 * `known_at` only what was known at that instant.
 */
export interface TimelineQuery {
  customer_id: string;
  order?: "newest_first" | "oldest_first";
  after?: { occurred_at: string; id: string };
  known_at?: string;
  limit: number;
}

export interface Committed {
  /** Rows changed by each write, in order. */
  changed: number[];
}

/** What the database says when a process reports to it. */
export interface Roll {
  /** The database's clock, epoch ms: the one that all processes go by. */
  now: number;
  /** When each other process reported last, by that clock. */
  others: { id: string; seenAt: number }[];
}

/** How the processes of one store know of one another. */
export interface Peers {
  /** Notes that this process lives, forgets those gone for an hour and whose calls count no more, and tells of the others. */
  report(id: string): Promise<Roll>;
  /** This process ends in order: nobody waits for it. */
  leave(id: string): Promise<void>;
}

/** What rows are looked up by. */
export type Key = string | number;

/** Tables in which many rows share a value; they hold texts and whole numbers alone. */
export type ListedTable = "associations" | "links";

/**
 * The one door to the database. Reads are awaited builders (`db`) or keyed look-ups (`byKey`); all change goes through `commit`,
 * which applies every write of the call or none. Errors: StaleError (plan again), StoreFullError, StoreError.
 */
export interface Store {
  readonly dialect: "sqlite" | "postgres";
  readonly tables: Tables;
  /** Read-only drizzle handle; await every builder. */
  readonly db: BetterSQLite3Database;
  /** Rows whose `column` is one of `keys`, by one prepared statement whatever the number of keys. */
  byKey<T extends TableName>(table: T, column: keyof Row<T> & string, keys: readonly Key[]): Promise<Row<T>[]>;
  /**
   * At most `each` rows of every one of `keys`: for values that some few, or half of all, rows may share, where beyond a number it is
   * enough to know that there are more.
   */
  firstByKey<T extends ListedTable>(
    table: T,
    column: keyof Row<T> & string,
    keys: readonly string[],
    each: number,
  ): Promise<Row<T>[]>;
  /**
   * By block key the records that have it (their `first_seq`), at most as many as its limit says; `limits` by key. Keys that no record has are
   * left out.
   */
  holders(limits: ReadonlyMap<number, number>): Promise<Map<number, number[]>>;
  /** Events of one customer in order of time, by one prepared statement. */
  timeline(query: TimelineQuery): Promise<Row<"events">[]>;
  commit(writes: readonly Write[], options?: CommitOptions): Promise<Committed>;
  /** Reserves `count` sequence numbers and returns the first: what is landed later gets the higher number. */
  reserve(count: number): Promise<number>;
  /** Absent where one process has the store to itself. */
  readonly peers?: Peers;
  close(): Promise<void>;
}

/** The plan was made on rows that have changed since: read again and plan again. */
export class StaleError extends Error {
  override readonly name = "StaleError";
  /** Whose row has changed, where the database tells. */
  readonly table: TableName | undefined;

  constructor(message: string, table?: TableName) {
    super(message);
    this.table = table;
  }
}

/** The disk or the allowed size is used up; nothing of the commit was written. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
  constructor(cause: unknown) {
    super(
      "The data store is full: nothing of this commit was written. Free disk space (or raise the size limit); work resumes by itself.",
      { cause },
    );
  }
}

/** The database refused a commit for another reason; nothing of it was written. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

const planAttemptsMax = 5;

/**
 * Runs read → plan → commit, and again from the reading when a row has moved meanwhile, at most 5 times.
 * @example await replan(async () => { const rows = await readRows(store); await store.commit(plan(rows)); });
 */
export async function replan<T>(attempt: () => Promise<T>): Promise<T> {
  for (let n = 1; n < planAttemptsMax; n++) {
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof StaleError)) throw cause;
    }
  }
  return attempt();
}
