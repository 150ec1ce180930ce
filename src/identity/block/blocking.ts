import type { Comparable } from "../comparable.ts";
import type { MatchRules } from "../match-rules.ts";
import { type BlockPart, partValues } from "./block-parts.ts";

/** What a party has of keys of one rule at most: a party with many addresses does not meet everybody. */
export const keysOfRuleMax = 12;

/** Keys under which a party is looked for: `<kind>|<rule>|<value>`, distinct, sorted. */
export function blockKeysOf(comparable: Comparable, rules: Pick<MatchRules, "blocking">): string[] {
  return keysByRule(comparable, rules).flat().sort();
}

/** The keys by rule: each combination of its parts' values, the first in alphabetical order where there are too many. */
export function keysByRule({ kind, fields }: Comparable, { blocking }: Pick<MatchRules, "blocking">): string[][] {
  const known = new Map<BlockPart, readonly string[]>();
  const valuesOf = (part: BlockPart): readonly string[] => {
    const values = known.get(part) ?? partValues(fields, part);
    known.set(part, values);
    return values;
  };
  return blocking.map(({ name, of }) => {
    let keys = [`${kind}|${name}`];
    for (const part of of) {
      const values = valuesOf(part);
      if (values.length === 0) return [];
      keys = keys.flatMap((key) => values.map((value) => `${key}|${value}`));
    }
    return keys.length > keysOfRuleMax ? keys.sort().slice(0, keysOfRuleMax) : keys;
  });
}
