import type { DivisibleLimit, Units } from "../../connector/index.ts";

/** What a process has of an account's limits, and whether it would have some. */
export interface Holder {
  id: string;
  /** What it may use. */
  held: Units;
  /** How much of each limit counts with the vendor. */
  inUse: Units;
  wants: boolean;
}

/** What another process keeps of the limits, as its row says. */
export interface OtherHolder {
  id: string;
  kept: Units;
  /** Whether it is at work: it is given a part then. */
  takesPart: boolean;
  /** From when on what it keeps is free, epoch ms; by how long the vendor counts a call, later. Infinity for one at work. */
  freeFrom: number;
}

/** The next step of one process towards its part. */
export interface SharePlan {
  /** What it may use: the part that is less at once, the part that is more when its row says so. */
  held: Units;
  /** What its row says: never less than it uses. */
  kept: Units;
  /** Whether it takes what it did not hold: no other process may take at the same moment. */
  takes: boolean;
  /** Whether it has its part, and keeps no more. */
  isSettled: boolean;
}

/** Where there are fewer units than processes they go round: each has them for so long. */
const turnMs = 10_000;

/**
 * Divides limits evenly among those at work. What others keep is never taken, so that all together never use more than there is: who
 * has too much gives it up first, as calls end and leave the vendor's window, and a newcomer begins with what is left. Pure.
 */
export function planShare(
  limits: readonly DivisibleLimit[],
  own: Holder,
  others: readonly OtherHolder[],
  now: number,
): SharePlan {
  const ids = [own.id, ...others.filter(({ takesPart }) => takesPart).map(({ id }) => id)].sort();
  const place = { rank: ids.indexOf(own.id), of: ids.length };
  const steps = limits.map((limit) => {
    const due = own.wants ? fairPart(limit.units, place, now) : 0;
    const held = Math.max(0, Math.min(due, limit.units - keptByOthers(limit, others, now)));
    return { name: limit.name, due, held, kept: Math.max(held, own.inUse[limit.name] ?? 0) };
  });
  return {
    held: byName(steps, ({ held }) => held),
    kept: byName(steps, ({ kept }) => kept),
    takes: steps.some(({ name, held }) => held > (own.held[name] ?? 0)),
    isSettled: steps.every(({ due, held, kept }) => held === due && kept === held),
  };
}

function keptByOthers({ name, windowMs }: DivisibleLimit, others: readonly OtherHolder[], now: number): number {
  const keeping = others.filter(({ freeFrom }) => now < freeFrom + windowMs);
  return keeping.reduce((sum, { kept }) => sum + (kept[name] ?? 0), 0);
}

/** Whole units, the odd ones for the first; where there are too few for all, for each of them in turn. */
function fairPart(units: number, { rank, of }: { rank: number; of: number }, now: number): number {
  if (units >= of) return Math.floor(units / of) + (rank < units % of ? 1 : 0);
  const turn = Math.floor(now / turnMs);
  return (rank + turn) % of < units ? 1 : 0;
}

function byName<T extends { name: string }>(steps: readonly T[], value: (step: T) => number): Units {
  return Object.fromEntries(steps.map((step) => [step.name, value(step)]));
}
