import type { KeyIndex } from "../block/key-index.ts";
import { eachCandidates } from "../block/key-index.ts";

/** Pairs of records to learn from, by their numbers. */
export interface TrainingPairs {
  left: Int32Array;
  right: Int32Array;
  /** By pair: one bit for each blocking rule that led the two together; 0 for pairs drawn at random. */
  rules: Int32Array;
  /** By pair: how many pairs it stands for. */
  weights: Float64Array;
}

/** Pairs that share keys of several rules are most of the matches; of the many that share one key fewer are enough. */
const severalRulesMax = 60_000;
const oneRuleMax = 20_000;

/** Draws from the pairs that blocking leads together; which, depends on the records and the seed alone. */
export function drawCandidates(index: KeyIndex, seed: number): TrainingPairs {
  const counts = { one: 0, several: 0 };
  eachCandidates(index, (_, { others, count, sharedRules }) => {
    for (let at = 0; at < count; at++) counts[isOne(sharedRules[others[at] ?? 0] ?? 0) ? "one" : "several"]++;
  });
  const share = { one: Math.min(1, oneRuleMax / counts.one), several: Math.min(1, severalRulesMax / counts.several) };
  const drawn: [left: number, right: number, rules: number, weight: number][] = [];
  eachCandidates(index, (n, { others, count, sharedRules }) => {
    for (const other of others.slice(0, count).sort()) {
      const rules = sharedRules[other] ?? 0;
      const chance = share[isOne(rules) ? "one" : "several"];
      if (chance >= 1 || chanceOf(seed, n, other) < chance) drawn.push([n, other, rules, 1 / chance]);
    }
  });
  return {
    left: Int32Array.from(drawn, ([left]) => left),
    right: Int32Array.from(drawn, ([, right]) => right),
    rules: Int32Array.from(drawn, ([, , rules]) => rules),
    weights: Float64Array.from(drawn, ([, , , weight]) => weight),
  };
}

const isOne = (rules: number): boolean => (rules & (rules - 1)) === 0;

const randomMax = 40_000;

/** Pairs drawn at random from all; all of them where they are few. */
export function drawRandom(records: number, seed: number): TrainingPairs {
  const all = (records * (records - 1)) / 2;
  const drawn: [number, number][] = [];
  if (all <= randomMax) {
    for (let a = 0; a < records; a++) for (let b = a + 1; b < records; b++) drawn.push([a, b]);
  } else {
    for (let n = 0; n < randomMax; n++) {
      const a = Math.floor(chanceOf(seed, n, 1) * records);
      const b = Math.floor(chanceOf(seed, n, 2) * (records - 1));
      drawn.push([a, b < a ? b : b + 1]);
    }
  }
  return {
    left: Int32Array.from(drawn, ([left]) => left),
    right: Int32Array.from(drawn, ([, right]) => right),
    rules: new Int32Array(drawn.length),
    weights: new Float64Array(drawn.length).fill(1),
  };
}

/** A number in [0, 1) that looks random and is always the same for the same three. */
function chanceOf(seed: number, a: number, b: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(a + 1, 0xc2b2ae35) ^ Math.imul(b + 1, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}
