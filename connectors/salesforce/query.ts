import type { Position } from "journey-hub/connector";

/** Rows in one reply; the vendor's own maximum. It may send fewer when rows are wide. */
export const rowsMax = 2_000;

/** What to read: columns of one object. */
export interface Select {
  object: string;
  columns: readonly string[];
}

/**
 * All rows in the order of their ids, those behind `after` and not behind `upTo` (ids; null: no bound).
 * @example rowsById({ object: "Contact", columns: ["Id"] }, "003A", null)
 * // "SELECT Id FROM Contact WHERE Id > '003A' ORDER BY Id LIMIT 2000"
 */
export function rowsById(select: Select, after: string | null, upTo: string | null): string {
  const where = [after === null ? [] : [`Id > ${quoted(after)}`], upTo === null ? [] : [`Id <= ${quoted(upTo)}`]];
  return statement(select, where.flat(), `ORDER BY Id LIMIT ${rowsMax}`);
}

/** The same as a query job takes it, `limit` rows at most. */
export function rowsBehind(select: Select, after: string | null, limit: number): string {
  return statement(select, after === null ? [] : [`Id > ${quoted(after)}`], `ORDER BY Id LIMIT ${limit}`);
}

/**
 * Rows changed since a place in the order of (SystemModstamp, Id), not behind `upTo`.
 * With `since.id` null everything from the instant on is read, the instant included.
 */
export function rowsByStamp(select: Select, since: Position, upTo: Position | null): string {
  const where = upTo === null ? [behind(since)] : [behind(since), notBehind(upTo)];
  return statement(select, where, `ORDER BY SystemModstamp, Id LIMIT ${rowsMax}`);
}

/** The rows of these ids, at most 200 of them. */
export function rowsOfIds(select: Select, ids: readonly string[]): string {
  return statement(select, [`Id IN (${ids.map(quoted).join(",")})`], "ORDER BY Id");
}

/** Records by name, or all whose ids lie within a stretch. */
export type Parents = { ids: readonly string[] } | { first: string; last: string };

/** Which rows of a history: `fields`: the changes of these alone (none: all rows), `after`: behind this row. */
export interface HistoryRows {
  parent: string;
  of: Parents;
  fields: readonly string[];
  after: string | null;
}

/** The path of a query for the histories of these records, at most 500 by name, in the order in which they were written. */
export function historyPath(select: Select, { parent, of, fields, after }: HistoryRows): string {
  const where = [
    "ids" in of
      ? `${parent} IN (${of.ids.map(quoted).join(",")})`
      : `${parent} >= ${quoted(of.first)} AND ${parent} <= ${quoted(of.last)}`,
    ...changesOf(fields),
    ...(after === null ? [] : [`Id > ${quoted(after)}`]),
  ];
  return queryPath(statement(select, where, `ORDER BY Id LIMIT ${rowsMax}`));
}

/** The path of a query for any row of a history, of these fields. */
export function anyHistoryPath(object: string, fields: readonly string[]): string {
  return queryPath(statement({ object, columns: ["Id"] }, changesOf(fields), "LIMIT 1"));
}

const changesOf = (fields: readonly string[]): string[] =>
  fields.length > 0 ? [`Field IN (${fields.map(quoted).join(",")})`] : [];

/** How many rows there are; of objects with a recycle bin those that are not in it. */
export function rowCount(object: string, hasRecycleBin: boolean): string {
  return `SELECT COUNT() FROM ${object}${hasRecycleBin ? " WHERE IsDeleted = false" : ""}`;
}

/** How many rows there are behind an id, those in the recycle bin among them; null: from the first. */
export function rowCountBehind(object: string, after: string | null): string {
  return `SELECT COUNT() FROM ${object}${after === null ? "" : ` WHERE Id > ${quoted(after)}`}`;
}

/** The path of a query for the user who changed a record last. */
export function writerOf(object: string, id: string): string {
  const columns = ["LastModifiedById", "LastModifiedBy.Name", "LastModifiedDate"];
  return queryPath(statement({ object, columns }, [`Id = ${quoted(id)}`], "LIMIT 1"));
}

/**
 * The path of a query that also sees deleted and archived rows.
 * Spaces and commas stay one byte each: the vendor refuses addresses over 16,384 bytes, headers included.
 */
export function queryPath(soql: string): string {
  return `/queryAll?q=${encodeURIComponent(soql).replaceAll("%20", "+").replaceAll("%2C", ",")}`;
}

/**
 * Splits columns into selects whose addresses stay short enough; each select carries `key`, by which rows are joined.
 * `roomBytes` is what the columns of one select may take, keys included.
 */
export function splitColumns(columns: readonly string[], key: readonly string[], roomBytes: number): string[][] {
  const parts: string[][] = [[...key]];
  let used = bytesOf(key);
  for (const column of columns) {
    if (key.includes(column)) continue;
    const size = bytesOf([column]);
    if (used + size > roomBytes) {
      parts.push([...key]);
      used = bytesOf(key);
    }
    parts.at(-1)?.push(column);
    used += size;
  }
  return parts;
}

function bytesOf(columns: readonly string[]): number {
  return columns.reduce((sum, column) => sum + encodeURIComponent(column).length + 1, 0);
}

function statement({ object, columns }: Select, where: readonly string[], tail: string): string {
  const condition = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
  return `SELECT ${columns.join(",")} FROM ${object}${condition} ${tail}`;
}

function behind({ at, id }: Position): string {
  // Stamps have whole seconds; a place between two of them begins at the earlier one.
  if (id === null) return `SystemModstamp >= ${at.slice(0, 19)}Z`;
  return `(SystemModstamp > ${at} OR (SystemModstamp = ${at} AND Id > ${quoted(id)}))`;
}

function notBehind({ at, id }: Position): string {
  if (id === null) return `SystemModstamp < ${at}`;
  return `(SystemModstamp < ${at} OR (SystemModstamp = ${at} AND Id <= ${quoted(id)}))`;
}

function quoted(id: string): string {
  return `'${id.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
