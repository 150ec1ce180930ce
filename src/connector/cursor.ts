import type { Detour, OpenStream, SourceRecord } from "./define.ts";
import { SourceError } from "./errors.ts";
import type { SweptRange } from "./id-order.ts";
import { beginning, changed, everything, type Reading, type WholePage } from "./reading.ts";
import {
  commonFields,
  fieldsPart,
  type RereadParts,
  type RereadState,
  rereadAfter,
  rereadDue,
  rereadStanding,
} from "./reread.ts";

/**
 * Where a stream stands, kept with the data in one commit. Treat it as opaque: it grows.
 * - `backfill`: reading everything; `after` is the vendor's page token, `from` the instant from which changes will be read afterwards.
 * - `changes`: everything up to `at` has been read; `farAt` is when a run last looked back far for stragglers, and `reread` says how the periodic reading of everything stands, where the stream has one.
 * - `whole`: a stream without change reading; read again as a whole each run.
 * `fields` are those that every page of the last complete reading asked for (absent: none), of the backfill as far as it has come.
 */
export type CursorState =
  | { mode: "backfill"; after: string | null; from: string; fields?: readonly string[] }
  | { mode: "changes"; at: string; farAt?: string; reread?: RereadState; fields?: readonly string[] }
  | { mode: "whole"; after: string | null; behind?: string };

type ChangesState = Extract<CursorState, { mode: "changes" }>;

export interface Batch {
  records: SourceRecord[];
  /** What to keep with this batch. */
  cursor: CursorState;
  /** Fields asked for that the account does not have (see Page). */
  missingFields?: readonly string[];
  /** That the page took a dearer way than it should have (see Page). */
  detour?: Detour | null;
  /** The ids this batch shows as a whole: look for live records missing in it, and ask for them by `confirmGone`. */
  swept?: SweptRange;
}

export interface PullOptions {
  fields: readonly string[];
  /**
   * The hub's clock at the beginning of the run. Corrected by what the stream's answers tell of the vendor's clock, it marks where changes
   * begin that happen during a backfill, and how far a cursor may go at most.
   */
  now: number;
  /** Pages of one reading; reaching it is an error, not an end. Default 100,000. */
  pagesMax?: number;
  /** Pages a run spends on reading everything again; the next run goes on there. Default 100. */
  rereadPagesMax?: number;
}

const pagesMaxDefault = 100_000;
const rereadPagesMaxDefault = 100;
const lookBackDefaultMs = 5 * 60_000;
/** How far before a backfill's start its changes are read, at least: covers clocks that differ and rows committed late. */
const backfillOverlapMs = 15 * 60_000;

/** One run over a stream. `beganAt` is the vendor's clock at the run's beginning, as far as answers have told of it. */
interface Run extends Reading {
  rereadPagesMax: number;
  beganAt(): number;
}

/**
 * Reads a stream from where it stands to its present end, page by page: everything first, then changes by (stamp, id) with a look-back,
 * then a part of everything again where that is due: from time to time, and at once when `fields` holds one that was not asked for. The next page is asked for while the one before is being stored.
 * Throws SourceError; what was yielded before stands.
 */
export async function* pull(
  stream: OpenStream,
  state: CursorState | null,
  options: PullOptions,
): AsyncGenerator<Batch> {
  const { pagesMax = pagesMaxDefault, rereadPagesMax = rereadPagesMaxDefault, fields, now } = options;
  const beganAt = () => now + (stream.vendorAheadMs?.() ?? 0);
  const run: Run = { stream, fields, pagesMax, rereadPagesMax, beganAt };
  if (state?.mode === "changes") return yield* readOn(run, state);
  if (!stream.changes) return yield* readWhole(run, state?.mode === "whole" ? state : null);
  // A stream read as a whole until now, that has learned to read changes, begins anew; one half read goes on, and begins with the next run.
  if (state?.mode === "whole" && state.after !== null) return yield* readWhole(run, state);
  const read = yield* readBackfill(run, state?.mode === "backfill" ? state : null);
  yield* readChanges(run, read, { since: Date.parse(read.at), isFar: true });
}

/** Everything, once. Returns where the stream stands then: changes must be read from `at`, without a look-back. */
async function* readBackfill(
  run: Run,
  start: Extract<CursorState, { mode: "backfill" }> | null,
): AsyncGenerator<Batch, ChangesState> {
  const { stream } = run;
  let from = start?.from;
  // Pages read before asked for what was to be read then.
  const asked = fieldsPart(start?.after ? commonFields(start.fields, run.fields) : run.fields);
  for await (const { swept: _, next, ...page } of everything(run, { ...beginning, after: start?.after ?? null })) {
    // By the vendor's clock, of which the first answer has told.
    from ??= instant(run.beganAt() - Math.max(backfillOverlapMs, lookBackOf(stream), stream.stragglers?.byMs ?? 0));
    if (!next) {
      // A backfill is a complete reading as well.
      const cursor: ChangesState = {
        mode: "changes",
        at: from,
        ...asked,
        ...(stream.reread ? { reread: { completeFrom: from } } : {}),
      };
      yield { ...page, cursor };
      return cursor;
    }
    yield { ...page, cursor: { mode: "backfill", after: next.after, from, ...asked } };
  }
  throw limitError(run);
}

