import { createRandom, type Random, type TroubleSchedule, troubleLevels } from "journey-hub/connector/testing";
import type { NetsuiteBehaviour } from "../options.ts";
import { behaviourUnder, skewUnder } from "./nature.ts";

/** Which troubles an account shows at present, and how often. */
export interface Mood {
  beset(schedule: TroubleSchedule): void;
  shows(name: string): boolean;
  /** The share of happenings, and of chances between requests, that are trouble. */
  share(): number;
  /** How far the account's clock is ahead. */
  skewMs(): number;
  /** Chance of what happens between requests. */
  chance(): Random;
  behaviour(pageSize: number): NetsuiteBehaviour;
}

/** A mood without trouble. */
export function createMood(): Mood {
  let schedule: TroubleSchedule = { seed: 0, level: "none" };
  let between = createRandom(0);
  let skewMs = 0;
  const shows = (name: string) => schedule.level !== "none" && (schedule.only?.includes(name) ?? true);
  return {
    beset(next) {
      schedule = next;
      const chance = createRandom(next.seed);
      between = chance.fork("between requests");
      skewMs = skewUnder(shows, chance.fork("clock"));
    },
    shows,
    share: () => troubleLevels[schedule.level],
    skewMs: () => skewMs,
    chance: () => between,
    behaviour: (pageSize) => behaviourUnder(shows, createRandom(schedule.seed).fork("ties"), pageSize),
  };
}
