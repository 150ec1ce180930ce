/**
 * The same function with its last answers kept in mind: for one that is asked of the same texts again and again. Once there are `keptMax`
 * of them all are forgotten, so that what comes in waves costs no more than it must. Long texts, which hardly come again, are not kept: what is
 * kept takes a few megabytes at most, whatever anybody sends.
 * @example remembered((name) => name.normalize("NFKD"), 10_000)
 */
export function remembered<T>(make: (text: string) => T, keptMax: number): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (text.length > charactersMax) return made;
    if (known.size >= keptMax) known.clear();
    known.set(text, made);
    return made;
  };
}

const charactersMax = 200;
