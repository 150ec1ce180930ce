import { type OpenStream, SourceError } from "journey-hub/connector";

export interface NumberedVendor {
  stream: OpenStream;
  /** Every question, as it was asked: `3..9`, `9..` without an end, `last`. */
  asked: string[];
  /** The most questions that were open at a time. */
  crowd(): number;
  /** Ids that came and went since. */
  ids: Set<number>;
}

export interface NumberedTraits {
  ids: Iterable<number>;
  pageSize?: number;
  atOnce?: number;
  /** What the vendor says its last id is; "refused": it does not say. */
  last?: string | null | "refused";
  /** The page that begins behind this id cannot be read. */
  brokenBehind?: number;
}

/** A vendor whose records have whole numbers for ids, and which is asked for stretches of them; answers come a turn later. */
export function numberedVendor({ pageSize = 10, atOnce = 4, ...traits }: NumberedTraits): NumberedVendor {
  const ids = new Set(traits.ids);
  const asked: string[] = [];
  let open = 0;
  let crowd = 0;
  const answer = async <T>(question: string, read: () => T): Promise<T> => {
    asked.push(question);
    open += 1;
    crowd = Math.max(crowd, open);
    await new Promise((turn) => setImmediate(turn));
    open -= 1;
    return read();
  };
  const stream: OpenStream = {
    object: "contacts",
    sweep: { order: "number" },
    ranges: {
      atOnce,
      lastId: () =>
        answer("last", () => {
          if (traits.last === "refused") throw new SourceError("stop", "no aggregates for this role");
          return traits.last === undefined ? String(Math.max(...ids)) : traits.last;
        }),
    },
    pages: ({ after, upTo }) =>
      answer(`${after ?? ""}..${upTo ?? ""}`, () => {
        const [low, high] = [Number(after ?? -1), Number(upTo ?? Number.POSITIVE_INFINITY)];
        if (low === traits.brokenBehind) throw new SourceError("retry", "no answer after every attempt");
        const rest = [...ids].filter((id) => id > low && id <= high).sort((left, right) => left - right);
        const page = rest.slice(0, pageSize);
        const records = page.map((id) => ({ id: String(id), at: null, deleted: false, payload: {} }));
        return { records, next: rest.length > pageSize ? String(page.at(-1)) : null };
      }),
  };
  return { stream, asked, ids, crowd: () => crowd };
}
