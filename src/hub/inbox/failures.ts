import { and, asc, eq, gte } from "drizzle-orm";
import { SourceError } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import { type RawRecord, recordKey } from "../../model/record.ts";
import { planErrors, readErrors } from "../../pipeline/problems.ts";
import type { Row } from "../../store/tables.ts";
import { set } from "../../store/writes.ts";
import type { Hub } from "../hub.ts";

/** Deliveries that could not be worked off, with the record they are about where that is known. */
export interface Failure {
  rows: Row<"inbox">[];
  record: RawRecord | null;
  cause: unknown;
  /** No further attempt will make it better. */
  isFinal?: boolean;
}

export const attemptsMax = 10;

/** Notes an attempt more on each delivery; after the last one it is given up and an error opens that says so. What a stop cut short is no attempt. */
export async function keepFailures(hub: Hub, connection: string, came: readonly Failure[]): Promise<void> {
  const failures = came.filter(({ isFinal }) => isFinal || !hub.ending.aborted);
  if (failures.length === 0) return;
  const rows: Row<"inbox">[] = [];
  const problems: Problem[] = [];
  for (const failure of failures) {
    for (const row of failure.rows) {
      const attempts = failure.isFinal ? attemptsMax : row.attempts + 1;
      const isLast = attempts >= attemptsMax;
      rows.push({ ...row, attempts, status: isLast ? "failed" : "waiting" });
      if (isLast) problems.push(problemOf(connection, failure, row));
    }
  }
  const known = await readErrors(hub.store, [...new Set(problems.map(({ record_key }) => record_key))]);
  const errors = planErrors({ step: "hook", problems, passed: new Set(), known, now: hub.now() });
  await hub.store.commit([set("inbox", rows), ...errors]);
}

const deliveriesRevivedMax = 1_000;

/** After the vendor answered again: what was given up for it is tried anew. @returns how many deliveries wait again. */
export async function reviveFailed(hub: Hub, connection: string): Promise<number> {
  const { inbox } = hub.store.tables;
  const rows = await hub.store.db
    .select()
    .from(inbox)
    .where(and(eq(inbox.status, "failed"), eq(inbox.connection, connection), gte(inbox.attempts, attemptsMax)))
    .orderBy(asc(inbox.seq))
    .limit(deliveriesRevivedMax);
  if (rows.length === 0) return 0;
  // One attempt is left as a mark that it failed before, so it does not go before fresh deliveries.
  await hub.store.commit([
    set(
      "inbox",
      rows.map((row): Row<"inbox"> => ({ ...row, status: "waiting", attempts: 1 })),
    ),
  ]);
  return rows.length;
}

/** Stands for the record of a delivery of which nothing more is known. */
export function deliveryKey(connection: string, dedupeKey: string): string {
  return recordKey(connection, "inbox", dedupeKey);
}

function problemOf(connection: string, { record, cause, isFinal }: Failure, { dedupe_key }: Row<"inbox">): Problem {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (isFinal && cause instanceof SourceError) return misfit(connection, dedupe_key, cause);
  const fromVendor = cause instanceof SourceError;
  return {
    connection,
    record_key: record ? recordKey(connection, record.object, record.remote_id) : deliveryKey(connection, dedupe_key),
    step: "hook",
    class: fromVendor ? "rejected" : "internal",
    fingerprint: fromVendor
      ? `fetch ${record?.object ?? ""} ${cause.details.code ?? cause.details.status ?? cause.next}`
      : "delivery not processed",
    message: `A webhook delivery was given up after ${attemptsMax} attempts: ${said}`,
    remedy:
      (fromVendor ? cause.details.remedy : undefined) ??
      "It is tried again after the connection's next complete sync; the delivery itself is kept.",
    raw_seq: null,
  };
}

/** The delivery itself is at fault, not the attempt. */
function misfit(connection: string, dedupeKey: string, { message, details }: SourceError): Problem {
  return {
    connection,
    record_key: deliveryKey(connection, dedupeKey),
    step: "hook",
    class: "value",
    fingerprint: `delivery ${details.code ?? "not understood"}`,
    message: `A delivery cannot be used: ${message}`,
    remedy: details.remedy ?? "Correct what the sender sends, or this delivery alone by `journey-hub errors fix`.",
    raw_seq: null,
  };
}
