/** What is known of objects for an hour: then it is looked at anew, so that what was changed in the org shows without a restart. */
export interface HourlyMemory {
  has(object: string): boolean;
  add(object: string): void;
}

const keptMs = 3_600_000;

export function openHourlyMemory(now: () => number): HourlyMemory {
  const until = new Map<string, number>();
  return {
    has: (object) => now() < (until.get(object) ?? 0),
    add: (object) => void until.set(object, now() + keptMs),
  };
}
