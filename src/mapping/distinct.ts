/** When two items are the same: told directly among a few of them, by a key among many. */
export interface Same<Item> {
  isSame(one: Item, other: Item): boolean;
  keyOf(item: Item): unknown;
}

/** Up to here, comparing each with each costs less than a set with its keys. */
const fewMax = 8;

/** Items without doubles: the first of the same stays. @example distinct(["a", "b", "a"], byKey((text) => text)) // ["a", "b"] */
export function distinct<Item>(items: Item[], same: Same<Item>): Item[] {
  if (items.length < 2) return items;
  return items.length <= fewMax ? distinctFew(items, same) : distinctMany(items, same);
}

/** Items are the same when their keys are. */
export function byKey<Item>(keyOf: (item: Item) => unknown): Same<Item> {
  return { keyOf, isSame: (one, other) => keyOf(one) === keyOf(other) };
}

function distinctFew<Item>(items: readonly Item[], same: Same<Item>): Item[] {
  const kept: Item[] = [];
  for (const item of items) {
    if (!isAmong(kept, item, same)) kept.push(item);
  }
  return kept;
}

function isAmong<Item>(kept: readonly Item[], item: Item, { isSame }: Same<Item>): boolean {
  for (const other of kept) {
    if (isSame(other, item)) return true;
  }
  return false;
}

function distinctMany<Item>(items: readonly Item[], { keyOf }: Same<Item>): Item[] {
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const key = keyOf(item);
    return !seen.has(key) && seen.add(key);
  });
}
