import { type Page, SourceError } from "journey-hub/connector";
import { type Selection, selectionFor } from "../describe.ts";
import { rowsMax } from "../query.ts";
import { lackOf } from "../read.ts";
import { lost } from "./failures.ts";
import { fetchResult } from "./job.ts";
import { type JobPlace, type Reading, tokenOf } from "./place.ts";
import type { ResultPage } from "./result.ts";
import { recordReader } from "./rows.ts";
import type { BulkSession, Whole } from "./session.ts";

/** Rows of one job: so many Salesforce itself puts into a chunk, and no more would be lost with it. */
export const jobRowsMax = 250_000;

/** What is to be read of an object at present. */
export async function selected({ session, object, fields }: Whole): Promise<Selection> {
  return selectionFor(object, fields, (name) => session.descriptions.of(name, "backfill"));
}

/** A place at which there are results to be read. */
type ReadPlace = JobPlace & { reading: Reading };

/**
 * The next records of a job that is done. The result page behind the present one is asked for while this one is handed on.
 * @throws SourceError with the code of a loss, after which the job is left
 */
export async function readResults(whole: Whole, place: ReadPlace): Promise<Page<string>> {
  const { object } = whole;
  const { bulk } = whole.session;
  const selection = await selected(whole);
  const { missing: missingFields } = selection;
  const { page, reading, ahead } = await resultPage(whole, place);
  const toRecords = recordReader(object, selection, page.columns);
  if (!toRecords) throw lost("JOB_OUTDATED", object, "the query job was asked for other fields");
  const lack = lackOf(selection);
  const records = toRecords(page.take(), reading.after ?? place.from).map((record) => ({ ...record, ...lack }));
  const after = records.at(-1)?.id ?? reading.after;
  if (!page.isDone()) {
    const next = tokenOf({ ...place, reading: { ...reading, handed: reading.handed + records.length, after } });
    bulk.open = { token: next, page: Promise.resolve(page), ahead };
    return { records, next, missingFields };
  }
  const behind = behindPage({ ...reading, after }, page);
  if (!behind) return { records, next: endOfJob(whole, reading, after), missingFields };
  const next = tokenOf({ ...place, reading: behind });
  bulk.open = ahead && { token: next, page: ahead, ahead: null };
  return { records, next, missingFields };
}

/** Where a page of results ends and the next begins; null behind the last. */
function behindPage(reading: Reading, { next, rows }: ResultPage): Reading | null {
  return next === null ? null : { ...reading, locator: next, before: reading.before + rows, handed: 0 };
}

/** Behind the rows of a job: one that was not full has left none, as a page tells, which also brings what was made since. */
function endOfJob({ session, object }: Whole, { rows }: Reading, after: string | null): string {
  const { byPages, left } = session.bulk;
  if (rows < jobRowsMax) byPages.add(object);
  const counted = left.get(object);
  if (counted !== undefined) left.set(object, counted - rows);
  if (after === null) throw lost("COUNT_MISMATCH", object, `a query job of ${rows} rows gave none`);
  return after;
}

interface Opened {
  page: ResultPage;
  /** Where the page is taken up. */
  reading: Reading;
  ahead: Promise<ResultPage> | null;
}

/** The page under way, from memory or anew; then the rows handed on before are passed over. */
async function resultPage(whole: Whole, place: ReadPlace): Promise<Opened> {
  const { bulk } = whole.session;
  const known = bulk.open?.token === tokenOf(place) ? bulk.open : null;
  bulk.open = null;
  const page = await (known?.page ?? fetchPage(whole, place));
  const behind = behindPage(place.reading, page);
  const left = known ? 0 : passOver(page, place.reading, whole.object);
  // It came with fewer rows than before: the place is on the next page.
  if (behind && place.reading.handed > 0 && page.isDone()) {
    return resultPage(whole, { ...place, reading: { ...behind, handed: left } });
  }
  if (left > 0) throw changed(whole.object);
  return {
    page,
    reading: place.reading,
    ahead: known?.ahead ?? (behind && fetchAhead(whole, { ...place, reading: behind })),
  };
}

/** Passes over the rows that were handed on; gives how many of them were not on the page. */
function passOver(page: ResultPage, { handed, after }: Reading, object: string): number {
  const idPlace = page.columns.indexOf("Id");
  let left = handed;
  while (left > 0 && !page.isDone()) {
    const passed = page.take();
    left -= passed.length;
    if (left < 0 || (left === 0 && passed.at(-1)?.[idPlace] !== after)) throw changed(object);
  }
  return left;
}

function fetchPage({ session, object }: Whole, { job, reading }: ReadPlace): Promise<ResultPage> {
  const { client, bulk } = session;
  const ask = { object, job, locator: reading.locator, portionRows: rowsMax, rowsLeft: reading.rows - reading.before };
  return smallEnough(bulk, object, (rows) => fetchResult(client, { ...ask, rowsMax: rows }));
}

function fetchAhead(whole: Whole, place: ReadPlace): Promise<ResultPage> {
  const page = fetchPage(whole, place);
  page.catch(() => undefined); // met when the page is awaited
  return page;
}

/** Characters of a result page, about: memory stays flat however wide the rows are. */
const resultTextMax = 8_000_000;
const resultRows = { first: 10_000, least: rowsMax, most: 100_000 };

const changed = (object: string) =>
  lost("COUNT_MISMATCH", object, "a page of the query job's results is not the one it was");

/** Asks for as many rows as fit, by what those before weighed; for fewer where an answer is refused as too large. */
async function smallEnough(
  { resultRows: known }: Pick<BulkSession, "resultRows">,
  object: string,
  read: (rows: number) => Promise<ResultPage>,
): Promise<ResultPage> {
  const rows = known.get(object) ?? resultRows.first;
  try {
    const page = await read(rows);
    const fitting = Math.floor((resultTextMax * Math.max(1, page.rows)) / Math.max(1, page.characters));
    known.set(object, Math.min(resultRows.most, Math.max(resultRows.least, fitting)));
    return page;
  } catch (cause) {
    const isTooLarge = cause instanceof SourceError && cause.details.code === "REPLY_TOO_LARGE";
    if (!isTooLarge) throw cause;
    if (rows <= resultRows.least) throw lost("JOB_FAILED", object, "its rows are too long for the query job's results");
    known.set(object, Math.max(resultRows.least, Math.floor(rows / 4)));
    return smallEnough({ resultRows: known }, object, read);
  }
}
