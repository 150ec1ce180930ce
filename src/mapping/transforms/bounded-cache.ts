/**
 * Remembers answers by key, at most `size` of the newest and as many older ones: two generations instead of a list in order of use,
 * because a hit must cost no more than a look-up. An answer is a text, or null for "none".
 */
export function boundedCache(size: number): (key: string, answer: () => string | undefined) => string | undefined {
  let young = new Map<string, string | null>();
  let old = new Map<string, string | null>();
  return (key, answer) => {
    const fresh = young.get(key);
    if (fresh !== undefined) return fresh ?? undefined;
    const older = old.get(key);
    const value = older === undefined ? (answer() ?? null) : older;
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
    return value ?? undefined;
  };
}
