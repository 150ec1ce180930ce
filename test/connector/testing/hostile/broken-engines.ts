import {
  type Batch,
  type CursorState,
  type OpenStream,
  type Page,
  type PullOptions,
  pull,
  SourceError,
  type SourceRecord,
} from "journey-hub/connector";
import type { CursorEngine, DifferenceKind } from "journey-hub/connector/testing";

/** A cursor engine with one mistake, as it was found somewhere. */
export interface BrokenEngine {
  name: string;
  /** What its mistake leads to. */
  leadsTo: DifferenceKind;
  /** Made anew for each trial: some remember. */
  engine(): CursorEngine;
}

type Pull = CursorEngine["pull"];

const broken = (name: string, leadsTo: DifferenceKind, engine: () => Pull): BrokenEngine => ({
  name,
  leadsTo,
  engine: () => ({ pull: engine() }),
});

/** Ours, reading a stream that is not quite what it was. */
const reading =
  (spoil: (stream: OpenStream, options: PullOptions, state: CursorState | null) => OpenStream): Pull =>
  (stream, state, options) =>
    pull(spoil(stream, options, state), state, options);

/** Ours, with its batches tampered with. */
const yielding =
  (spoil: (batches: AsyncGenerator<Batch>, options: PullOptions) => AsyncGenerator<Batch>): Pull =>
  (stream, state, options) =>
    spoil(pull(stream, state, options), options);

/** A stream whose pages go through another hand, and its changes too where it has any. */
function through(stream: OpenStream, hand: <Next>(page: Page<Next>, isFirst: boolean) => Page<Next>): OpenStream {
  const { changes } = stream;
  return {
    ...stream,
    pages: async (request) => hand(await stream.pages(request), request.after === null),
    ...(changes ? { changes: async (request) => hand(await changes(request), request.since.id === null) } : {}),
  };
}

const instant = (ms: number) => new Date(ms).toISOString();
const later = (at: string, ms: number) => instant(Date.parse(at) + ms);
const newestOf = (records: readonly SourceRecord[]) =>
  records
    .map(({ at }) => at ?? "")
    .sort()
    .at(-1) ?? "";

/** Changes asked for from elsewhere than the engine says. */
function since(stream: OpenStream, place: (at: string, id: string | null) => { at: string; id: string | null }) {
  const { changes } = stream;
  if (!changes) return stream;
  return {
    ...stream,
    changes: (request: Parameters<typeof changes>[0]) =>
      changes({ ...request, since: place(request.since.at, request.since.id) }),
  };
}

