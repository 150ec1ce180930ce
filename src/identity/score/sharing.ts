import type { MatchRules } from "../match-rules.ts";

/** Something that several parties share, as scoring looks at it. */
export interface Sharing {
  name: string;
  /** By comparison: 1 where agreement on the field is explained by the sharing. */
  explained: Uint8Array;
  /** Place of the comparison that names what is shared; -1 where none does. */
  by: number;
  /** How many share it was learned, so that they are the more, the more frequent the value is that names it. */
  isLearned: boolean;
  /** Odds, in bits, that two records who share it are one party's before the other fields are looked at. */
  bits: number;
}

/** The sharings of the rules, ready for use; how common each is says the model, or else the rules. */
export function sharingsOf(
  { shared, comparisons }: Pick<MatchRules, "shared" | "comparisons">,
  learned: Readonly<Record<string, number>>,
): Sharing[] {
  return shared.map(({ name, of, by, mates }) => ({
    name,
    by: comparisons.findIndex(({ field }) => field === by),
    isLearned: learned[name] !== undefined,
    explained: Uint8Array.from(comparisons, ({ field }) => (of.includes(field) ? 1 : 0)),
    bits: -Math.log2(learned[name] ?? mates),
  }));
}

/**
 * Odds, in bits, against all explanations together: that the two are any two parties, and that they are two who share something, of whom
 * only the fields that the sharing does not explain can tell.
 * @param bits odds against any two, all fields counted
 * @param outside what the fields say that a sharing does not explain, by sharing; infinite where the two do not share it
 */
export function combinedBits(bits: number, sharings: readonly Sharing[], outside: readonly number[]): number {
  let against = 2 ** -bits;
  for (let n = 0; n < sharings.length; n++) against += 2 ** -((sharings[n]?.bits ?? 0) + (outside[n] ?? 0));
  return -Math.log2(against);
}

/** The sharing that leaves the two least probably one party. */
export function foremost(sharings: readonly Sharing[], outside: readonly number[]): string {
  let found = "";
  let least = Number.POSITIVE_INFINITY;
  for (const [n, { name, bits }] of sharings.entries()) {
    const left = bits + (outside[n] ?? 0);
    if (left < least) [found, least] = [name, left];
  }
  return found;
}
