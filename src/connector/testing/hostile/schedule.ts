import { createRandom, type Random } from "../adventureworks/random.ts";

/** Where a run is killed: in its `batch`-th batch, before anything of it is kept, with half its records kept, or after its commit. */
export interface Kill {
  batch: number;
  when: "before" | "half" | "after";
}

/** One sync of all streams, and what happens around it. */
export interface SyncPlan {
  /** What passes before it. */
  restMs: number;
  /** How much happens in the account meanwhile. */
  happenings: number;
  kill: Kill | null;
  /** Of each page asked for, the chance that it fails for good and ends the stream's run. */
  failures: number;
  /** Chooses what happens, and how much time passes, between its pages. */
  seed: number;
}

/** What a connector lives through, drawn from one seed. */
export interface Schedule {
  startAt: string;
  troubled: readonly SyncPlan[];
  /** How long passes before each of the syncs afterwards, when the account is well-behaved again and nothing happens in it. */
  quietMs: readonly number[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const syncsMin = 3;
const syncsMax = 6;
/** Polls as people set them, an hour missed, a night without the hub. */
const restsMs = [minuteMs, 2 * minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs, 7 * hourMs];
const killShare = 0.3;
const failureShare = 0.01;

/** Draws what a connector lives through; the same seed, the same story. Begins at any hour of the year, so that days and zones differ. */
export function scheduleOf(seed: number): Schedule {
  const chance = createRandom(seed).fork("schedule");
  const startMs = Date.UTC(2026, 0, 15) + chance.int(0, 320 * 24 * 60) * minuteMs;
  const troubled = Array.from({ length: chance.int(syncsMin, syncsMax) }, () => syncOf(chance));
  // What was interrupted is taken up again; look-backs, lags and re-reads of a day have come round; and what a run leaves is read too.
  const quietMs = [5 * minuteMs, 25 * hourMs, hourMs];
  return { startAt: new Date(startMs).toISOString(), troubled, quietMs };
}

function syncOf(chance: Random): SyncPlan {
  const kill: Kill = { batch: chance.int(1, 16), when: chance.pick(["before", "half", "after"]) };
  return {
    restMs: chance.pick(restsMs) + chance.int(0, 59_999),
    happenings: chance.int(0, 25),
    kill: chance.chance(killShare) ? kill : null,
    failures: failureShare,
    seed: chance.int(0, 2 ** 31 - 1),
  };
}

/** The same story without a kill or a failure, up to the first sync after the troubles: what it costs at least. */
export function undisturbed({ startAt, troubled, quietMs }: Schedule): Schedule {
  const calm = troubled.map((sync) => ({ ...sync, kill: null, failures: 0 }));
  return { startAt, troubled: calm, quietMs: quietMs.slice(0, 1) };
}
