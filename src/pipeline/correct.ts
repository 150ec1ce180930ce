import type { MappingOutcome } from "../mapping/index.ts";
import type { Correction, LandedRecord } from "../model/record.ts";
import type { Row } from "../store/tables.ts";
import type { Write } from "../store/writes.ts";
import type { Pipeline } from "./context.ts";
import type { KeptCorrection } from "./land/corrections.ts";
import { planFix, planTakeBack } from "./land/fix.ts";
import { readStanding, type StandingVersion } from "./land/rows.ts";
import { onward } from "./onward.ts";
import { readUnmapped } from "./remap.ts";
import { takeTurnAfterReplay } from "./replay.ts";
import { untilInTurn } from "./turn.ts";

/** What became of a correction; `moved`: another version has landed since the one it was made on, and nothing was done. */
export type Corrected = { moved: true } | { moved: false; outcome: MappingOutcome | null; seq: number | null };

interface Change {
  record_key: string;
  /** Sequence number of the version that was looked at. */
  base: number;
}

/**
 * Lands a corrected payload and maps what has not passed of its record, in one commit with what becomes of its errors. When the mapping
 * fails on it nothing is kept (`seq` null) and the outcome says why; the outcome is null where there is no mapping.
 */
export async function correct(
  pipeline: Pipeline,
  change: Change & { payload: LandedRecord["payload"]; correction: Correction },
): Promise<Corrected> {
  const { payload, correction } = change;
  return inTurn(pipeline, change, async ({ head, newest }, landing) => {
    const outcome = await tried(pipeline, newest, payload);
    if (outcome === null || "failure" in outcome) return { moved: false, outcome, seq: null };
    const { seq } = landing;
    const { writes, output } = planFix({ head, newest, payload, correction, ...landing });
    return { moved: false, outcome, seq, writes, landed: output };
  });
}

/** Puts what the vendor sent last back as the newest version and maps it; it is kept also when that fails, with its error open again. */
export async function takeBack(
  pipeline: Pipeline,
  change: Change & { vendor: Row<"raw_records">; correction: KeptCorrection },
): Promise<Corrected> {
  const { vendor, base, correction } = change;
  return inTurn(pipeline, change, async ({ head }, landing) => {
    const { writes, output } = planTakeBack({ head, vendor, taken: { seq: base, correction }, ...landing });
    return { moved: false, outcome: null, seq: landing.seq, writes, landed: output };
  });
}

interface Landing {
  seq: number;
  knownAt: string;
}

type Planned = Corrected & { writes?: Write[]; landed?: LandedRecord };

async function inTurn(
  pipeline: Pipeline,
  { record_key, base }: Change,
  plan: (standing: StandingVersion, landing: Landing) => Promise<Planned>,
): Promise<Corrected> {
  const { store } = pipeline;
  const attempt = async (): Promise<Corrected> => {
    const { turn, put } = await takeTurnAfterReplay(pipeline);
    const standing = await readStanding(store, record_key);
    if (standing?.head.seq !== base) return { moved: true };
    const now = pipeline.now();
    const {
      writes: landing,
      landed,
      ...corrected
    } = await plan(standing, { seq: await store.reserve(1), knownAt: now });
    if (!landing || !landed) return corrected;
    // With what failed before it, so that the outcome is that of a replay.
    const before = await readUnmapped(store, [record_key]);
    const { writes, versions } = await onward(pipeline, [...before, landed], { now, turn });
    await store.commit([...landing, ...writes, put]);
    pipeline.committed(versions);
    return corrected;
  };
  return pipeline.alone(() => untilInTurn(attempt));
}

/** What the mapping in use makes of a payload in a record's place; null where there is none for its object. */
async function tried(
  pipeline: Pipeline,
  { connection, object }: Row<"raw_records">,
  payload: LandedRecord["payload"],
): Promise<MappingOutcome | null> {
  const mapping = pipeline.mapping(connection, object);
  if (!mapping) return null;
  return mapping.map(payload, (await pipeline.contexts([connection]))(connection));
}
