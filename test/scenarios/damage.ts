import type { Hub } from "../../src/hub/hub.ts";
import { recordKey } from "../../src/model/record.ts";
import type { Row } from "../../src/store/tables.ts";
import { append, remove, set } from "../../src/store/writes.ts";
import { rowsOf } from "../fixtures/pipeline/hub.ts";

/** What was done to the landed records of one stream, behind the hub's back. */
export interface Damage {
  connection: string;
  object: string;
  /** Landed rows of these are gone. */
  missing: string[];
  /** What landed last of these is older than the vendor's. */
  stale: string[];
  /** Held as live, and never was at the vendor. */
  extra: string;
}

/**
 * Takes three records out, makes two old and adds one that the vendor does not have, in each of these objects.
 * @param ghosts an id for each object under which the vendor has nothing.
 */
export async function damage(
  { store }: Hub,
  connection: string,
  ghosts: Readonly<Record<string, string>>,
): Promise<Damage[]> {
  const all = await rowsOf(store, "raw_records");
  const heads = new Map((await rowsOf(store, "heads")).map((head) => [head.record_key, head]));
  const done: Damage[] = [];
  for (const [object, extra] of Object.entries(ghosts)) {
    const live = all.filter((row) => row.connection === connection && row.object === object && isLive(row, heads));
    const [ghost] = live;
    if (!ghost || live.length < 10) throw new Error(`${connection} has too few ${object}`);
    const [missing, stale] = [live.slice(2, 5), live.slice(6, 8)];
    const record_key = recordKey(connection, object, extra);
    const raw = { ...ghost, record_key, remote_id: extra, seq: await store.reserve(1) };
    const head = heads.get(ghost.record_key);
    if (!head) throw new Error(`${ghost.record_key} has no head`);
    const keys = missing.map((row) => [row.record_key]);
    await store.commit([
      remove("raw_records", ["record_key"], keys),
      remove("heads", ["record_key"], keys),
      set(
        "heads",
        stale.flatMap((row) => aged(heads.get(row.record_key))),
      ),
      append("raw_records", [raw]),
      append("heads", [{ ...head, record_key, seq: raw.seq }]),
    ]);
    const ids = (rows: readonly Row<"raw_records">[]) => rows.map(({ remote_id }) => remote_id);
    done.push({ connection, object, missing: ids(missing), stale: ids(stale), extra });
  }
  return done;
}

/** Another content under the same stamps: nothing that a list of stamps could show. */
export async function changeContents({ store }: Hub, connection: string, object: string): Promise<void> {
  const prefix = recordKey(connection, object, "");
  const heads = (await rowsOf(store, "heads")).filter(({ record_key }) => record_key.startsWith(prefix));
  await store.commit([
    set(
      "heads",
      heads.map((head) => ({ ...head, content_hash: `not ${head.content_hash}` })),
    ),
  ]);
}

function isLive({ record_key, seq, deleted }: Row<"raw_records">, heads: ReadonlyMap<string, Row<"heads">>): boolean {
  return deleted === 0 && heads.get(record_key)?.seq === seq;
}

function aged(head: Row<"heads"> | undefined): Row<"heads">[] {
  return head ? [{ ...head, version: "2001-01-01T00:00:00.000Z", content_hash: `not ${head.content_hash}` }] : [];
}
