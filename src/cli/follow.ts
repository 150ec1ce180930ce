import type { ConnectionView } from "../hub/queries/connections.ts";
import type { RunView } from "../hub/queries/queries.ts";
import { systemClock } from "../lib/clock.ts";
import { backfillNote } from "./backfill-note.ts";
import type { Desk } from "./desk.ts";
import { exitCodes, type Failure, failureOf, RunFailedError, UsageError } from "./failure.ts";
import { failureText, type Output } from "./output.ts";
import { waitText } from "./trying.ts";

/** What became of the work on one connection. */
export interface Outcome {
  connection: string;
  /** Null where it did not even begin. */
  run: RunView | null;
  failure: Failure | null;
}

/** Starts the work on one connection, and ends with its run. */
export type Work = (connection: string, seen: (run: RunView) => void) => Promise<RunView>;

/** A piece of work on connections; `atOnce` of them side by side, one after the other unless it says more. */
interface EachWork {
  names: readonly string[];
  work: Work;
  atOnce?: number;
}

/**
 * Does a piece of work on each connection; the outcomes come in the order of the names. One that fails is told at once, with what to do,
 * and does not keep the others from theirs; a vendor that asks for a wait of minutes is waited for.
 */
export async function onEach(desk: Desk, output: Output, { names, work, atOnce = 1 }: EachWork): Promise<Outcome[]> {
  const outcomes = new Map<number, Outcome>();
  const queue = names.entries();
  const next = async () => {
    for (const [n, connection] of queue) {
      const outcome = await patiently(output, connection, () => followed(desk, output, { connection, work }));
      // What keeps all of them from their work is said once.
      const isSaid = [...outcomes.values()].some(({ failure }) => failure?.message === outcome.failure?.message);
      if (outcome.failure && !isSaid) warnOf(output, connection, outcome.failure);
      outcomes.set(n, outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, next));
  return names.flatMap((_, n) => outcomes.get(n) ?? []);
}

/** Tells what is wrong with a connection and what to do about it. */
export function warnOf(output: Output, connection: string, failure: Failure): void {
  output.warn(failureText({ ...failure, message: `${connection}: ${failure.message}` }));
}

const waitsMax = 4;
/** Shorter ones were waited for within the run. */
const waitMinMs = 60_000;
const waitMaxMs = 10 * 60_000;

async function patiently(output: Output, connection: string, work: () => Promise<RunView>): Promise<Outcome> {
  let outcome = await outcomeOf(connection, work);
  for (let n = 0; n < waitsMax; n++) {
    const { message, retryAfterMs } = outcome.failure ?? {};
    if (retryAfterMs === undefined || retryAfterMs <= waitMinMs || retryAfterMs > waitMaxMs) return outcome;
    const seconds = Math.ceil(retryAfterMs / 1_000);
    output.warn(`${connection}: ${message}. It is asked again in ${seconds} s; Ctrl-C ends the wait, nothing is lost.`);
    await systemClock.sleep(retryAfterMs);
    outcome = await outcomeOf(connection, work);
  }
  return outcome;
}

async function outcomeOf(connection: string, work: () => Promise<RunView>): Promise<Outcome> {
  try {
    return { connection, run: await work(), failure: null };
  } catch (cause) {
    return { connection, run: cause instanceof RunFailedError ? cause.run : null, failure: failureOf(cause) };
  }
}

/** The gravest exit code: a person is needed at a vendor, the settings cannot be used, something failed; done. */
export function worst(codes: readonly (number | undefined)[]): number {
  return Math.max(exitCodes.done, ...codes.map((code) => code ?? exitCodes.done));
}

/** Failures as programs read them. */
export function failuresOf(
  outcomes: readonly Pick<Outcome, "connection" | "failure">[],
): { connection: string; message: string; remedy: string | null }[] {
  return outcomes.flatMap(({ connection, failure }) =>
    failure ? [{ connection, message: failure.message, remedy: failure.remedy ?? null }] : [],
  );
}

/** The connections named, or all of the folder. Throws UsageError for a name that there is not. */
export async function chosenConnections(desk: Desk, names: readonly string[]): Promise<string[]> {
  return (await chosen(desk, names)).map(({ id }) => id);
}

/** The connections named, or all that are written back to. Throws UsageError for a name that there is not. */
export async function writingConnections(desk: Desk, names: readonly string[]): Promise<string[]> {
  const views = await chosen(desk, names);
  return views.filter(({ writes_back }) => writes_back || names.length > 0).map(({ id }) => id);
}

async function chosen(desk: Desk, names: readonly string[]): Promise<ConnectionView[]> {
  const { items } = await desk.get<{ items: ConnectionView[] }>("/api/v1/connections");
  if (names.length === 0) return items;
  return names.map((name) => {
    const view = items.find(({ id }) => id === name);
    if (view) return view;
    const known = items.map(({ id }) => id).join(", ") || "none";
    throw new UsageError(`There is no connection "${name}" in journey-hub.yaml (there are: ${known}).`);
  });
}

/** Shows a run's records as they are counted; beside them its backfills, and why the vendor is waited for. */
async function followed(
  desk: Desk,
  output: Output,
  { connection, work }: { connection: string; work: Work },
): Promise<RunView> {
  const bar = output.progress(connection);
  const glance = glances(desk, connection, (line) => {
    if (!bar.isShown) output.warn(line);
  });
  try {
    return await work(connection, ({ counts }) => {
      bar.set(counts.in ?? counts.compared ?? counts.records ?? 0);
      bar.note(glance());
    });
  } finally {
    bar.stop();
  }
}

const glanceEveryMs = 2_000;
/** A shorter wait is over before it is read. */
const waitToldMs = 2_500;

/** What a connection says of itself, asked for every two seconds at most; `onWait` hears of each longer wait for its vendor once. */
function glances(desk: Desk, name: string, onWait: (line: string) => void): () => string {
  let note = "";
  let glancedAt = 0;
  let toldOf = "";
  const look = async (now: number) => {
    const view = await desk.get<ConnectionView>(`/api/v1/connections/${name}`);
    const { waiting } = view;
    const leftMs = waiting ? Date.parse(waiting.next_try_at) - now : 0;
    const line = waiting && leftMs > 0 ? waitText(waiting, now) : "";
    note = line || backfillNote(view, now, Intl.DateTimeFormat().resolvedOptions().timeZone);
    if (!waiting || leftMs < waitToldMs || toldOf === waiting.next_try_at) return;
    toldOf = waiting.next_try_at;
    onWait(`${name}: ${line}`);
  };
  return () => {
    const now = systemClock.now();
    if (now - glancedAt >= glanceEveryMs) {
      glancedAt = now;
      look(now).catch(() => {
        note = ""; // the run itself says what is wrong
      });
    }
    return note;
  };
}
