import { elementAt } from "./lists.ts";

/** Chance with a memory: the same seed gives the same world on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  /** An independent sequence of its own, so that a change in one part of the world leaves the others as they were. */
  fork(name: string): Random;
}

/**
 * A seeded generator (mulberry32), good enough for a demo's chance and nothing else.
 * @example createRandom(7).int(1, 6) // always the same throw
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => elementAt(list, int(0, list.length - 1)),
    shuffled: (list) => shuffle(list, int),
    fork: (name) => createRandom(seedOf(`${seed}/${name}`)),
  };
}

function shuffle<T>(list: readonly T[], int: Random["int"]): T[] {
  const shuffled = [...list];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = int(0, last);
    const kept = elementAt(shuffled, last);
    shuffled[last] = elementAt(shuffled, other);
    shuffled[other] = kept;
  }
  return shuffled;
}

/** FNV-1a. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
