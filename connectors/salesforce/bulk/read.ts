import type { Detour, Page } from "journey-hub/connector";
import { isCompound } from "../describe.ts";
import { rowsBehind, rowsMax } from "../query.ts";
import { countBehind } from "../read.ts";
import { isRefused, lossOf, lost } from "./failures.ts";
import { abortJob, createJob, watchJob } from "./job.ts";
import { type JobPlace, placeOf, tokenOf } from "./place.ts";
import { jobRowsMax, readResults, selected } from "./results.ts";
import { columnsOf } from "./rows.ts";
import type { Whole } from "./session.ts";

/**
 * Reads everything of an object in the order of ids: page by page, or through query jobs where so many rows are left that these save
 * calls. A job that is lost is followed by another, or by pages, behind the last row handed on; where counts do not agree, the job's
 * rows are read once more by pages.
 */
export async function readEverything(whole: Whole, after: string | null): Promise<Page<string>> {
  const place = placeOf(after);
  // A list without fields is held against what we have (audits): it must show the rows as they are now.
  if (!place && whole.fields.length === 0) return whole.byPage(after);
  if (after === null) forget(whole);
  if (!place) return readBehind(whole, after);
  const went = await goOn(whole, place);
  if ("records" in went) return went;
  const { behind, ...detour } = went;
  return { detour, ...(await readBehind(whole, behind)) };
}

/** A new reading begins. */
function forget({ session, object }: Whole): void {
  session.bulk.byPages.delete(object);
  session.bulk.left.delete(object);
}

async function readBehind(whole: Whole, after: string | null): Promise<Page<string>> {
  const begun = (await isWorthAJob(whole, after)) ? await begin(whole, after) : null;
  if (begun && "records" in begun) return begun;
  const page = await whole.byPage(after);
  // Who switched jobs off need not hear of them any more.
  const isOff = after === null && whole.session.bulk.fromRecords === null;
  return begun || isOff ? { ...page, detour: begun } : page;
}

async function isWorthAJob({ session, object }: Whole, after: string | null): Promise<boolean> {
  const { fromRecords, refused, byPages, left } = session.bulk;
  if (fromRecords === null || refused.has(object) || byPages.has(object)) return false;
  // The first page tells for nothing of most objects that they have no more rows than that.
  if (after === null && fromRecords > rowsMax) return false;
  const rows = left.get(object) ?? (await countBehind(session, object, after));
  if (rows < fromRecords) byPages.add(object);
  else left.set(object, rows);
  return rows >= fromRecords;
}

/**
 * Creates a job for the rows behind an id. It is a page without rows, so that the job is kept before it is waited for. Without a page
 * where the org does not take one, and null where the fields do not allow it.
 */
async function begin(whole: Whole, from: string | null): Promise<Page<string> | Detour | null> {
  const { session, object } = whole;
  const { client, bulk, descriptions } = session;
  const { missing: missingFields, ...selection } = await selected(whole);
  if ([...selection.types.values()].some(isCompound)) {
    bulk.byPages.add(object); // addresses come as a whole by pages only
    return null;
  }
  const query = rowsBehind({ object, columns: columnsOf(selection) }, from, jobRowsMax);
  try {
    const job = await createJob(client, object, query);
    const next = tokenOf({ from, job, since: bulk.now(), looks: 0 });
    return { records: [], next, missingFields, detour: null };
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    bulk.refused.add(object);
    descriptions.forget(object); // a field may have gone since
    return detourAfter(cause);
  }
}

/** The next page of a job; or the row behind which reading goes on, as the job is no good any more. */
async function goOn(whole: Whole, place: JobPlace): Promise<Page<string> | (Detour & { behind: string | null })> {
  const { bulk } = whole.session;
  const after = place.reading?.after ?? place.from;
  try {
    const { reading } = place;
    return await (reading ? readResults(whole, { ...place, reading }) : waitOn(whole, place));
  } catch (cause) {
    const loss = lossOf(cause);
    if (loss === null) throw cause;
    bulk.open = null;
    // One that was good until now has lapsed: another may follow.
    const mayFollow = (loss === "JOB_GONE" || loss === "JOB_OUTDATED") && after !== place.from;
    if (!mayFollow) bulk.byPages.add(whole.object);
    return { ...detourAfter(cause), behind: loss === "COUNT_MISMATCH" ? place.from : after };
  }
}

/** What a person may want to know of a job that came to nothing. */
function detourAfter(cause: unknown): Detour {
  return {
    name: "query-job",
    message: `${cause instanceof Error ? cause.message : cause}; what it was to read is read by pages, which takes more requests`,
    remedy:
      "Nothing is lost. Where the org does not allow the Bulk API: give the integration user the permission, or set bulk_from_records to never.",
  };
}

/** So long a job is waited for. */
const patienceMs = 7_200_000;

/** The first rows of a job when it is done; a page without rows while it is not, so that a run can be ended meanwhile. */
async function waitOn(whole: Whole, place: JobPlace): Promise<Page<string>> {
  const { client, bulk } = whole.session;
  const { object } = whole;
  const outcome = await watchJob(client, { object, ...place });
  if (outcome.state === "failed") throw lost("JOB_FAILED", object, `the query job ended: ${outcome.why}`);
  if (outcome.state === "running") {
    const { looks } = outcome;
    if (bulk.now() - place.since < patienceMs) return { records: [], next: tokenOf({ ...place, looks }) };
    await abortJob(client, object, place.job);
    throw lost("JOB_FAILED", object, "the query job takes too long");
  }
  if (outcome.rows === 0) throw lost("JOB_FAILED", object, "the query job found nothing, where rows were counted");
  const reading = { rows: outcome.rows, locator: null, before: 0, handed: 0, after: null };
  return readResults(whole, { ...place, reading });
}
