import { type OpenStream, SourceError, type SourceRecord } from "../../connector/index.ts";
import type { RawRecord } from "../../model/record.ts";
import { goneRecord, received } from "../../pipeline/received.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub, HubConnection } from "../hub.ts";
import type { Failure } from "./failures.ts";

/** A record that deliveries ask for, with those deliveries; null where they ask for nothing. */
export interface Unit {
  record: RawRecord | null;
  rows: Row<"inbox">[];
}

/** Deliveries that name a record to fetch: stream → id → deliveries. */
export type Changed = Map<string, Map<string, Row<"inbox">[]>>;

const idsAtOnceDefault = 100;

/**
 * Fetches the records that deliveries only name, each once however many deliveries name it, in the vendor's batches. A record that is
 * no longer there is gone. A stream that fails leaves the others as they are.
 */
export async function fetchChanged(
  hub: Hub,
  connection: HubConnection,
  changed: Changed,
): Promise<{ units: Unit[]; failures: Failure[] }> {
  const units: Unit[] = [];
  const failures: Failure[] = [];
  for (const [name, asked] of changed) {
    const stream = connection.open.streams[name];
    const object = stream?.object ?? name;
    const origin = { connection: connection.id, object };
    const failed = (ids: readonly string[], cause: unknown) => {
      for (const id of ids) {
        failures.push({ rows: asked.get(id) ?? [], record: goneRecord(origin, id), cause });
      }
    };
    const ids = [...asked.keys()];
    if (!stream?.byId) {
      failed(ids, new SourceError("skip", `The stream ${name} cannot fetch records by id`));
      continue;
    }
    const fields = hub.rules.mappings.find(connection.connector.id, object)?.reads ?? [];
    const idsMax = stream.idsMax ?? idsAtOnceDefault;
    for (let start = 0; start < ids.length; start += idsMax) {
      const found = await fetchIds(stream, ids.slice(start, start + idsMax), fields, failed);
      for (const [id, record] of found) {
        units.push({ record: record ? received(origin, record) : goneRecord(origin, id), rows: asked.get(id) ?? [] });
      }
    }
  }
  return { units, failures };
}

/** Records by the id asked for, null where there is none. A request the vendor refuses is halved until the id at fault is alone. */
export async function fetchIds(
  stream: OpenStream,
  ids: readonly string[],
  fields: readonly string[],
  failed: (ids: readonly string[], cause: unknown) => void,
): Promise<[id: string, record: SourceRecord | null][]> {
  try {
    const records = new Map((await stream.byId?.(ids, fields))?.map((record) => [record.id, record]));
    return ids.map((id) => [id, records.get(id) ?? null]);
  } catch (cause) {
    if (!(cause instanceof SourceError && cause.next === "skip") || ids.length === 1) {
      failed(ids, cause);
      return [];
    }
    const half = Math.ceil(ids.length / 2);
    const left = await fetchIds(stream, ids.slice(0, half), fields, failed);
    return [...left, ...(await fetchIds(stream, ids.slice(half), fields, failed))];
  }
}
