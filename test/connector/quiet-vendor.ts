import { compareIds, type OpenStream, type SourceRecord } from "journey-hub/connector";

export interface Quiet {
  at: string;
  value: string;
}

/** An account in which things happen without a word: values change under the same stamp, records vanish. */
export interface QuietVendor {
  records: Map<string, Quiet>;
  stream: OpenStream;
  /** Every question: `pages 3`, `changes 2026-…`, `byId 1,2`. */
  asked: string[];
}

export interface QuietTraits {
  ids: readonly string[];
  pageSize?: number;
  everyMs?: number;
  sweeps?: boolean;
}

export const longAgo = "2026-01-01T00:00:00.000Z";

export function quietVendor({ ids, pageSize = 2, everyMs, sweeps = false }: QuietTraits): QuietVendor {
  const records = new Map(ids.map((id) => [id, { at: longAgo, value: "first" }]));
  const asked: string[] = [];
  const recordOf = (id: string): SourceRecord[] => {
    const found = records.get(id);
    return found ? [{ id, at: found.at, deleted: false, payload: { value: found.value } }] : [];
  };
  const sorted = () => [...records.keys()].sort((left, right) => compareIds("number", left, right));
  return {
    records,
    asked,
    stream: {
      object: "contacts",
      ...(everyMs === undefined ? {} : { reread: { everyMs } }),
      ...(sweeps ? { sweep: { order: "number" } as const } : {}),
      idsMax: 3,
      async pages({ after }) {
        asked.push(`pages ${after}`);
        const rest = sorted().filter((id) => after === null || compareIds("number", id, after) > 0);
        const page = rest.slice(0, pageSize);
        return { records: page.flatMap(recordOf), next: rest.length > pageSize ? (page.at(-1) ?? null) : null };
      },
      async changes({ since }) {
        asked.push(`changes ${since.at}`);
        return {
          records: sorted()
            .flatMap(recordOf)
            .filter(({ at }) => (at ?? "") >= since.at),
          next: null,
        };
      },
      async byId(wanted) {
        asked.push(`byId ${wanted.join(",")}`);
        return wanted.flatMap(recordOf);
      },
    },
  };
}
