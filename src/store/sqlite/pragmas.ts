import type Database from "better-sqlite3";

/** So many pages of the write-ahead log, 32 MiB, are carried over to the database at a time: a page that many commits wrote but once. */
export const logPagesMax = 8000;

/** Settings of the connection that writes: what is committed is on the disk. */
export function setForWriting(connection: Database.Database): void {
  connection.pragma("journal_mode = wal");
  connection.pragma("synchronous = full");
  // A commit that has split a page looks through the whole cache: with 64 MiB that took longer than the writing of one record.
  connection.pragma("cache_size = -16384");
  connection.pragma("temp_store = memory");
  connection.pragma(`wal_autocheckpoint = ${logPagesMax}`);
}
