import { type ByIdRequest, type Lane, type OpenStream, SourceError, type SourceRecord } from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import { type PastOf, readPasts } from "../../pipeline/pull/history.ts";
import { goneRecord, received } from "../../pipeline/received.ts";
import { StoreError } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { fieldsToFetch } from "../rereads.ts";
import type { Failure } from "./failures.ts";
import { streamNamed } from "./names.ts";

/** A record that deliveries ask for, with those deliveries; null where they ask for nothing. */
export interface Unit {
  record: RawRecord | null;
  /** What goes before it in the same commit: what it was earlier, and records that were told with it. */
  earlier?: readonly RawRecord[];
  rows: Row<"inbox">[];
}

/** Deliveries that name a record to fetch: stream, as the sender names it → id → deliveries. */
export type Changed = Map<string, Map<string, Row<"inbox">[]>>;

const idsAtOnceDefault = 100;

/**
 * Fetches the records that deliveries only name, each once however many deliveries name it, in the vendor's batches, with their past. A
 * record that is no longer there is gone. A stream that fails leaves the others as they are; what is of no stream asks for nothing.
 */
export async function fetchChanged(
  hub: Hub,
  connection: HubConnection,
  { changed, lane }: { changed: Changed; lane: Lane },
): Promise<{ units: Unit[]; failures: Failure[] }> {
  const units: Unit[] = [];
  const failures: Failure[] = [];
  for (const [told, asked] of changed) {
    const ids = [...asked.keys()];
    const name = await streamNamed(connection, told).catch((cause: unknown) => {
      if (!(cause instanceof SourceError)) throw cause;
      for (const rows of asked.values()) failures.push({ rows, record: null, cause });
      return undefined;
    });
    if (name === undefined) continue;
    if (name === null) {
      for (const rows of asked.values()) units.push({ record: null, rows });
      continue;
    }
    const stream = connection.open.streams[name];
    const origin = { connection: connection.id, object: stream?.object ?? name };
    const failed = (ids: readonly string[], cause: unknown) => {
      for (const id of ids) {
        const rows = asked.get(id);
        if (rows) failures.push({ rows, record: goneRecord(origin, id), cause });
      }
    };
    if (!stream?.byId) {
      failed(ids, new SourceError("skip", `The stream ${name} cannot fetch records by id`));
      continue;
    }
    const fields = await fieldsToFetch(hub, connection, name);
    const of = { ...origin, store: hub.store, now: hub.now, stream, fields };
    const idsMax = stream.idsMax ?? idsAtOnceDefault;
    for (let start = 0; start < ids.length; start += idsMax) {
      const found = await fetchIds(stream, ids.slice(start, start + idsMax), { fields, lane }, failed);
      for (const { id, record, earlier } of await withoutHeld(of, found, { lane, failed })) {
        const landing = record ? received(origin, record) : goneRecord(origin, id);
        units.push({ record: landing, earlier, rows: asked.get(id) ?? [] });
      }
    }
  }
  return { units, failures };
}

type Failed = (ids: readonly string[], cause: unknown) => void;
type Found = [id: string, record: SourceRecord | null];

/** Each record that may land now with its past; those that must wait for theirs have failed for now. */
async function withoutHeld(
  of: PastOf,
  found: readonly Found[],
  { lane, failed }: { lane: Lane; failed: Failed },
): Promise<{ id: string; record: SourceRecord | null; earlier: readonly RawRecord[] }[]> {
  const present = found.flatMap(([, record]) => record ?? []);
  try {
    const { earlier, held } = await readPasts(of, present, lane);
    for (const [id, cause] of held) failed([id], cause);
    const free = found.filter(([id]) => !held.has(id));
    return free.map(([id, record]) => ({ id, record, earlier: earlier.get(id) ?? [] }));
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
    const ids = found.map(([id]) => id);
    failed(ids, cause);
    return [];
  }
}

/**
 * Records by the id asked for, null where there is none, and those that the vendor says went into them. A request the vendor refuses is
 * halved until the id at fault is alone. Throws StoreError.
 */
export async function fetchIds(
  stream: OpenStream,
  ids: readonly string[],
  request: ByIdRequest,
  failed: Failed,
): Promise<Found[]> {
  try {
    const records = new Map((await stream.byId?.(ids, request))?.map((record) => [record.id, record]));
    const asked = new Set(ids);
    const beside = [...records].filter(([id]) => !asked.has(id));
    return [...ids.map((id): Found => [id, records.get(id) ?? null]), ...beside];
  } catch (cause) {
    if (cause instanceof StoreError) throw cause; // no call can be booked now: no fault of what was asked for
    if (!(cause instanceof SourceError && cause.next === "skip") || ids.length === 1) {
      failed(ids, cause);
      return [];
    }
    const half = Math.ceil(ids.length / 2);
    const left = await fetchIds(stream, ids.slice(0, half), request, failed);
    return [...left, ...(await fetchIds(stream, ids.slice(half), request, failed))];
  }
}
