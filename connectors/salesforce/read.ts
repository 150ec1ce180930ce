import { type Lane, type Position, SourceError, type SourceRecord } from "journey-hub/connector";
import { z } from "zod";
import type { Client } from "./client.ts";
import { type Selection, selectionFor } from "./describe.ts";
import { joinedRow, payloadOf, type Shape, shapeOf } from "./payload.ts";
import { queryPath, rowCount, rowCountBehind, rowsMax, type Select, splitColumns } from "./query.ts";
import type { Session } from "./session.ts";

/** One read of an object: which rows, in which order, as a statement over given columns up to a given row. */
export interface Reading {
  object: string;
  fields: readonly string[];
  lane: Lane;
  /** The order the statement sorts by. */
  order: "id" | "stamp";
  soql(select: Select, upTo: Position | null): string;
}

export interface Rows {
  records: SourceRecord[];
  /** The place of the last row, to go on from; null when there is nothing behind it. */
  next: { at: string; id: string } | null;
  missingFields: readonly string[];
}

/**
 * Reads one page. Fields the org does not have are left out and named. A field taken away since the last describe is noticed once.
 * Where the fields do not fit into one address, the rows are read in parts and joined.
 */
export async function readRows(session: Session, reading: Reading): Promise<Rows> {
  try {
    return await readSelected(session, reading);
  } catch (cause) {
    if (!(cause instanceof SourceError) || cause.details.code !== "INVALID_FIELD") throw cause;
    session.descriptions.forget(reading.object);
    return readSelected(session, reading);
  }
}

/** How many rows the org has that are not deleted; archived ones count. */
export async function countRows({ client, descriptions }: Session, object: string): Promise<number> {
  const { fields } = await descriptions.of(object, "poll");
  const path = queryPath(rowCount(object, fields.has("IsDeleted")));
  const ask = { purpose: `counting ${object}`, operation: `${object}.count`, lane: "poll" as const, path };
  const { totalSize } = await client.request({ ...ask, reply: countReply });
  return totalSize;
}

/** How many rows are behind an id, deleted ones too; more than any number where Salesforce takes too long to count them. */
export async function countBehind(
  { client }: Pick<Session, "client">,
  object: string,
  after: string | null,
): Promise<number> {
  const path = queryPath(rowCountBehind(object, after));
  const ask = { purpose: `counting ${object}`, operation: `${object}.count`, lane: "backfill" as const, path };
  try {
    return (await client.request({ ...ask, reply: countReply })).totalSize;
  } catch (cause) {
    if (cause instanceof SourceError && cause.details.code === "QUERY_TIMEOUT") return Number.POSITIVE_INFINITY;
    throw cause;
  }
}

const countReply = z.looseObject({ totalSize: z.number() });

async function readSelected(session: Session, reading: Reading): Promise<Rows> {
  const { object, lane } = reading;
  const selection = await selectionFor(object, reading.fields, (name) => session.descriptions.of(name, lane));
  const [first, ...others] = partsOf(selection, reading, session.client.pathBytesMax);
  let page = await readPart(session.client, reading, first, null);
  for (const columns of others) {
    const last = page.rows.at(-1);
    if (!last) break;
    page = joined(page, await readPart(session.client, reading, columns, placeOf(last)), reading.order);
  }
  const { rows, last, complete } = page;
  const shape = shapeOf(selection.columns);
  const records = rows.map((each) => ({ ...toRecord(each, shape), ...lackOf(selection) }));
  return { records, next: complete || !last ? null : last, missingFields: selection.missing };
}

/** What a record does not tell because its org does not have it, or does not show it. */
export function lackOf({ missing }: Pick<Selection, "missing">): Pick<SourceRecord, "missing"> {
  return missing.length > 0 ? { missing } : {};
}

/** The columns of each request; the bounds of a statement with parts take some room as well. */
function partsOf({ columns }: Selection, { object, soql }: Reading, pathBytesMax: number): [string[], ...string[][]] {
  const anyPlace = { at: "2000-01-01T00:00:00.000Z", id: "000000000000000000" };
  const bare = queryPath(soql({ object, columns: [] }, anyPlace)).length;
  const [first = [], ...others] = splitColumns(columns, ["Id", "SystemModstamp"], pathBytesMax - bare);
  return [first, ...others];
}

const row = z.looseObject({ Id: z.string(), SystemModstamp: z.string(), IsDeleted: z.boolean().optional() });
type Row = z.infer<typeof row>;
const queryReply = z.looseObject({ records: z.array(row), done: z.boolean().default(true) });

/** Rows in order, and whether they are all there is. `last` is the place up to which the read got, kept when its row is dropped. */
interface Page {
  rows: Row[];
  last: { at: string; id: string } | null;
  complete: boolean;
}

async function readPart(
  client: Client,
  reading: Reading,
  columns: readonly string[],
  upTo: Position | null,
): Promise<Page> {
  const { object, lane } = reading;
  const path = queryPath(reading.soql({ object, columns }, upTo));
  const { records, done } = await client.request({
    purpose: `reading ${object}`,
    operation: `${object}.query`,
    lane,
    path,
    reply: queryReply,
  });
  const last = records.at(-1);
  if (!done && !last)
    throw new SourceError("retry", `Salesforce, reading ${object}: an empty page that is not the last`);
  // We go on by key, not by the vendor's cursor: it lapses, and a page short of 2,000 rows is no end.
  return { rows: records, last: last ? placeOf(last) : null, complete: done && records.length < rowsMax };
}

/**
 * Puts the columns of `part` to the rows of `page`. Rows that changed between the two reads are dropped: their new stamp brings
 * them again among the changes. A part that ends early cuts the page there.
 */
function joined(page: Page, part: Page, order: Reading["order"]): Page {
  const short = !part.complete && part.last !== null;
  const end = short ? part.last : page.last;
  const found = new Map(part.rows.map((each) => [each.Id, each]));
  const rows = page.rows.flatMap((each) => {
    const other = found.get(each.Id);
    return other && other.SystemModstamp === each.SystemModstamp ? [joinedRow(each, other)] : [];
  });
  const cut = short && end && page.last && isBehind(page.last, end, order);
  return cut ? { rows, last: end, complete: false } : { ...page, rows };
}

/** Ids sort by their characters' codes, at Salesforce as here. */
function isBehind(
  place: { at: string; id: string },
  end: { at: string; id: string },
  order: Reading["order"],
): boolean {
  if (order === "stamp" && place.at !== end.at) return place.at > end.at;
  return place.id > end.id;
}

function placeOf({ Id, SystemModstamp }: Row): { at: string; id: string } {
  return { at: instant(SystemModstamp), id: Id };
}

function toRecord(from: Row, shape: Shape): SourceRecord {
  const { at, id } = placeOf(from);
  return { id, at, deleted: from.IsDeleted === true, payload: payloadOf(from, shape) };
}

/** The REST API writes `2024-09-24T03:26:07.000+0000`, without the colon that ISO 8601 has in its extended form. */
export function instant(stamp: string): string {
  return new Date(stamp.replace(/([+-]\d{2})(\d{2})$/, "$1:$2")).toISOString();
}
