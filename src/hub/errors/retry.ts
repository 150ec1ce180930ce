import { and, asc, gt, sql } from "drizzle-orm";
import { SourceError } from "../../connector/index.ts";
import { groupBy } from "../../lib/group.ts";
import { readErrors } from "../../pipeline/problems.ts";
import { remap } from "../../pipeline/remap.ts";
import type { Row } from "../../store/tables.ts";
import { ConfigError } from "../folder/config.ts";
import type { Hub } from "../hub.ts";
import { countErrors, type ErrorFilter, type ErrorGroup, errorsMatching, listErrorGroups } from "../queries/errors.ts";
import { type RunCounts, type RunOf, recordRun } from "../runs.ts";
import { reopenErrors } from "./dismiss.ts";
import { readMappingsAnew } from "./mappings.ts";
import { openRefetch, type Refetch } from "./refetch.ts";
import { rewrite } from "./rewrite.ts";
import { type Way, wayOf } from "./ways.ts";

/** Which open errors are to be tried again. */
export type Selection = Omit<ErrorFilter, "status">;

/** What is to be expected of a retry. */
export interface RetryPlan {
  /** Open errors that the selection takes. */
  found: number;
  /** Causes among them that no retry can help, with what does. */
  refused: ErrorGroup[];
}

/** What became of the errors of a selection: found = closed + open + pending + refused once the run is done. */
export interface RetryCounts extends RunCounts {
  found: number;
  /** The record has passed. */
  closed: number;
  /** It failed again, for the same cause or another. */
  open: number;
  /** Sent to its CRM at the next apply, which closes it or not. */
  pending: number;
  /** Nothing that can be tried again. */
  refused: number;
}

export interface Retried {
  counts: RetryCounts;
  /** Connections on which errors wait for the next apply. */
  waiting: string[];
}

/** What a retry of these errors would take; nothing is tried yet. Errors named by their ids may be dismissed ones. */
export async function planRetry(hub: Hub, selection: Selection): Promise<RetryPlan> {
  const meant = { ...selection, status: selection.ids ? ["open", "dismissed"] : "open" };
  const groups = await listErrorGroups(hub, meant);
  return { found: await countErrors(hub, meant), refused: groups.filter(({ retry }) => retry === null) };
}

export interface RetryControl extends Pick<RunOf, "id" | "onStarted"> {
  signal?: AbortSignal;
  onProgress?: (counts: RetryCounts) => void;
}

/** Small enough that no webhook waits for one of its commits. */
const errorsPerBatch = 100;
const batchesMax = 1_000_000;

/**
 * Tries open errors again, each once, a batch after the other: what could not be mapped is mapped from what has landed by the mapping
 * files as they stand now, what could not be fetched is fetched, what a CRM refused is sent at the next apply. Ended in the middle,
 * what has passed stays closed and the rest open: the next retry goes on from there. A vendor that does not answer keeps only its own
 * errors open; that is thrown at the end. Dismissed errors that are named by their ids are open again first. Throws ConfigError while a
 * mapping file has a mistake.
 */
export async function retryErrors(
  hub: Hub,
  selection: Selection,
  { signal, onProgress, ...run }: RetryControl = {},
): Promise<Retried> {
  const { connection = "" } = selection;
  return recordRun(hub, { ...run, connection, kind: "retry" }, async (kept, show) => {
    if (selection.ids) await reopenErrors(hub, selection.ids);
    const found = await countErrors(hub, { ...selection, status: "open" });
    const counts: RetryCounts = Object.assign(kept, { found, closed: 0, open: 0, pending: 0, refused: 0 });
    if (await concernsMapping(hub, selection)) await readMappingsAnew(hub);
    const ways = openWays(hub);
    for await (const batch of openErrors(hub, selection)) {
      signal?.throwIfAborted();
      const asked = batch.filter(({ id }) => !ways.caused.has(id));
      await retryBatch(hub, asked, ways, counts);
      await show();
      onProgress?.(counts);
    }
    settle(counts);
    const [first] = ways.failures;
    if (first !== undefined) throw first;
    return { counts, waiting: [...ways.waiting] };
  });
}

async function concernsMapping(hub: Hub, { step = "map", ...rest }: Selection): Promise<boolean> {
  return step === "map" && (await countErrors(hub, { ...rest, step, status: "open" })) > 0;
}

