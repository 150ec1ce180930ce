import { SourceError } from "journey-hub/connector";
import type { LinkName, NetsuiteObject } from "./objects.ts";

/** Rows in one reply; the vendor's own maximum. */
export const rowsMax = 1_000;
/** With more, NetSuite gives no rows and no error. */
const columnsMax = 100;

/** One selected column. */
export interface Column {
  /** The mapping's field, which is also the column's name in the reply. */
  field: string;
  expression: string;
  /** Where it lies and what it is called there, to know it again in a refusal. */
  table: string;
  name: string;
  /** The select field it is reached through. */
  through?: string;
}

/** What of an object is read by one statement, and what by a statement after it. */
export interface Selection {
  object: NetsuiteObject;
  columns: readonly Column[];
  links: readonly LinkName[];
  /** Fields that are no column's name. */
  unknown: readonly string[];
}

/** A place in the order of (last modification, id), as the account's wall clock shows it. */
export interface WallPlace {
  wall: string;
  id: string | null;
}

const columnName = /^[a-z][a-z0-9_]{0,99}$/;

/** The fields each link brings. */
export const linkFields: Readonly<Record<LinkName, readonly string[]>> = {
  source: ["createdfrom", "createdfrom_type"],
  payment: ["appliedto"],
};

/**
 * Turns the mapping's fields into columns: `email`, `entitystatus_stage` (column `stage` of the record `entitystatus` points to).
 * Throws SourceError `stop` above 100 columns.
 */
export function selectionOf(object: NetsuiteObject, fields: readonly string[]): Selection {
  const linked = new Set(object.links.flatMap((link) => linkFields[link]));
  const wanted = [...new Set(["id", object.stamp, ...fields])];
  const columns = wanted
    .filter((field) => columnName.test(field) && !linked.has(field))
    .map((field) => columnOf(object, field));
  if (columns.length > columnsMax) throw tooManyColumns(object, columns.length);
  return {
    object,
    columns,
    links: object.links.filter((link) => linkFields[link].some((field) => fields.includes(field))),
    unknown: wanted.filter((field) => !columnName.test(field)),
  };
}

function columnOf(object: NetsuiteObject, field: string): Column {
  const through = Object.keys(object.lookups).find((column) => field.startsWith(`${column}_`));
  const table = through === undefined ? undefined : object.lookups[through];
  if (through !== undefined && table !== undefined) {
    const name = field.slice(through.length + 1);
    return { field, expression: `${aliasOf(through)}.${name}`, table, name, through };
  }
  return { field, expression: expressionOf(object, field), table: object.table, name: field };
}

function expressionOf({ dates, dateTimes, named }: NetsuiteObject, column: string): string {
  // Without a mask NetSuite gives the day alone, in the format of the account.
  if (dateTimes.has(column)) return `TO_CHAR(t.${column}, '${dateTimeMask}')`;
  if (dates.has(column)) return `TO_CHAR(t.${column}, '${dateMask}')`;
  return named.has(column) ? `BUILTIN.DF(t.${column})` : `t.${column}`;
}

const dateTimeMask = "YYYY-MM-DD HH24:MI:SS";
const dateMask = "YYYY-MM-DD";

/**
 * Rows in the order of their ids, those behind `after` and not behind `upTo` (absent: to the last).
 * @example rowsById(selectionOf(objects.employee, ["email"]), "7")
 * // SELECT t.id AS id, …, t.email AS email FROM employee t WHERE t.id > 7 ORDER BY t.id
 */
export function rowsById(selection: Selection, after: string | null, upTo?: string): string {
  const behind = after === null ? [] : [`t.id > ${idOf(after)}`];
  return statement(selection, upTo === undefined ? behind : [...behind, `t.id <= ${idOf(upTo)}`], "t.id");
}

/** Whether an id lies behind one and not behind another: whether `rowsById` can have found it. */
export function idsBetween(after: string | null, upTo: string | undefined): (id: string) => boolean {
  const low = after === null ? null : BigInt(idOf(after));
  const high = upTo === undefined ? null : BigInt(idOf(upTo));
  return (text) => {
    if (!/^-?\d+$/.test(text)) return false;
    const id = BigInt(text);
    return (low === null || id > low) && (high === null || id <= high);
  };
}

