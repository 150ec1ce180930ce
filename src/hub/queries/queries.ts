import { and, asc, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { PlannedWriteback } from "../../pipeline/writeback/plan.ts";
import { planConnection } from "../../pipeline/writeback/run.ts";
import type { Row } from "../../store/tables.ts";
import type { FailureView } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { maskOf } from "../log.ts";
import { cursorPart, decodeCursor, type Page, type PageRequest, pageOf } from "./page.ts";

export interface RunView {
  id: string;
  connection: string;
  kind: string;
  /** The process that is or was at work on it. */
  owner: string;
  /** It goes on in another process than this one. */
  elsewhere: boolean;
  status: string;
  started_at: string;
  ended_at: string | null;
  counts: Record<string, number>;
  message: string | null;
  /** What can be done about it; null where it did not fail. */
  failure: Omit<FailureView, "message"> | null;
}

/** Runs, newest first. */
export async function listRuns(
  hub: Hub,
  { connection, status, limit, cursor }: PageRequest & { connection?: string | undefined; status?: string | undefined },
): Promise<Page<RunView>> {
  const { runs } = hub.store.tables;
  const after = decodeCursor(cursor, z.tuple([cursorPart.instant, cursorPart.text]));
  const rows = await hub.store.db
    .select()
    .from(runs)
    .where(
      and(
        connection === undefined ? undefined : eq(runs.connection, connection),
        status === undefined ? undefined : eq(runs.status, status),
        after ? sql`(${runs.started_at}, ${runs.id}) < (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(desc(runs.started_at), desc(runs.id))
    .limit(limit + 1);
  const view = runView(hub);
  return pageOf(rows, limit, { view, cursor: ({ started_at, id }) => [started_at, id] });
}

/** One run; null when there is none of that id. */
export async function findRun(hub: Hub, id: string): Promise<RunView | null> {
  const [row] = await hub.store.byKey("runs", "id", [id]);
  return row ? runView(hub)(row) : null;
}

function runView(hub: Hub): (row: Row<"runs">) => RunView {
  const mask = maskOf(hub);
  return ({ counts, message, failure, ...row }) => ({
    ...row,
    elsewhere: row.status === "running" && row.owner !== hub.presence.id,
    counts: JSON.parse(counts) as Record<string, number>,
    message: message === null ? null : mask(message),
    failure: failure === null ? null : (JSON.parse(mask(failure)) as RunView["failure"]),
  });
}

export interface WritebackView {
  record_key: string;
  connection: string;
  status: string;
  desired: Record<string, string | number | null>;
  /** What stood there before, of the fields that were written. */
  observed: Record<string, string | number | null>;
  attempts: number;
  sent_at: string;
}

/** The last write-back of each record, in order of record keys. */
export async function listWritebacks(
  hub: Hub,
  { connection, status, limit, cursor }: PageRequest & { connection?: string | undefined; status?: string | undefined },
): Promise<Page<WritebackView>> {
  const { writebacks } = hub.store.tables;
  const after = decodeCursor(cursor, z.tuple([cursorPart.text]));
  const rows = await hub.store.db
    .select()
    .from(writebacks)
    .where(
      and(
        connection === undefined ? undefined : eq(writebacks.connection, connection),
        status === undefined ? undefined : eq(writebacks.status, status),
        after ? sql`${writebacks.record_key} > ${after[0]}` : undefined,
      ),
    )
    .orderBy(asc(writebacks.record_key))
    .limit(limit + 1);
  return pageOf(rows, limit, { view: writebackView, cursor: ({ record_key }) => [record_key] });
}

function writebackView({ raw_seq: _, desired, observed, ...row }: Row<"writebacks">): WritebackView {
  return {
    ...row,
    desired: JSON.parse(desired) as WritebackView["desired"],
    observed: JSON.parse(observed) as WritebackView["observed"],
  };
}

/** What would be written to a connection now, page by page; nothing where it does not write back. Throws ConfigError. */
export async function* planOf(hub: Hub, id: string): AsyncGenerator<PlannedWriteback[]> {
  const { open, entry } = hub.connection(id);
  if (open.writeback && entry.writeback) yield* planConnection(hub.store, id, open.writeback);
}
