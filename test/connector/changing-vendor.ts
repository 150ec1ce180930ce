import type { OpenStream, Position, SourceRecord } from "journey-hub/connector";

/** One change in a vendor's account: stamped when it is made, to the second, and to be seen `lateMs` after. */
export interface Change {
  id: string;
  atMs: number;
  lateMs: number;
}

export interface VendorTraits {
  pageSize?: number;
  lookBackMs?: number;
  stragglers?: { byMs: number; everyMs: number };
  /** The mistake of asking for what is newer than the last stamp, by the stamp alone. */
  losesTies?: boolean;
  /** Whether its answers tell its time, and how far that is ahead of the hub's. */
  tellsTime?: boolean;
  aheadMs?: number;
}

export interface ChangingVendor {
  stream: OpenStream;
  now(): number;
  advance(ms: number): void;
  /** Version of each record that a complete reading has seen in the end. */
  newest(): Map<string, number>;
}

interface Version extends Change {
  at: string;
  version: number;
}

/** An account whose records change while it is read: pages by id, changes by (stamp, id); each shows a record's present version alone. */
export function changingVendor(startMs: number, changes: readonly Change[], traits: VendorTraits = {}): ChangingVendor {
  const { pageSize = 2, lookBackMs, losesTies = false, aheadMs, stragglers } = traits;
  let nowMs = startMs;
  const versions = changes
    .toSorted((left, right) => left.atMs - right.atMs)
    .map((change, version): Version => ({ ...change, version, at: new Date(stampOf(change.atMs)).toISOString() }));

  /** Present versions; of a record's visible ones, the one made last. */
  function present(atMs: number): Version[] {
    const byId = new Map<string, Version>();
    for (const version of versions) if (version.atMs + version.lateMs <= atMs) byId.set(version.id, version);
    return [...byId.values()];
  }

  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
    newest: () => new Map(present(Number.POSITIVE_INFINITY).map(({ id, version }) => [id, version])),
    stream: {
      object: "contacts",
      ...(lookBackMs === undefined ? {} : { lookBackMs }),
      ...(stragglers === undefined ? {} : { stragglers }),
      ...(aheadMs === undefined ? {} : { vendorAheadMs: () => aheadMs }),
      async pages({ after }) {
        const rest = present(nowMs)
          .filter(({ id }) => after === null || id > after)
          .sort((left, right) => (left.id < right.id ? -1 : 1));
        const records = rest.slice(0, pageSize);
        return { records: records.map(asRecord), next: rest.length > pageSize ? (records.at(-1)?.id ?? null) : null };
      },
      async changes({ since }) {
        const rest = present(nowMs).filter((version) => isAfter(version, since, losesTies));
        rest.sort((left, right) => compare(left, right));
        const records = rest.slice(0, pageSize);
        const last = records.at(-1);
        return {
          records: records.map(asRecord),
          next: rest.length > pageSize && last ? { at: last.at, id: last.id } : null,
        };
      },
    },
  };
}

const stampOf = (ms: number): number => Math.floor(ms / 1_000) * 1_000;

const compare = (left: { at: string; id: string }, right: { at: string; id: string }): number =>
  left.at < right.at || (left.at === right.at && left.id < right.id) ? -1 : 1;

function isAfter(version: Version, since: Position, losesTies: boolean): boolean {
  if (since.id === null) return version.at >= since.at;
  if (losesTies) return version.at > since.at;
  return version.at > since.at || (version.at === since.at && version.id > since.id);
}

const asRecord = ({ id, at, version }: Version): SourceRecord => ({ id, at, deleted: false, payload: { version } });
