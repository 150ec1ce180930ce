/** The element at a position that must exist; a RangeError says which list was too short. */
export function elementAt<T>(list: readonly T[], at: number): T {
  if (at < 0 || at >= list.length) throw new RangeError(`No element ${at} in a list of ${list.length}.`);
  // The bounds are checked above, so `undefined` can only be a value of T itself.
  return list[at] as T;
}
