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
  /** The hub's clock: marks where changes begin that happen during a backfill, and how far a cursor may go at most. */
  now: number;
  /** Pages of one reading; reaching it is an error, not an end. Default 100,000. */
  pagesMax?: number;
}

const pagesMaxDefault = 100_000;
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
  // A stream read as a whole until now, that has learned to read changes, begins anew.
  const outgrown = state?.mode === "whole" && state.after === null && stream.changes !== undefined;
  const start = state === null || outgrown ? firstState(stream, options.now) : state;
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
  { fields, pagesMax = pagesMaxDefault }: PullOptions,
): AsyncGenerator<Batch> {
  const checkMovesOn = loopGuard(stream.object, start.after);
  let asked = ahead(() => stream.pages({ after: start.after, fields }));
  for (let n = 1; n <= pagesMax; n++) {
    const { next, ...page } = await asked;
    if (next !== null) {
      checkMovesOn(next);
      if (n < pagesMax) asked = ahead(() => stream.pages({ after: next, fields }));
    }
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
  { fields, now, pagesMax = pagesMaxDefault, startsHere = false }: PullOptions & { startsHere?: boolean },
): AsyncGenerator<Batch> {
  const { changes } = stream;
  if (!changes) throw new SourceError("stop", `${stream.object} cannot read changes, but its cursor says it did`);
  const lookBackMs = startsHere ? 0 : (stream.lookBackMs ?? lookBackDefaultMs);
  const since: Position = { at: new Date(Date.parse(at) - lookBackMs).toISOString(), id: null };
  const checkMovesOn = loopGuard(stream.object, placeName(since));
  let newest = at;
  let asked = ahead(() => changes({ since, fields }));
  for (let n = 1; n <= pagesMax; n++) {
    const { next, ...page } = await asked;
    if (next) {
      checkMovesOn(placeName(next));
      if (n < pagesMax) asked = ahead(() => changes({ since: next, fields }));
    }
    newest = newestStamp(newest, page.records, now);
    yield { ...page, cursor: { mode: "changes", at: newest } };
    if (!next) return;
  }
  throw limitError(stream.object, pagesMax);
}

/**
 * The newest stamp of all, but never one ahead of the hub's clock: a record dated into the future would take the cursor with it,
 * and everything changed until then would be missed. Records beyond `now` are read again each run instead.
 */
function newestStamp(newest: string, records: readonly SourceRecord[], now: number): string {
  let newestMs = Date.parse(newest);
  for (const { at } of records) {
    const atMs = at === null ? Number.NaN : Math.min(Date.parse(at), now);
    if (atMs > newestMs) newestMs = atMs;
  }
  return newestMs > Date.parse(newest) ? new Date(newestMs).toISOString() : newest;
}

/** A page asked for early: its failure is met when it is awaited, so it must not count as unhandled meanwhile. */
function ahead<T>(ask: () => Promise<T>): Promise<T> {
  const page = (async () => ask())();
  page.catch(() => undefined);
  return page;
}

const placeName = ({ at, id }: Position): string => `${at} ${id ?? ""}`;

/**
 * Throws when a vendor leads round in a circle, of whatever length, at the latest after three times round (Brent's algorithm:
 * each place is compared with one kept from before, which moves up after 1, 2, 4, 8 … steps).
 */
function loopGuard(object: string, first: string | null): (place: string) => void {
  let kept = first;
  let stepsLeft = 1;
  let steps = 1;
  return (place) => {
    if (place === kept) throw loopError(object, place);
    stepsLeft -= 1;
    if (stepsLeft > 0) return;
    kept = place;
    steps *= 2;
    stepsLeft = steps;
  };
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