/** Errors that closed by themselves before their turn came are closed too; those that opened meanwhile were found as well. */
function settle(counts: RetryCounts): void {
  const met = counts.closed + counts.open + counts.pending + counts.refused;
  counts.closed += Math.max(0, counts.found - met);
  counts.found = Math.max(counts.found, met);
}

/** The open errors of a selection in order of their ids: each is met once, whatever becomes of it meanwhile. */
async function* openErrors(hub: Hub, selection: Selection): AsyncGenerator<Row<"errors">[]> {
  const { errors } = hub.store.tables;
  let after = "";
  for (let n = 0; n < batchesMax; n++) {
    const rows = await hub.store.db
      .select()
      .from(errors)
      // Not by the index of states: with many errors open, each batch would sort them all.
      .where(and(errorsMatching(hub, selection), sql`${errors.status} || '' = 'open'`, gt(errors.id, after)))
      .orderBy(asc(errors.id))
      .limit(errorsPerBatch);
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last.id;
  }
}

async function retryBatch(hub: Hub, batch: readonly Row<"errors">[], ways: Ways, counts: RetryCounts): Promise<void> {
  const byWay = groupBy(batch, (row) => wayOf(row).way);
  const before = new Set((await openOf(hub, batch)).map(({ id }) => id));
  for (const way of ["map", "fetch", "write"] as const) {
    const rows = byWay.get(way) ?? [];
    if (rows.length > 0) await ways.take[way](rows);
  }
  const refused = byWay.get(null) ?? [];
  const tried = batch.filter((row) => !refused.includes(row));
  const after = await openOf(hub, tried);
  const failing = new Set(after.map(placeOf));
  const open = tried.filter((row) => failing.has(placeOf(row)));
  const pending = open.filter((row) => ways.isPending(row));
  for (const { connection } of pending) ways.waiting.add(connection);
  for (const { id } of after) if (!before.has(id)) ways.caused.add(id);
  counts.refused += refused.length;
  counts.closed += tried.length - open.length;
  counts.pending += pending.length;
  counts.open += open.length - pending.length;
}

const placeOf = ({ record_key, step }: Row<"errors">): string => `${step} ${record_key}`;

/** The errors that records of these have now. */
async function openOf(hub: Hub, rows: readonly Row<"errors">[]): Promise<Row<"errors">[]> {
  const keys = [...new Set(rows.map(({ record_key }) => record_key))];
  return (await readErrors(hub.store, keys)).filter(({ status }) => status === "open");
}

interface Ways {
  take: Record<Way, (rows: readonly Row<"errors">[]) => Promise<void>>;
  isPending(row: Row<"errors">): boolean;
  /** Errors of records that failed for another cause than before: they were not found, and are not tried twice. */
  caused: Set<string>;
  /** Connections with something pending. */
  waiting: Set<string>;
  /** Why connections did not answer; their other errors are not tried in this run. */
  failures: unknown[];
}

/** The ways of one retry, each made ready when it is first needed. */
function openWays(hub: Hub): Ways {
  const failures = new Map<string, unknown>();
  const fetches = new Map<string, Promise<Refetch>>();
  /** One connection after the other; one that fails is left out from then on. */
  const each = async (rows: readonly Row<"errors">[], work: (id: string, rows: Row<"errors">[]) => Promise<void>) => {
    for (const [id, own] of groupBy(rows, ({ connection }) => connection)) {
      if (failures.has(id)) continue;
      await work(id, own).catch((cause: unknown) => {
        if (!(cause instanceof SourceError || cause instanceof ConfigError)) throw cause;
        failures.set(id, cause);
      });
    }
  };
  return {
    caused: new Set(),
    waiting: new Set(),
    get failures() {
      return [...failures.values()];
    },
    isPending: ({ connection, step }) =>
      step === "writeback" && !failures.has(connection) && writesBack(hub, connection),
    take: {
      async map(rows) {
        await remap(hub.pipeline, [...new Set(rows.map(({ record_key }) => record_key))]);
      },
      fetch: (rows) =>
        each(rows, async (id, own) => {
          const opened = fetches.get(id) ?? openRefetch(hub, id);
          fetches.set(id, opened);
          await (await opened).retry(own);
        }),
      write: (rows) => each(rows, (id, own) => rewrite(hub, id, own)),
    },
  };
}

function writesBack(hub: Hub, id: string): boolean {
  try {
    const { open, entry } = hub.connection(id);
    return entry.writeback && open.writeback !== undefined;
  } catch (cause) {
    if (cause instanceof ConfigError) return false;
    throw cause;
  }
}
