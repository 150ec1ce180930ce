import type { OpenStream, Position, SourceRecord } from "./define.ts";
import { SourceError } from "./errors.ts";

/**
 * Where a stream stands, kept with the data in one commit.
 * - `backfill`: reading everything; `after` is the vendor's page token, `from` the instant from which changes will be read afterwards.
 * - `changes`: everything up to `at` has been read.
 * - `whole`: a stream without change reading; read again as a whole each run.
 */
export type CursorState =
  | { mode: "backfill"; after: string | null; from: string }
  | { mode: "changes"; at: string }
  | { mode: "whole"; after: string | null };

export interface Batch {
  records: SourceRecord[];
  /** What to keep with this batch. */
  cursor: CursorState;
  /** Fields asked for that the account does not have (see Page). */
  missingFields?: readonly string[];
}

export interface PullOptions {
  fields: readonly string[];
  /** The hub's clock; used once, to mark where changes begin that happen during a backfill. */
  now: number;
  /** Pages in one run; reaching it is an error, not an end. */
  pagesMax?: number;
}

const lookBackDefaultMs = 5 * 60_000;
/** How far before a backfill's start its changes are read: covers clocks that differ and rows committed late. */
const backfillOverlapMs = 15 * 60_000;

/**
 * Reads a stream from where it stands to its present end, page by page: everything first, then changes by (stamp, id) with a look-back.
 * The next page is asked for while the one before is being stored. Throws SourceError; what was yielded before stands.
 */
export async function* pull(
  stream: OpenStream,
  state: CursorState | null,
  options: PullOptions,
): AsyncGenerator<Batch> {
  const start = state ?? firstState(stream, options.now);
  if (start.mode === "changes") return yield* readChanges(stream, start.at, options);
  yield* readAll(stream, start, options);
  if (start.mode === "backfill") yield* readChanges(stream, start.from, { ...options, startsHere: true });
}

function firstState(stream: OpenStream, now: number): CursorState {
  if (!stream.changes) return { mode: "whole", after: null };
  return { mode: "backfill", after: null, from: new Date(now - backfillOverlapMs).toISOString() };
}

async function* readAll(
  stream: OpenStream,
  start: Exclude<CursorState, { mode: "changes" }>,
  { fields, pagesMax = 100_000 }: PullOptions,
): AsyncGenerator<Batch> {
  let asked = stream.pages({ after: start.after, fields });
  let after = start.after;
  for (let n = 0; n < pagesMax; n++) {
    const { next, ...page } = await asked;
    if (next !== null && next === after) throw loopError(stream.object, next);
    if (next !== null) asked = ahead(stream.pages({ after: next, fields }));
    after = next;
    // A finished backfill hands over to change reading; a whole stream begins anew next run.
    const cursor: CursorState =
      next === null && start.mode === "backfill" ? { mode: "changes", at: start.from } : { ...start, after: next };
    yield { ...page, cursor };
    if (next === null) return;
  }
  throw limitError(stream.object, pagesMax);
}

async function* readChanges(
  stream: OpenStream,
  at: string,
  { fields, pagesMax = 100_000, startsHere = false }: PullOptions & { startsHere?: boolean },
): AsyncGenerator<Batch> {
  const { changes } = stream;
  if (!changes) throw new SourceError("stop", `${stream.object} cannot read changes, but its cursor says it did`);
  const lookBackMs = startsHere ? 0 : (stream.lookBackMs ?? lookBackDefaultMs);
  let since: Position = { at: new Date(Date.parse(at) - lookBackMs).toISOString(), id: null };
  let newest = at;
  let asked = changes({ since, fields });
  for (let n = 0; n < pagesMax; n++) {
    const { next, ...page } = await asked;
    if (next && next.at === since.at && next.id === since.id) throw loopError(stream.object, `${next.at} ${next.id}`);
    if (next) asked = ahead(changes({ since: next, fields }));
    for (const record of page.records) if (record.at !== null && record.at > newest) newest = record.at;
    yield { ...page, cursor: { mode: "changes", at: newest } };
    if (!next) return;
    since = next;
  }
  throw limitError(stream.object, pagesMax);
}

/** A page asked for early: its failure is met when it is awaited, so it must not count as unhandled meanwhile. */
function ahead<T>(page: Promise<T>): Promise<T> {
  page.catch(() => undefined);
  return page;
}

function loopError(object: string, token: string): SourceError {
  return new SourceError(
    "stop",
    `Reading ${object} does not move on: the vendor gave the same place twice (${token})`,
    {
      remedy: "Try again; if it stays, report it with the run's log: nothing was lost, the cursor stands.",
    },
  );
}

function limitError(object: string, pagesMax: number): SourceError {
  return new SourceError(
    "retry",
    `Reading ${object} stopped after ${pagesMax} pages in one run; the next run goes on from there`,
  );
}
