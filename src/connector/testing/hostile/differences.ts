import type { Held, Landing, Ledger } from "./ledger.ts";

export const differenceKinds = ["missing", "stale", "extra", "doubled"] as const;
/**
 * - `missing`: the account has it, the ledger does not, or holds it for deleted.
 * - `stale`: the ledger holds another content than a fresh read of the whole account gives.
 * - `extra`: the ledger holds it for live, the account does not have it.
 * - `doubled`: the ledger stored a content again that the vendor did not give again, or a whole read gives a record more than once.
 */
export type DifferenceKind = (typeof differenceKinds)[number];

/** A record on which the ledger and the account differ, with what a person needs to find the cause. */
export interface Difference {
  kind: DifferenceKind;
  object: string;
  id: string;
  about: string;
  /** When it landed, and what came of it. */
  landings: readonly Landing[];
}

export interface ObjectCounts extends Record<DifferenceKind, number> {
  compared: number;
}

/** What is compared: the ledger of the trial, a fresh read of the whole, and what the account says it has. */
export interface Comparison {
  ledger: Ledger;
  whole: Ledger;
  truth: ReadonlyMap<string, ReadonlySet<string>>;
  served: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** `object id` of records that the whole read gave more than once. */
  repeated: ReadonlySet<string>;
}

/** Every record on which ledger, whole read and account differ, and how many were compared. */
export function compare(sides: Comparison): { objects: Record<string, ObjectCounts>; differences: Difference[] } {
  const names = new Set([...sides.truth.keys(), ...sides.ledger.held().keys(), ...sides.whole.held().keys()]);
  const differences: Difference[] = [];
  const objects: Record<string, ObjectCounts> = {};
  for (const object of [...names].sort()) {
    const ids = new Set([
      ...(sides.truth.get(object) ?? []),
      ...sides.ledger.live(object),
      ...sides.whole.live(object),
    ]);
    const found = [...ids].sort().flatMap((id) => differencesOf(sides, object, id));
    differences.push(...found);
    const counts: ObjectCounts = { compared: ids.size, missing: 0, stale: 0, extra: 0, doubled: 0 };
    for (const { kind } of found) counts[kind] += 1;
    objects[object] = counts;
  }
  return { objects, differences };
}

function differencesOf(sides: Comparison, object: string, id: string): Difference[] {
  const kept = sides.ledger.held().get(object)?.get(id);
  const fresh = sides.whole.held().get(object)?.get(id);
  const isThere = sides.truth.get(object)?.has(id) ?? false;
  const found: [DifferenceKind, string][] = [
    ...presence({ kept, fresh, isThere }),
    ...(kept && fresh && isThere ? staleness(kept, fresh) : []),
    ...doubling(sides, object, id),
  ];
  return found.map(([kind, about]) => ({ kind, object, id, about, landings: kept?.landings ?? [] }));
}

const isLive = (held: Held | undefined): boolean => held !== undefined && !held.deleted;

function presence(side: {
  kept: Held | undefined;
  fresh: Held | undefined;
  isThere: boolean;
}): [DifferenceKind, string][] {
  const alsoWhole = isLive(side.fresh) === side.isThere ? "" : "; a fresh read of the whole has it wrong as well";
  const onlyWhole =
    isLive(side.fresh) === side.isThere ? null : "right in the ledger, wrong in a fresh read of the whole";
  if (side.isThere && !isLive(side.kept)) {
    const how = side.kept ? "the ledger holds it for deleted" : "it never landed";
    return [["missing", `${how}${alsoWhole}`]];
  }
  if (!side.isThere && isLive(side.kept)) return [["extra", `it is not in the account${alsoWhole}`]];
  return onlyWhole === null ? [] : [[side.isThere ? "missing" : "extra", onlyWhole]];
}

function staleness(kept: Held, fresh: Held): [DifferenceKind, string][] {
  if (kept.deleted || fresh.deleted) return [];
  const paths = differingPaths(kept.payload, fresh.payload);
  return paths.length === 0 ? [] : [["stale", paths.slice(0, 5).join("; ")]];
}

function doubling(sides: Comparison, object: string, id: string): [DifferenceKind, string][] {
  const key = `${object} ${id}`;
  if (sides.repeated.has(key)) return [["doubled", "a fresh read of the whole gave it more than once"]];
  const given = sides.served.get(key);
  const stored = sides.ledger.held().get(object)?.get(id)?.stored ?? new Map<string, number>();
  const again = [...stored].find(([state, times]) => times > (given?.get(state) ?? 0));
  return again
    ? [["doubled", `stored ${again[1]} times, but given ${given?.get(again[0]) ?? 0} times: ${again[0]}`]]
    : [];
}

/** Where two JSON values differ, each as `path: kept ≠ fresh`; the order of keys does not count. */
function differingPaths(kept: unknown, fresh: unknown, path = ""): string[] {
  if (isObject(kept) && isObject(fresh)) {
    const keys = [...new Set([...Object.keys(kept), ...Object.keys(fresh)])].sort();
    return keys.flatMap((key) => differingPaths(kept[key], fresh[key], path === "" ? key : `${path}.${key}`));
  }
  const [left, right] = [JSON.stringify(kept), JSON.stringify(fresh)];
  return left === right ? [] : [`${path}: ${left} ≠ ${right}`];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
