import type { Comparable, PartyKind } from "../comparable.ts";
import type { MatchRules } from "../match-rules.ts";
import { createKeyHashes } from "./key-hashes.ts";

/** The rule that a stored key is of. */
export interface KeyRule {
  /** `<kind>|<rule>` */
  name: string;
  /** On how many records its keys may be; on more they are over-full and find nobody. */
  cap: number;
}

/** The keys of a record, and the rule of each. */
export type StoredKeys = ReadonlyMap<number, KeyRule>;

/**
 * Block keys as they are stored: whole numbers of 53 bits, which take a third of the texts' room and which JSON and both databases hold as
 * they are. The first of them come of the value of the rule's leading part, so that the keys of a record lie on fewer pages of their table.
 * Among ten million of which one value leads a twentieth the chance that any two are taken for one is one in four; then two records are
 * scored for nothing.
 */
export function createStoredKeys(
  kind: PartyKind,
  { blocking }: Pick<MatchRules, "blocking">,
): (record: Comparable) => StoredKeys {
  const eachKey = createKeyHashes({ blocking });
  const rules = blocking.map(({ name, cap }): KeyRule => ({ name: `${kind}|${name}`, cap }));
  return (record) => {
    const keys = new Map<number, KeyRule>();
    eachKey(record, (low, high, n, lead) => {
      const rule = rules[n];
      if (rule) keys.set((((lead >>> 18) << 7) | (high >>> 25)) * 2 ** 32 + (low >>> 0), rule);
    });
    return keys;
  };
}
