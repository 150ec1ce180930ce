import { sfId } from "../ids.ts";
import type { Settings } from "../options.ts";
import type { Org } from "../org.ts";
import { notFound, Refusal } from "../refusal.ts";
import { stampText } from "../values.ts";
import { type CsvForm, csvOf } from "./csv.ts";
import { apiError, type BulkAnswer, runBulkQuery } from "./query.ts";

export type JobState = "UploadComplete" | "InProgress" | "JobComplete" | "Failed" | "Aborted";

export interface JobRequest extends CsvForm {
  operation: "query" | "queryAll";
  query: string;
}

export interface Job extends JobRequest, BulkAnswer {
  id: string;
  apiVersion: number;
  createdAt: number;
  /** How the job ended before its time. */
  ended: { state: "Failed" | "Aborted"; message: string } | null;
}

const dayMs = 86_400_000;
/** The vendor keeps jobs and their results for a week. */
const keptMs = 7 * dayMs;
const bytesOfMb = 1_048_576;

/** The query jobs of an org; they run by the vendor's clock: queued, then so many rows a second. */
export class BulkJobs {
  readonly #org: Org;
  readonly #settings: Settings;
  readonly #jobs = new Map<string, Job>();
  /** When jobs were created and what their results weigh, deleted ones too: limits are kept over 24 hours. */
  readonly #log: { at: number; bytes: number }[] = [];
  #created = 0;
  #nextFailure: string | null = null;

  constructor(org: Org, settings: Settings) {
    this.#org = org;
    this.#settings = settings;
  }

  create(request: JobRequest, apiVersion: number): Job {
    const { bulkQueryJobsMax, bulkStorageMbMax, bulkUnsupported: unsupported, now } = this.#settings;
    const { jobs, mb } = this.spent();
    if (jobs >= bulkQueryJobsMax)
      throw quota(`Max bulk v2 query jobs (${bulkQueryJobsMax}) per 24 hrs has been reached`);
    if (mb >= bulkStorageMbMax) {
      const kb = Math.round((bulkStorageMbMax * bytesOfMb) / 1_000);
      throw quota(`Max bulk v2 query result size stored (${kb}) kb per 24 hrs has been exceeded`);
    }
    const includeDeleted = request.operation === "queryAll";
    const answer = runBulkQuery(this.#org, request.query, { includeDeleted, unsupported });
    const id = sfId("750", ++this.#created);
    const failure = this.#nextFailure;
    this.#nextFailure = null;
    const ended = failure === null ? null : { state: "Failed" as const, message: failure };
    const job: Job = { ...request, ...answer, id, apiVersion, createdAt: now(), ended };
    this.#jobs.set(id, job);
    this.#log.push({ at: now(), bytes: bytesOf(job) });
    return job;
  }

  /** The next job will fail with this message. */
  failNext(message: string): void {
    this.#nextFailure = message;
  }

  /** The job of this id; 404 when it was deleted, is over a week old or never was. */
  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (!job || this.#settings.now() - job.createdAt >= keptMs) throw notFound();
    return job;
  }

  all(): Job[] {
    return [...this.#jobs.values()].filter(({ createdAt }) => this.#settings.now() - createdAt < keptMs);
  }

  state(job: Job): JobState {
    const { bulkQueueSeconds } = this.#settings;
    const ageSeconds = (this.#settings.now() - job.createdAt) / 1_000;
    if (ageSeconds < bulkQueueSeconds) return job.ended?.state === "Aborted" ? "Aborted" : "UploadComplete";
    if (job.ended) return job.ended.state;
    return this.#processed(job) < job.rows.length ? "InProgress" : "JobComplete";
  }

  abort(id: string): Job {
    const job = this.get(id);
    const state = this.state(job);
    if (state !== "UploadComplete" && state !== "InProgress") throw wrongState(`Aborting is not allowed: ${state}`);
    job.ended = { state: "Aborted", message: "" };
    return job;
  }

  remove(id: string): void {
    const state = this.state(this.get(id));
    if (state === "UploadComplete" || state === "InProgress") throw wrongState(`Deleting is not allowed: ${state}`);
    this.#jobs.delete(id);
  }

  /** A page of a finished job's results, from an offset on. */
  page(job: Job, offset: number, rowsMax: number): { csv: string; rows: number; next: number | null } {
    const state = this.state(job);
    if (state !== "JobComplete") throw wrongState(`The job has no results in the state ${state}`);
    if (offset > 0 && offset >= job.rows.length) throw apiError("Invalid locator");
    const rows = job.rows.slice(offset, offset + rowsMax);
    const next = offset + rows.length < job.rows.length ? offset + rows.length : null;
    return { csv: csvOf(job.columns, rows, job), rows: rows.length, next };
  }

  /** A job as the API shows it; its progress too where it is asked for by its id. */
  info(job: Job, withProgress: boolean): Record<string, unknown> {
    const { id, operation, object, createdAt, apiVersion, lineEnding, columnDelimiter, isChunked } = job;
    const state = this.state(job);
    const stamps = { createdDate: stampText(createdAt), systemModstamp: stampText(this.#settings.now()) };
    const createdById = this.#org.runAsUserId;
    const base = { id, operation, object, createdById, ...stamps, state, concurrencyMode: "Parallel" };
    const form = { contentType: "CSV", apiVersion, lineEnding, columnDelimiter };
    if (!withProgress) return { ...base, ...form };
    const progress = { numberRecordsProcessed: this.#processed(job), retries: 0, totalProcessingTime: 0 };
    const error = state === "Failed" ? { errorMessage: job.ended?.message } : {};
    return { ...base, ...form, jobType: "V2Query", ...progress, isPkChunkingSupported: isChunked, ...error };
  }

  /** What was used of the limits in the running 24 hours. */
  spent(): { jobs: number; mb: number } {
    const since = this.#settings.now() - dayMs;
    const recent = this.#log.filter(({ at }) => at > since);
    return { jobs: recent.length, mb: recent.reduce((sum, { bytes }) => sum + bytes, 0) / bytesOfMb };
  }

  #processed(job: Job): number {
    const { now, bulkQueueSeconds, bulkRowsPerSecond } = this.#settings;
    if (job.ended) return 0;
    const seconds = (now() - job.createdAt) / 1_000 - bulkQueueSeconds;
    return Math.max(0, Math.min(job.rows.length, Math.floor(seconds * bulkRowsPerSecond)));
  }
}

const weighedRows = 100;

/** What the results weigh, by their first rows: writing out a million of them for this would take seconds. */
function bytesOf(job: Job): number {
  const { columns, rows } = job;
  const sample = rows.slice(0, weighedRows);
  return csvOf(columns, sample, job).length * Math.max(1, rows.length / Math.max(1, sample.length));
}

function quota(message: string): Refusal {
  return new Refusal(400, "EXCEEDEDQUOTA", message);
}

function wrongState(message: string): Refusal {
  return new Refusal(400, "INVALIDJOBSTATE", message);
}
