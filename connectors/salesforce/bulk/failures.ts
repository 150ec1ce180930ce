import { SourceError } from "journey-hub/connector";

/**
 * Why a job is no good any more:
 * - `JOB_FAILED`: it did not come to its end, or found nothing.
 * - `JOB_OUTDATED`: it was asked for other fields than those wanted now.
 * - `COUNT_MISMATCH`: its results are not what it says they are.
 */
export type JobLoss = "JOB_FAILED" | "JOB_OUTDATED" | "COUNT_MISMATCH";

/** @example throw lost("JOB_FAILED", "Contact", "the query job takes too long") */
export function lost(code: JobLoss, object: string, why: string): SourceError {
  return new SourceError("retry", `Salesforce, reading ${object}: ${why}`, { code });
}

/** Why reading must go on without the job; null where the failure is of another kind, a passing one for instance. */
export function lossOf(cause: unknown): JobLoss | "JOB_GONE" | null {
  if (isRefused(cause)) return "JOB_GONE";
  const code = cause instanceof SourceError ? cause.details.code : undefined;
  return code === "JOB_FAILED" || code === "JOB_OUTDATED" || code === "COUNT_MISMATCH" ? code : null;
}

/** What Salesforce answers where it has no Bulk API for us, no room for a job, or no such job any more. */
const refusedStatuses = new Set([400, 403, 404, 405, 409, 410]);

/** Whether Salesforce refused a request for good, by an answer about Bulk alone or about everything: pages will tell. */
export function isRefused(cause: unknown): cause is SourceError {
  return cause instanceof SourceError && cause.next === "stop" && refusedStatuses.has(cause.details.status ?? 0);
}
