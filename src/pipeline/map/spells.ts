import { forEver } from "../../model/during.ts";
import type { MappedVersion, StatedAssociation } from "../../model/record.ts";

interface Spells {
  /** What this record stated by the version before: what stands and what has ended. */
  earlier: readonly StatedAssociation[];
  /** True of a key under which companies are kept. */
  isCompany(recordKey: string): boolean;
}

/**
 * What a version states, with the companies its person has left: each from when to when. They are told by one version after the other,
 * as the vendor's history gives them, so that how versions came together in batches says nothing. At the first company that is known of
 * a person they were from ever: most are entered before somebody says whose they are, and what they did till then is that company's.
 */
export function withSpells(
  version: MappedVersion & { movedAt: string },
  stated: readonly StatedAssociation[],
  { earlier, isCompany }: Spells,
): StatedAssociation[] {
  const { mapped, movedAt } = version;
  if (mapped.kind !== "contact" || earlier.length === 0) return [...stated];
  const standing = new Map(earlier.filter(isStanding).map((row) => [row.to_key, row]));
  const isFirst = !earlier.some(({ to_key }) => isCompany(to_key));
  const begun = stated.map((row): StatedAssociation => {
    const held = standing.get(row.to_key);
    if (held) return { ...row, valid_from: held.valid_from };
    return !isFirst && isCompany(row.to_key) ? { ...row, valid_from: movedAt } : row;
  });
  const kept = new Set(stated.map(({ to_key }) => to_key));
  // Who came and went at one instant was not there.
  const left = [...standing.values()].filter(
    ({ to_key, valid_from }) => !kept.has(to_key) && valid_from < movedAt && isCompany(to_key),
  );
  const ended = earlier.filter((row) => !isStanding(row));
  return [...begun, ...left.map((row) => ({ ...row, valid_to: movedAt })), ...ended];
}

/** The companies that a person left and came to at an instant, by what was stated before it and since. */
export function movesAt(
  at: string,
  stated: readonly StatedAssociation[],
  { earlier, isCompany }: Spells,
): { from: string[]; to: string[] } {
  const textOf = ({ to_key, valid_from, valid_to }: StatedAssociation) => `${to_key} ${valid_from} ${valid_to}`;
  const known = new Set(earlier.map(textOf));
  const fresh = stated.filter((row) => isCompany(row.to_key) && !known.has(textOf(row)));
  const keysOf = (rows: StatedAssociation[]) => rows.map(({ to_key }) => to_key).sort();
  return {
    from: keysOf(fresh.filter(({ valid_to }) => valid_to === at)),
    to: keysOf(fresh.filter(({ valid_from }) => valid_from === at)),
  };
}

function isStanding({ valid_to }: StatedAssociation): boolean {
  return valid_to === forEver;
}
