import { type Lane, SourceError, type SourceRecord } from "journey-hub/connector";
import { z } from "zod";
import type { Client } from "./client.ts";
import { type NetsuiteConfig, roleField } from "./config.ts";
import type { NetsuiteObject } from "./objects.ts";
import type { OwnColumns } from "./own-columns.ts";
import {
  type Column,
  highestId,
  linkFields,
  linksOfIds,
  rowCount,
  rowsMax,
  rowsOfIds,
  type Selection,
  selectionOf,
} from "./query.ts";
import { permissionRemedy, type UnknownName, unknownNameIn } from "./refusals.ts";
import { isoInstant, type Zone } from "./zone.ts";

/** What streams, write-back and check work with. */
export interface Session {
  config: NetsuiteConfig;
  client: Client;
  zone: Zone;
  absences: Absences;
  ownColumns: OwnColumns;
}

/** Fields the account does not have or does not show, by object; forgotten after an hour, so that new ones come in without a restart. */
export interface Absences {
  of(object: string): ReadonlySet<string>;
  add(object: string, fields: readonly string[]): void;
}

/** One read: the mapping's fields of some rows. */
export interface Reading {
  object: NetsuiteObject;
  fields: readonly string[];
  lane: Lane;
  statement(selection: Selection): string;
  /** Whether the row of an id can be among those asked for; absent: any. */
  isSought?(id: string): boolean;
}

export interface Rows {
  records: SourceRecord[];
  /** False when there may be rows behind the last. */
  complete: boolean;
  missingFields: string[];
}

const absentMs = 3_600_000;

export function openAbsences(now: () => number): Absences {
  const known = new Map<string, { fields: Set<string>; until: number }>();
  const of = (object: string): Set<string> => {
    const kept = known.get(object);
    if (kept && now() < kept.until) return kept.fields;
    const fields = new Set<string>();
    known.set(object, { fields, until: now() + absentMs });
    return fields;
  };
  return {
    of,
    add(object, fields) {
      const absent = of(object);
      for (const field of fields) absent.add(field);
    },
  };
}

/** Reads up to 1,000 rows. What the account does not have is left out and named; NetSuite tells one such field a refusal. */
export async function readRows(session: Session, reading: Reading): Promise<Rows> {
  const { object: asked, fields, lane, statement, ...about } = reading;
  const { absences, ownColumns } = session;
  let object = await ownColumns.in(asked, fields, lane);
  for (let n = 0; n <= fields.length; n++) {
    const selection = selectionOf(object, without(fields, absences.of(object.name)));
    try {
      const page = await query(session.client, {
        ...{ ...about, object: object.name, lane },
        statement: statement(selection),
      });
      const rows = await withLinks(session, selection, page.rows, lane);
      const absent = absences.of(object.name);
      const missing = fields.filter((field) => absent.has(field)).concat(selection.unknown);
      const lack = missing.length > 0 ? { missing } : {};
      const records = rows.map((row) => ({ ...toRecord(session.zone, selection.object, row), ...lack }));
      return { records, complete: page.complete, missingFields: missing };
    } catch (cause) {
      if (object === asked || unknownNameOf(cause)) {
        absences.add(object.name, refusedFields(cause, selection, session.config));
        continue;
      }
      // A column of the account's own may hold something else by now than a day or a time.
      ownColumns.forget(object.name);
      const now = await ownColumns.in(asked, fields, lane);
      if (isSameDates(now, object)) throw cause;
      object = now;
    }
  }
  throw new SourceError("stop", `NetSuite, reading ${object.name}: every field was refused`, {
    code: "INVALID_PARAMETER",
  });
}

/** A row as NetSuite gives it. */
export interface Row {
  id: string;
  [column: string]: unknown;
}

/** Looked at as a whole: a schema for each row would take longer than reading the text. */
const rows = z
  .custom<(Row | NumberedRow)[]>((items) => Array.isArray(items) && items.every(hasId), "rows with their ids")
  .transform((items) => items.map((each): Row => (isRow(each) ? each : { ...each, id: String(each.id) })));
const pageReply = z.looseObject({
  items: rows,
  hasMore: z.boolean().default(false),
  totalResults: z.number().default(0),
});

