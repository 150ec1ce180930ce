/**
 * A value made when it is first asked for, and kept. Where making it throws, the next who asks tries again.
 * @example const tables = once(() => readTables()); tables(); tables(); // read once
 */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
