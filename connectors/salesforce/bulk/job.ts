import type { IncomingReply } from "journey-hub/connector";
import { z } from "zod";
import type { Client } from "../client.ts";
import { lost } from "./failures.ts";
import { parseResult, type ResultPage } from "./result.ts";

const created = z.looseObject({ id: z.string().min(1) });
const watched = z.looseObject({
  state: z.enum(["UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"]),
  numberRecordsProcessed: z.number().default(0),
  errorMessage: z.string().nullish(),
});
const lane = "backfill" as const;

/** Hands a query over to be run by Salesforce in its own time, deleted and archived rows included. @returns the job's id. */
export async function createJob(client: Client, object: string, query: string): Promise<string> {
  const { id } = await client.request({
    purpose: `creating a query job for ${object}`,
    operation: `${object}.job`,
    lane,
    method: "POST",
    path: "/jobs/query",
    body: { operation: "queryAll", query, contentType: "CSV", columnDelimiter: "COMMA", lineEnding: "LF" },
    reply: created,
  });
  return id;
}

/** What has become of a job: done with so many rows, ended before its time, or still at work after so many looks. */
export type JobOutcome =
  | { state: "done"; rows: number }
  | { state: "failed"; why: string }
  | { state: "running"; looks: number };

/** Pauses before the looks at a job, and for how long it is looked at before others have their say. */
const pauseMs = { first: 50, factor: 2, most: 30_000 };
const watchedMs = 60_000;

/** Looks at a job now and then until it has ended, or for a minute; `looks` have been taken before. */
export async function watchJob(
  client: Client,
  { object, job, looks }: { object: string; job: string; looks: number },
): Promise<JobOutcome> {
  const ask = { purpose: `waiting for the query job of ${object}`, operation: `${object}.job`, lane };
  let n = looks;
  for (let waitedMs = 0; waitedMs < watchedMs; n++) {
    const pause = Math.min(pauseMs.first * pauseMs.factor ** n, pauseMs.most);
    await client.sleep(pause);
    waitedMs += pause;
    const { state, ...told } = await client.request({ ...ask, path: `/jobs/query/${job}`, reply: watched });
    if (state === "JobComplete") return { state: "done", rows: told.numberRecordsProcessed };
    if (state === "Failed" || state === "Aborted") return { state: "failed", why: told.errorMessage || state };
  }
  return { state: "running", looks: n };
}

/** Tells Salesforce not to go on with a job. */
export async function abortJob(client: Client, object: string, job: string): Promise<void> {
  const ask = { purpose: `giving up the query job of ${object}`, operation: `${object}.job`, lane };
  const body = { state: "Aborted" };
  await client.request({ ...ask, method: "PATCH", path: `/jobs/query/${job}`, body, reply: z.unknown() });
}

export interface ResultRequest {
  object: string;
  job: string;
  /** Null: the first page. */
  locator: string | null;
  /** Rows the page may have; those that `take` gives at once. */
  rowsMax: number;
  portionRows: number;
  /** Rows still to come, this page included: the last page must bring them all. */
  rowsLeft: number;
}

/** Reads a page of a job's results; one that is not whole is asked for again, as any failed request. */
export function fetchResult(client: Client, request: ResultRequest): Promise<ResultPage> {
  const { object, job, locator, rowsMax } = request;
  const search = new URLSearchParams({ maxRecords: String(rowsMax), ...(locator === null ? {} : { locator }) });
  return client.request({
    purpose: `reading ${object}`,
    operation: `${object}.results`,
    lane,
    path: `/jobs/query/${job}/results?${search}`,
    read: (reply) => complete(parseResult(reply.text, headersOf(reply), request.portionRows), request),
  });
}

function headersOf({ headers }: IncomingReply): { rows: number | null; next: string | null } {
  const { "sforce-numberofrecords": rows, "sforce-locator": next = "null" } = headers;
  // The last page says so by the word.
  return { rows: rows === undefined ? null : Number(rows), next: next === "null" ? null : next };
}

function complete(page: ResultPage, { object, rowsLeft }: ResultRequest): ResultPage {
  const left = rowsLeft - page.rows;
  if (page.next === null ? left === 0 : left >= 0) return page;
  throw lost(
    "COUNT_MISMATCH",
    object,
    `the query job counted ${rowsLeft} rows more, and its results end with ${page.rows}`,
  );
}
