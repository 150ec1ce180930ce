import type { OpenConnection, OpenStream } from "../connector/index.ts";

type Streams = Readonly<Record<string, OpenStream>>;

/**
 * A connection whose streams are its connector's and those of the objects that only mapping files name: the account's own. `mapped` is asked
 * each time, as files may change while the hub runs; it gives the same list while they do not.
 */
export function withOwnObjects(open: OpenConnection, mapped: () => readonly string[]): OpenConnection {
  const { streams, customStreams } = open;
  if (!customStreams) return open;
  const declared = new Set(Object.values(streams).map(({ object }) => object));
  const made = new Map<string, Streams | null>();
  const streamsOf = (object: string): Streams | null => {
    const known = made.get(object);
    if (known !== undefined) return known;
    const fresh = customStreams(object);
    made.set(object, fresh);
    return fresh;
  };
  let last: { objects: readonly string[]; streams: Streams } | null = null;
  return {
    ...open,
    get streams() {
      const objects = mapped();
      if (last?.objects === objects) return last.streams;
      const own = objects.filter((object) => !declared.has(object)).map(streamsOf);
      last = { objects, streams: own.some((each) => each !== null) ? Object.assign({}, streams, ...own) : streams };
      return last.streams;
    },
  };
}
