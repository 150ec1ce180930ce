import { max } from "drizzle-orm";
import type { Problem } from "../model/problem.ts";
import type { Row } from "../store/tables.ts";
import { set } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import { markDirty } from "./onward.ts";
import { takeTurnAfterReplay } from "./replay.ts";
import { runResolve } from "./resolve/run.ts";
import { runTimeline } from "./timeline/run.ts";
import { untilInTurn } from "./turn.ts";

/** What a decision is made on: read in the pipeline's turn, so that nothing moves until it is committed. */
export interface DecisionTurn {
  now: string;
  /** The id of the first decision that is new; each next one counts up. */
  nextId: number;
}

/** Decisions about who is one customer, new or changed, and what is to be said of them. */
export interface Decided<T> {
  rows: readonly Row<"overrides">[];
  output: T;
  /**
   * Called before the commit with where records would belong, and why nothing would follow for some of those decided about; throws to
   * have none of it.
   */
  check?(customerOf: (recordKey: string) => Promise<string | undefined>, undecided: readonly Problem[]): Promise<void>;
}

/**
 * Makes or revokes decisions about who is one customer, in one commit with what follows from them: links, golden values, memberships,
 * timelines, and the marks of what must be derived and written back anew. Nothing is lost by it: all of that hangs on records, and goes
 * with them when they are parted and joined again.
 */
export async function decide<T>(pipeline: Pipeline, plan: (turn: DecisionTurn) => Promise<Decided<T>>): Promise<T> {
  return pipeline.alone(() => untilInTurn(() => attempt(pipeline, plan)));
}

async function attempt<T>(pipeline: Pipeline, plan: (turn: DecisionTurn) => Promise<Decided<T>>): Promise<T> {
  const { store } = pipeline;
  const { turn, put } = await takeTurnAfterReplay(pipeline);
  const now = pipeline.now();
  const { rows, output, check } = await plan({ now, nextId: await nextId(pipeline) });
  if (rows.length === 0) return output;
  const nothing = { versions: [], moves: [], associations: { added: [], removed: [] } };
  const resolved = await runResolve(pipeline, { ...nothing, overrides: rows });
  const placed = await runTimeline(pipeline, nothing, resolved.output);
  const { moved, touched, problems } = resolved.output;
  await check?.(async (key) => {
    const [link] = await store.byKey("links", "record_key", [key]);
    return moved.get(key)?.customer_id ?? link?.customer_id;
  }, problems);
  const dirty = new Set([...touched, ...placed.output.touched]);
  const writes = [...resolved.writes, ...placed.writes, ...markDirty(dirty, `${now} ${turn}`)];
  await store.commit([set("overrides", rows), ...writes, put]);
  pipeline.saidIn.set("overrides", true);
  pipeline.committed([]);
  return output;
}

async function nextId({ store: { db, tables } }: Pipeline): Promise<number> {
  const [row] = await db.select({ last: max(tables.overrides.id) }).from(tables.overrides);
  return Number(row?.last ?? 0) + 1;
}