export const brokenEngines: readonly BrokenEngine[] = [
  broken("asks for what is newer than the newest stamp, and not for what is as new", "stale", () =>
    reading((stream) =>
      since({ ...stream, lookBackMs: 0 }, (at, id) => (id === null ? { at: later(at, 1_000), id } : { at, id })),
    ),
  ),
  broken("does not look back", "stale", () => reading((stream) => ({ ...stream, lookBackMs: 0 }))),
  broken("pages by the stamp alone, and skips the rest of a tie", "stale", () =>
    reading((stream) => since(stream, (at, id) => (id === null ? { at, id } : { at: later(at, 1_000), id: null }))),
  ),
  broken("takes a failed page for an empty last one", "missing", () =>
    reading((stream) => {
      const quiet = <Next>(ask: () => Promise<Page<Next>>) =>
        ask().catch((cause: unknown) => {
          if (!(cause instanceof SourceError)) throw cause;
          return { records: [], next: null };
        });
      const { changes } = stream;
      return {
        ...stream,
        pages: (request) => quiet(() => stream.pages(request)),
        ...(changes ? { changes: (request) => quiet(() => changes(request)) } : {}),
      };
    }),
  ),
  broken("keeps the cursor before the records", "missing", () =>
    yielding(async function* (batches) {
      let waiting: Batch | null = null;
      for await (const batch of batches) {
        if (waiting) yield { ...waiting, cursor: batch.cursor };
        waiting = batch;
      }
      if (waiting) yield waiting;
    }),
  ),
  broken("takes the hub's clock for the cursor, not the stamps", "stale", () =>
    yielding(async function* (batches, { now }) {
      for await (const batch of batches) yield moved(batch, instant(now));
    }),
  ),
  broken("reads the changes of a backfill from its end", "stale", () =>
    reading((stream, _options, state) => {
      let newest = "";
      const { changes } = stream;
      const seen = through(stream, (page) => {
        newest = [newest, newestOf(page.records)].sort().at(-1) ?? "";
        return page;
      });
      if (!changes || state?.mode === "changes") return stream;
      return {
        ...stream,
        pages: seen.pages,
        changes: (request) =>
          changes(request.since.id === null ? { ...request, since: { at: newest, id: null } } : request),
      };
    }),
  ),
  broken("takes a page that is not full for the last", "missing", () =>
    reading((stream) => through(stream, (page) => (page.records.length < 10 ? { ...page, next: null } : page))),
  ),
  broken("passes over deletions", "extra", () =>
    yielding(async function* (batches) {
      for await (const { swept: _, ...batch } of batches) {
        yield { ...batch, records: batch.records.filter(({ deleted }) => !deleted) };
      }
    }),
  ),
  broken("does not look for what went without a word", "extra", () => reading(({ sweep: _, ...stream }) => stream)),
  broken("knows records by their id alone, whatever their version", "stale", () => {
    const known = new Set<string>();
    return yielding(async function* (batches) {
      for await (const batch of batches) {
        const fresh = batch.records.filter(({ id }) => !known.has(id));
        for (const { id } of fresh) known.add(id);
        yield { ...batch, records: fresh };
      }
    });
  }),
  broken("never reads again what moves no stamp", "stale", () => reading(({ reread: _, ...stream }) => stream)),
  broken("leaves out the page that failed when it tries again", "missing", () => {
    const failed = new Set<string>();
    return reading((stream) => ({
      ...stream,
      async pages(request) {
        const place = `${stream.object} ${request.after}`;
        try {
          const page = await stream.pages(request);
          return failed.delete(place) ? { ...page, records: [] } : page;
        } catch (cause) {
          failed.add(place);
          throw cause;
        }
      },
    }));
  }),
  broken("begins at the present after a failure, and leaves what was between", "stale", () => {
    const failed = new Set<string>();
    return async function* (stream, state, options) {
      const restarts = failed.delete(stream.object) && state?.mode === "changes";
      const from: CursorState | null = restarts ? { ...state, at: instant(options.now) } : state;
      try {
        yield* pull(stream, from, options);
      } catch (cause) {
        failed.add(stream.object);
        throw cause;
      }
    };
  }),
  broken("reads one page of changes a run and takes the newest stamp for where it stands", "stale", () =>
    reading((stream) => {
      const { changes } = stream;
      return changes
        ? { ...stream, changes: async (request) => ({ ...(await changes(request)), next: null }) }
        : stream;
    }),
  ),
  broken("follows a stamp that lies ahead", "stale", () =>
    yielding(async function* (batches) {
      let newest = "";
      for await (const batch of batches) {
        newest = [newest, newestOf(batch.records)].sort().at(-1) ?? "";
        yield batch.cursor.mode === "changes" && newest > batch.cursor.at ? moved(batch, newest) : batch;
      }
    }),
  ),
  broken(
    "reads lists without stamps once and never again",
    "stale",
    () =>
      async function* (stream, state, options) {
        if (!stream.changes && state !== null) return;
        yield* pull(stream, state, options);
      },
  ),
  broken("gives the last page of the run before once more", "doubled", () => {
    const last = new Map<string, SourceRecord[]>();
    return async function* (stream, state, options) {
      for await (const batch of pull(stream, state, options)) {
        const before = last.get(stream.object) ?? [];
        last.set(stream.object, batch.records);
        yield { ...batch, records: [...batch.records, ...before] };
      }
    };
  }),
];

/** The same batch with another place to go on from. */
function moved(batch: Batch, at: string): Batch {
  return batch.cursor.mode === "changes" ? { ...batch, cursor: { ...batch.cursor, at } } : batch;
}