/** Rows changed since a place, in the order of (last modification, id). With an id the place itself is left out, without it included. */
export function rowsByStamp(selection: Selection, { wall, id }: WallPlace): string {
  const at = timestamp(wall);
  const stamp = `t.${selection.object.stamp}`;
  const behind = id === null ? `${stamp} >= ${at}` : `(${stamp} > ${at} OR (${stamp} = ${at} AND t.id > ${idOf(id)}))`;
  return statement(selection, [behind], `${stamp}, t.id`);
}

/** Rows changed after one wall-clock time and before another, those behind an id, in the order of ids. */
export function rowsBetween(
  selection: Selection,
  walls: { after: string; before: string },
  afterId: string | null,
): string {
  const where = [
    `t.${selection.object.stamp} > ${timestamp(walls.after)}`,
    `t.${selection.object.stamp} < ${timestamp(walls.before)}`,
    ...(afterId === null ? [] : [`t.id > ${idOf(afterId)}`]),
  ];
  return statement(selection, where, "t.id");
}

/** The rows of these ids, at most 1,000. */
export function rowsOfIds(selection: Selection, ids: readonly string[]): string {
  return statement(selection, [`t.id IN (${idList(ids)})`], "t.id");
}

/** How many rows there are. */
export function rowCount({ table, type }: NetsuiteObject): string {
  return `SELECT COUNT(*) AS amount FROM ${table} t${type === undefined ? "" : ` WHERE t.type = '${type}'`}`;
}

/** The highest id there is. */
export function highestId({ table, type }: NetsuiteObject): string {
  return `SELECT MAX(t.id) AS id FROM ${table} t${type === undefined ? "" : ` WHERE t.type = '${type}'`}`;
}

/**
 * What links the transactions of these ids to others. The header has no source (`transaction.createdfrom` does not exist): its main line has.
 * A payment of several invoices is linked to the first of them.
 */
export function linksOfIds(link: LinkName, ids: readonly string[]): string {
  if (link === "payment") {
    return (
      "SELECT t.id AS id, MIN(l.previousdoc) AS appliedto FROM transaction t INNER JOIN nexttransactionlinelink l ON l.nextdoc = t.id " +
      `WHERE t.id IN (${idList(ids)}) AND l.previoustype = 'CustInvc' GROUP BY t.id ORDER BY t.id`
    );
  }
  return (
    "SELECT t.id AS id, l.createdfrom AS createdfrom, s.type AS createdfrom_type FROM transaction t " +
    "INNER JOIN transactionline l ON l.transaction = t.id LEFT JOIN transaction s ON s.id = l.createdfrom " +
    `WHERE t.id IN (${idList(ids)}) AND l.mainline = 'T' AND l.createdfrom IS NOT NULL ORDER BY t.id`
  );
}

export const notesTable = "systemnote";

/** The system notes of these records, at most 1,000, about these fields; in the order in which they were written, behind `afterId`. */
export function notesOfIds(
  { recordType, names, ids }: { recordType: number; names: readonly string[]; ids: readonly string[] },
  afterId: string | null,
): string {
  const where = [
    `n.recordtypeid = ${recordType}`,
    `n.recordid IN (${idList(ids)})`,
    `n.field IN (${names.map((name) => `'${name}'`).join(", ")})`,
    ...(afterId === null ? [] : [`n.id > ${idOf(afterId)}`]),
  ];
  const columns = `n.id AS id, n.recordid AS recordid, n.field AS field, n.oldvalue AS oldvalue, n.newvalue AS newvalue`;
  const select = `${columns}, TO_CHAR(n.date, '${dateTimeMask}') AS notedat`;
  return `SELECT ${select} FROM ${notesTable} n WHERE ${where.join(" AND ")} ORDER BY n.id`;
}

