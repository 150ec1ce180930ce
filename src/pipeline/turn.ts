import { StaleError } from "../store/store.ts";
import { put, type Write } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";

/**
 * The pipeline is one plan at a time over all processes: read before anything else of a plan, put by its commit, so of two plans that
 * read the same state the second is stale.
 */
export async function takeTurn(pipeline: Pipeline): Promise<{ turn: number; put: Write }> {
  const [row] = await pipeline.store.byKey("lanes", "name", ["identity"]);
  const revision = (row?.revision ?? 0) + 1;
  pipeline.inTurn(revision);
  return { turn: revision, put: put("lanes", [{ name: "identity", revision }]) };
}

/** Every turn lost is a commit of another process, so this many in a row mean that one has run wild. */
const turnsLostMax = 200;

/**
 * Runs read → plan → commit until it has its turn. Throws the StaleError of the last turn lost; at once that of a cursor, which stays
 * where another process has moved it however often this one tries.
 */
export async function untilInTurn<T>(attempt: () => Promise<T>): Promise<T> {
  for (let n = 1; n < turnsLostMax; n++) {
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof StaleError) || cause.table === "cursors") throw cause;
    }
  }
  return attempt();
}
