import { createStoredKeys, type StoredKeys } from "./block/stored-keys.ts";
import { type Comparable, comparableOf, type PartyKind } from "./comparable.ts";
import type { Party } from "./group/claims.ts";
import type { MatchRules } from "./match-rules.ts";
import type { IdentityRules } from "./rules.ts";
import { createScorer, type Match, type Scorer } from "./score/score.ts";

/** How party records are found and scored that could be one customer though they share no claim. */
export interface Matching {
  /** Changes whenever another comparable, key or score could come of the same record. */
  version: string;
  /** What is compared of a party; null where nothing is. */
  comparableOf(party: Party): Comparable | null;
  /** A comparable as it was kept: the JSON of its fields. Equal ones are read and made ready for scoring once. */
  restored(kind: PartyKind, document: string): Comparable;
  /** Under what it is looked for; nothing where the rules do not score its kind (any more). */
  keysOf(comparable: Comparable): StoredKeys;
  /** Both must be of one kind; null where the rules do not score it (any more). */
  score(a: Comparable, b: Comparable): Match | null;
  /** The score where it is kept, for people to look at if not to join by; null of all others, which are most. */
  keptScore(a: Comparable, b: Comparable): Match | null;
  /** Whether the score joins by itself. */
  joins(kind: PartyKind, probability: number): boolean;
  /** Whether two records cannot be one party whatever else they share. */
  conflict(a: Comparable, b: Comparable): boolean;
}

const noKeys: StoredKeys = new Map();

interface Side {
  rules: MatchRules;
  scorer: Scorer;
  keysOf(comparable: Comparable): StoredKeys;
}

/** What an identity file says of scoring, ready for use; null where it says nothing of it. */
export function createMatching(identity: IdentityRules): Matching | null {
  const { model } = identity;
  const side = (kind: PartyKind): Side | null => {
    const rules = identity[kind].match;
    if (!rules || !model) return null;
    return { rules, scorer: createScorer(rules, model[kind]), keysOf: createStoredKeys(kind, rules) };
  };
  const sides = { person: side("person"), company: side("company") };
  if (!sides.person && !sides.company) return null;
  const keys = new WeakMap<Comparable, StoredKeys>();
  return {
    version: identity.version,
    comparableOf: (party) => (sides[party.kind] ? comparableOf(party) : null),
    restored: createRestorer(),
    keysOf(comparable) {
      const known = keys.get(comparable);
      if (known) return known;
      const made = sides[comparable.kind]?.keysOf(comparable) ?? noKeys;
      keys.set(comparable, made);
      return made;
    },
    score: (a, b) => sides[a.kind]?.scorer.score(a, b) ?? null,
    keptScore(a, b) {
      const side = sides[a.kind];
      return side ? side.scorer.scoreFrom(a, b, side.rules.review) : null;
    },
    // Scores that were kept by other rules join no kind that is not scored any more.
    joins: (kind, probability) => probability >= (sides[kind]?.rules.merge ?? Number.POSITIVE_INFINITY),
    conflict: (a, b) => a.kind !== b.kind || (sides[a.kind]?.scorer.conflict(a, b) ?? null) !== null,
  };
}

/** How many comparables of a kind are kept ready before they are forgotten. */
const restoredMax = 20_000;
/** Longer ones hardly come again, and so many of them would take all the memory there is. */
const restoredLetters = 2_000;

function createRestorer(): Matching["restored"] {
  const knownOf = { person: new Map<string, Comparable>(), company: new Map<string, Comparable>() };
  return (kind, document) => {
    const known = knownOf[kind];
    const found = known.get(document);
    if (found) return found;
    const made: Comparable = { kind, fields: JSON.parse(document) as Comparable["fields"] };
    if (document.length > restoredLetters) return made;
    if (known.size >= restoredMax) known.clear();
    known.set(document, made);
    return made;
  };
}