/** The newest system note about a custom field of an entity, which notes call by its id. */
export function noteOfField(remoteId: string, field: string): string {
  const where = `n.recordtypeid = -9 AND n.recordid = ${idOf(remoteId)} AND n.field = '${field.toUpperCase()}'`;
  const columns = `n.id AS id, BUILTIN.DF(n.name) AS writer, n.context AS context, TO_CHAR(n.date, '${dateTimeMask}') AS notedat`;
  return `SELECT ${columns} FROM ${notesTable} n WHERE ${where} ORDER BY n.id DESC`;
}

/** All statuses a customer, an opportunity or a case can have. */
export function statusRows(table: "entitystatus" | "supportcasestatus", afterId: string | null): string {
  const behind = afterId === null ? "" : ` WHERE s.id > ${idOf(afterId)}`;
  const probability = table === "entitystatus" ? ", s.probability AS probability" : "";
  return `SELECT s.id AS id, s.name AS name, s.stage AS stage${probability} FROM ${table} s${behind} ORDER BY s.id`;
}

/**
 * Deletions of an object's records in the order of their ids, from the beginning of one day to the end of another (null: no end): some accounts
 * date deletions by the day alone.
 */
export function deletions(
  object: NetsuiteObject,
  days: { from: string; to: string | null },
  afterId: string | null,
): string {
  const { record, type, at } = deletedColumns;
  const day = (text: string) => `TO_DATE('${checkedWall(text)}', '${dateMask}')`;
  const where = [
    `LOWER(d.${type}) IN (${object.deletedAs.map((name) => `'${name}'`).join(", ")})`,
    `d.${at} >= ${day(days.from)}`,
    ...(days.to === null ? [] : [`d.${at} < ${day(days.to)} + 1`]),
    ...(afterId === null ? [] : [`d.${record} > ${idOf(afterId)}`]),
  ];
  const select = `d.${record} AS id, TO_CHAR(d.${at}, '${dateTimeMask}') AS deleteddate`;
  return `SELECT ${select} FROM ${deletionsTable} d WHERE ${where.join(" AND ")} ORDER BY d.${record}`;
}

export const deletionsTable = "deletedrecord";
/** Sources differ about these names; where they are wrong, deletions are reported as unreadable and the rest goes on. */
const deletedColumns = { record: "recordid", type: "type", at: "deleteddate" };

function statement({ object, columns }: Selection, where: readonly string[], order: string): string {
  const select = columns.map(({ expression, field }) => `${expression} AS ${field}`).join(", ");
  const conditions = [...(object.type === undefined ? [] : [`t.type = '${object.type}'`]), ...where];
  const condition = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${select} FROM ${object.table} t${joins(columns)}${condition} ORDER BY ${order}`;
}

/** Joined by id and from the left: a row without the other record stays, and the order of the keys is kept. */
function joins(columns: readonly Column[]): string {
  const tables = new Map(
    columns.flatMap(({ through, table }) => (through === undefined ? [] : [[through, table] as const])),
  );
  return [...tables]
    .map(([column, table]) => ` LEFT JOIN ${table} ${aliasOf(column)} ON ${aliasOf(column)}.id = t.${column}`)
    .join("");
}

const aliasOf = (column: string) => `${column}_of`;

function timestamp(wall: string): string {
  return `TO_TIMESTAMP('${checkedWall(wall)}', '${dateTimeMask}')`;
}

/** Statements are texts: nothing but ids and dates may come into them from outside. */
function checkedWall(wall: string): string {
  if (!/^[\d: -]+$/.test(wall)) throw unusable(wall);
  return wall;
}

function idOf(id: string): string {
  if (!/^-?\d{1,18}$/.test(id)) throw unusable(id);
  return id;
}

const idList = (ids: readonly string[]) => ids.map(idOf).join(", ");

function unusable(text: string): SourceError {
  return new SourceError("stop", `"${text.slice(0, 40)}" is neither an id nor a date of NetSuite's`);
}

function tooManyColumns({ name, stamp }: NetsuiteObject, count: number): SourceError {
  return new SourceError(
    "stop",
    `NetSuite, reading ${name}: ${count} columns are mapped, more than NetSuite gives (${columnsMax})`,
    {
      code: "TOO_MANY_COLUMNS",
      remedy: `Take fields out of the mapping of ${name}: id and ${stamp} count too. NetSuite would answer with no rows and no error.`,
    },
  );
}