type NumberedRow = Omit<Row, "id"> & { id: number };
const isRow = (row: Row | NumberedRow): row is Row => typeof row.id === "string";

function hasId(row: unknown): boolean {
  return (
    typeof row === "object" && row !== null && "id" in row && (typeof row.id === "string" || typeof row.id === "number")
  );
}

/** A statement and what it reads, for messages; `limit` rows at most. */
export interface Query {
  object: string;
  lane: Lane;
  statement: string;
  limit?: number;
  isSought?(id: string): boolean;
}

/** Runs a statement. `complete` is false while NetSuite says in any way that there is more: its ways do not always agree. */
export async function query(
  client: Client,
  { object, lane, statement, limit = rowsMax, isSought = () => true }: Query,
): Promise<{ rows: Row[]; complete: boolean }> {
  const { items, isLast } = await client.request({
    purpose: `reading ${object}`,
    operation: `${object}.query`,
    lane,
    ...suiteql(statement, limit),
    reply: pageReply.transform(({ items, hasMore, totalResults }) => {
      return { items, isLast: !hasMore && items.length < limit && totalResults <= items.length };
    }),
    doubt({ items, isLast }) {
      if (items.length === 0 && !isLast) return "an empty page that is not the last";
      return items.every(({ id }) => isSought(id)) ? undefined : "rows that were not asked for";
    },
  });
  return { rows: items, complete: isLast };
}

const countReply = z.looseObject({
  items: z.tuple([z.looseObject({ amount: z.union([z.string(), z.number()]).transform(Number).pipe(z.int()) })]),
});

const highestReply = z.looseObject({
  items: z.tuple([z.looseObject({ id: z.union([z.string(), z.number()]).transform(String).optional() })]),
});

/** The highest id of an object's rows; null where there are none. */
export async function readHighestId({ client }: Session, object: NetsuiteObject): Promise<string | null> {
  const ask = { purpose: `looking for the end of ${object.name}`, operation: `${object.name}.highest` };
  const { items } = await client.request({
    ...{ ...ask, lane: "backfill" },
    ...suiteql(highestId(object), 1),
    reply: highestReply,
  });
  return items[0].id ?? null;
}

/** How many rows of an object NetSuite shows to the token's role. */
export async function countRows({ client, config }: Session, object: NetsuiteObject): Promise<number> {
  const ask = { purpose: `counting ${object.name}`, operation: `${object.name}.count`, lane: "poll" as const };
  const { items } = await client
    .request({ ...ask, ...suiteql(rowCount(object), 1), reply: countReply })
    .catch((cause: unknown) => {
      const name = cause instanceof SourceError ? unknownNameIn(cause.message) : null;
      throw name?.record === object.table ? hiddenObject(object, config, cause) : cause;
    });
  return items[0].amount;
}

function suiteql(statement: string, limit: number) {
  const path = `/query/v1/suiteql?limit=${limit}&offset=0`;
  return { method: "POST", path, headers: { prefer: "transient" }, body: { q: statement } } as const;
}

/** Reads the rows of these ids, however many pages they come on; ids that are not there are left out. */
export function readByIds(
  session: Session,
  { ids, ...reading }: Omit<Reading, "statement"> & { ids: readonly string[] },
): Promise<SourceRecord[]> {
  return allOf(ids, async (left) => {
    const statement = (selection: Selection) => rowsOfIds(selection, left);
    const { records: rows, complete } = await readRows(session, { ...reading, statement });
    return { rows, complete };
  });
}

/** What is found of these ids, in their order: a page may have fewer rows than were asked for, and the ids behind its last are asked for again. */
async function allOf<T extends { id: string }>(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<{ rows: T[]; complete: boolean }>,
): Promise<T[]> {
  const found: T[] = [];
  for (let left = ids; left.length > 0; ) {
    const { rows, complete } = await read(left);
    found.push(...rows);
    const last = rows.at(-1);
    if (complete || !last) return found;
    const behind = left.filter((id) => isBehind(last.id, id));
    if (behind.length === left.length) {
      throw new SourceError("retry", "NetSuite gave rows of other records than were asked for");
    }
    left = behind;
  }
  return found;
}