/** A stream that is read as a whole each run. */
async function* readWhole(run: Run, start: Extract<CursorState, { mode: "whole" }> | null): AsyncGenerator<Batch> {
  const place = { after: start?.after ?? null, behind: start?.behind ?? null };
  for await (const { next, ...page } of everything(run, place)) {
    const behind = next?.behind ?? null;
    const cursor: CursorState = { mode: "whole", after: next?.after ?? null, ...(behind === null ? {} : { behind }) };
    yield batchOf(page, cursor);
    if (!next) return;
  }
  throw limitError(run);
}

/** What changed, and then as much of everything as a run may spend on reading it again. */
async function* readOn(run: Run, from: ChangesState): AsyncGenerator<Batch> {
  const { stream, beganAt } = run;
  const { stragglers } = stream;
  const { at, farAt } = from;
  const state: ChangesState = {
    mode: "changes",
    at,
    ...(stragglers && farAt !== undefined ? { farAt } : {}),
    ...rereadStanding(run, from),
  };
  const near = Date.parse(at) - lookBackOf(stream);
  const isFar = stragglers !== undefined && isOlder(farAt, stragglers.everyMs, beganAt());
  // What was stamped before the last far look-back, less the time a straggler takes, was there to be seen then.
  const since = isFar ? Math.min(near, Date.parse(farAt ?? at) - stragglers.byMs) : near;
  const readTo = yield* readChanges(run, state, { since, isFar });
  yield* readAgain(run, readTo);
}

interface Begin {
  /** Where reading begins, epoch ms. */
  since: number;
  /** Whether that is early enough for stragglers. */
  isFar: boolean;
}

/** Returns where the stream stands at its present end. */
async function* readChanges(run: Run, state: ChangesState, begin: Begin): AsyncGenerator<Batch, ChangesState> {
  let newest = state.at;
  for await (const { next, ...page } of changed(run, { at: instant(begin.since), id: null })) {
    newest = newestStamp(newest, page.records, run.beganAt());
    if (!next) {
      const farAt = begin.isFar && run.stream.stragglers ? { farAt: instant(run.beganAt()) } : {};
      const cursor: ChangesState = { ...state, at: newest, ...farAt };
      yield { ...page, cursor };
      return cursor;
    }
    // Neighbours may be out of order: what comes on the next page can be older than what came on this one.
    yield { ...page, cursor: { ...state, at: later(state.at, earlier(next.at, newest)) } };
  }
  throw limitError(run);
}

/** Goes on with the reading of everything that is under way, or begins one if that is due. */
async function* readAgain(run: Run, { fields = [], reread, ...state }: ChangesState): AsyncGenerator<Batch> {
  const before: RereadParts = { fields, ...(reread ? { reread } : {}) };
  let under = rereadDue(run, before, run.beganAt());
  if (!under) return;
  for await (const page of everything({ ...run, pagesMax: run.rereadPagesMax }, under)) {
    const { under: further, ...parts } = rereadAfter(run, before, { under, page });
    const { next: _, ...shown } = page;
    yield batchOf(shown, { ...state, ...parts });
    if (!further) return;
    under = further;
  }
}

const isOlder = (at: string | null | undefined, ageMs: number, now: number): boolean =>
  at === null || at === undefined || now - Date.parse(at) >= ageMs;

function batchOf({ swept, ...page }: Omit<WholePage, "next">, cursor: CursorState): Batch {
  return { ...page, cursor, ...(swept ? { swept } : {}) };
}

const lookBackOf = ({ lookBackMs }: OpenStream): number => lookBackMs ?? lookBackDefaultMs;
const instant = (ms: number): string => new Date(ms).toISOString();
const earlier = (left: string, right: string): string => (Date.parse(right) < Date.parse(left) ? right : left);
const later = (left: string, right: string): string => (Date.parse(right) > Date.parse(left) ? right : left);

/**
 * The newest stamp of all, but never one ahead of the run's beginning: a record dated into the future would take the cursor with it,
 * and everything changed until then would be missed; and what is committed late while a long run reads on must be met by the next one's
 * look-back. Records beyond are read again each run instead.
 */
function newestStamp(newest: string, records: readonly SourceRecord[], beganAt: number): string {
  let newestMs = Date.parse(newest);
  for (const { at } of records) {
    const atMs = at === null ? Number.NaN : Math.min(Date.parse(at), beganAt);
    if (atMs > newestMs) newestMs = atMs;
  }
  return newestMs > Date.parse(newest) ? instant(newestMs) : newest;
}

function limitError({ stream, pagesMax }: Run): SourceError {
  return new SourceError(
    "retry",
    `Reading ${stream.object} stopped after ${pagesMax} pages in one run; the next run goes on from there`,
  );
}
