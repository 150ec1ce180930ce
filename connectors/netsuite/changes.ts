import { type Lane, type Page, type Position, SourceError, type SourceRecord } from "journey-hub/connector";
import type { NetsuiteObject } from "./objects.ts";
import { deletions, deletionsTable, rowsBetween, rowsByStamp, type WallPlace } from "./query.ts";
import { query, type Reading, type Row, type Rows, readRows, type Session, versionOf } from "./read.ts";
import { unknownNameIn } from "./refusals.ts";
import { isoInstant, type Zone } from "./zone.ts";

const lane: Lane = "poll";
/** A million rows of one hour or one day: no account has them. */
const pagesMax = 1_000;

/** One page of what changed since a place, in the order of (last modification, id), and of what was deleted in the same time. */
export async function readChanges(
  session: Session,
  object: NetsuiteObject,
  { since, fields }: { since: Position; fields: readonly string[] },
): Promise<Page<Position>> {
  const place = wallPlace(session.zone, since);
  const reading = { object, fields, lane };
  const rows = await readRows(session, { ...reading, statement: (selection) => rowsByStamp(selection, place) });
  const { records, next } = await upToPlace(session, reading, rows);
  const gone = await readDeletions(session, object, { from: since.at, to: next?.at ?? null });
  return {
    records: [...records, ...gone],
    next,
    missingFields: [
      ...rows.missingFields,
      ...(session.absences.of(object.name).has(deletionsTable) ? [deletionsTable] : []),
    ],
  };
}

/** NetSuite compares by the wall clock. A time that comes twice would be taken for either, so reading begins before both. */
function wallPlace(zone: Zone, { at, id }: Position): WallPlace {
  const instant = Date.parse(at);
  const repeated = zone.repeatedAround(instant);
  return repeated ? { wall: zone.wallOf(repeated.from - 1_000), id: null } : { wall: zone.wallOf(instant), id };
}

/** The page's rows and the place to go on from: never inside the hour the clock repeats, which is read to its end instead. */
async function upToPlace(
  session: Session,
  reading: Omit<Reading, "statement">,
  { records, complete }: Rows,
): Promise<{ records: SourceRecord[]; next: Position | null }> {
  const last = records.at(-1);
  if (complete || !last?.at) return { records, next: null };
  const { zone } = session;
  const repeated = zone.repeatedAround(Date.parse(last.at));
  if (!repeated) return { records, next: { at: last.at, id: last.id } };
  const walls = { after: zone.wallOf(repeated.from - 1_000), before: zone.wallOf(repeated.to) };
  const before = records.filter(({ at }) => at !== null && Date.parse(at) < repeated.from);
  const within = await readAllBetween(session, reading, walls);
  return { records: [...before, ...within], next: { at: isoInstant(repeated.to), id: null } };
}

async function readAllBetween(
  session: Session,
  reading: Omit<Reading, "statement">,
  walls: { after: string; before: string },
): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for (let n = 0; n < pagesMax; n++) {
    const after = records.at(-1)?.id ?? null;
    const page = await readRows(session, {
      ...reading,
      statement: (selection) => rowsBetween(selection, walls, after),
    });
    records.push(...page.records);
    if (page.complete) return records;
  }
  throw tooManyPages(reading.object.name);
}

/**
 * Records deleted between two instants (`to` null: until now). An account that dates deletions by the day gives those of the whole day, without
 * a stamp. Where the table cannot be read this is remembered, and told with the stream's missing fields.
 */
async function readDeletions(
  { client, zone, absences }: Session,
  object: NetsuiteObject,
  { from, to }: { from: string; to: string | null },
): Promise<SourceRecord[]> {
  if (absences.of(object.name).has(deletionsTable)) return [];
  const day = (at: string) => zone.wallOf(Date.parse(at)).slice(0, 10);
  const days = { from: day(from), to: to === null ? null : day(to) };
  const records: SourceRecord[] = [];
  let after: string | null = null;
  for (let n = 0; n < pagesMax; n++) {
    const asked = query(client, { object: object.name, lane, statement: deletions(object, days, after) });
    const page: Awaited<typeof asked> | null = await asked.catch((cause: unknown) => {
      if (!(cause instanceof SourceError) || !unknownNameIn(cause.message)) throw cause;
      absences.add(object.name, [deletionsTable]);
      return null;
    });
    if (!page) return [];
    records.push(...page.rows.map((row) => tombstone(zone, row)));
    after = page.rows.at(-1)?.id ?? null;
    if (page.complete) return records.filter(({ at }) => at === null || (at >= from && (to === null || at <= to)));
  }
  throw tooManyPages(`deletions of ${object.name}`);
}

function tombstone(zone: Zone, { id, deleteddate: wall }: Row): SourceRecord {
  const isDayOnly = typeof wall !== "string" || wall.endsWith("00:00:00");
  return { id, at: isDayOnly ? null : versionOf(zone, wall), deleted: true, payload: {} };
}

function tooManyPages(what: string): SourceError {
  return new SourceError("stop", `NetSuite, reading ${what}: more than ${pagesMax} pages of one stretch of time`);
}