const isBehind = (place: string, id: string) => BigInt(id) > BigInt(place);

function isSameDates(one: NetsuiteObject, other: NetsuiteObject): boolean {
  const names = ({ dates, dateTimes }: NetsuiteObject) => [dates, dateTimes].map((each) => [...each].sort().join());
  return names(one).join(";") === names(other).join(";");
}

const unknownNameOf = (cause: unknown) => (cause instanceof SourceError ? unknownNameIn(cause.message) : null);

function without(fields: readonly string[], absent: ReadonlySet<string>): string[] {
  return fields.filter((field) => !absent.has(field));
}

/** The fields behind what NetSuite refused; throws what was no such refusal. */
function refusedFields(cause: unknown, { object, columns }: Selection, config: NetsuiteConfig): string[] {
  const name = unknownNameOf(cause);
  if (!name) throw cause;
  if (name.record === object.table && name.column === undefined) throw hiddenObject(object, config, cause);
  const refused = namedColumns(object, columns, name).map(({ field }) => field);
  if (refused.length === 0 || refused.includes("id") || refused.includes(object.stamp)) throw cause;
  return refused;
}

function namedColumns(object: NetsuiteObject, columns: readonly Column[], { record, column }: UnknownName): Column[] {
  if (column === undefined) return columns.filter(({ table, through }) => through !== undefined && table === record);
  // A select field that does not exist takes with it what is read through it.
  const named = columns.filter(({ name, through }) => name === column || through === column);
  const exact = named.filter(({ table, through }) => record === (through === column ? object.table : table));
  return exact.length > 0 ? exact : named;
}

/** The refusal of a whole object, with the permission that shows it. */
export function hiddenObject(
  { name, permission }: NetsuiteObject,
  config: NetsuiteConfig,
  cause: unknown,
): SourceError {
  return new SourceError("stop", `NetSuite shows no ${name} to the token's role`, {
    cause,
    code: "INSUFFICIENT_PERMISSION",
    object: name,
    field: roleField(config),
    remedy: permissionRemedy(permission),
  });
}

/** Puts to the rows what other tables link to them: a statement a link, over these rows' ids alone. */
async function withLinks(session: Session, { object, links }: Selection, rows: Row[], lane: Lane): Promise<Row[]> {
  let linked = rows;
  for (const link of links) {
    if (rows.length === 0) break;
    const ids = rows.map(({ id }) => id);
    try {
      const found = await allOf(ids, (left) => {
        return query(session.client, { object: object.name, lane, statement: linksOfIds(link, left) });
      });
      const byId = new Map(found.map((each) => [each.id, each]));
      linked = linked.map((each) => ({ ...each, ...byId.get(each.id) }));
    } catch (cause) {
      if (!(cause instanceof SourceError) || !unknownNameIn(cause.message)) throw cause;
      session.absences.add(object.name, linkFields[link]);
    }
  }
  return linked;
}

/** Dates with a time become ISO instants in UTC; everything else stays as NetSuite gives it, empty columns left out. */
function toRecord(zone: Zone, { dateTimes, stamp }: NetsuiteObject, { links: _links, ...payload }: Row): SourceRecord {
  const { id } = payload;
  let at: string | null = null;
  for (const column of dateTimes) {
    const wall = payload[column];
    if (typeof wall !== "string") continue;
    const instant = zone.instantOf(wall);
    const text = isoInstant(instant);
    payload[column] = text;
    if (column === stamp) at = versionAt(zone, instant) ?? text;
  }
  return { id, at, deleted: false, payload };
}

/**
 * The stamp by which one version of a record is told to be newer than another. In the hour the clock repeats, the wall clock does not tell:
 * all of its stamps count as its end, so that none is taken for older than it is.
 */
export function versionOf(zone: Zone, wall: string): string {
  const instant = zone.instantOf(wall);
  return versionAt(zone, instant) ?? isoInstant(instant);
}

/** The version of a repeated time; null for times that come once, which are their own. */
function versionAt(zone: Zone, instant: number): string | null {
  const repeated = zone.repeatedAround(instant);
  return repeated ? isoInstant(repeated.to - 1_000) : null;
}
