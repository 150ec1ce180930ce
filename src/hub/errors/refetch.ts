import { and, asc, eq, gt, inArray } from "drizzle-orm";
import { SourceError } from "../../connector/index.ts";
import { parseRecordKey, recordKey } from "../../model/record.ts";
import type { Row } from "../../store/tables.ts";
import type { Hub, HubConnection } from "../hub.ts";
import { deliveryKey, type Failure, keepFailures } from "../inbox/failures.ts";
import { type SortedWork, sortWork, workOff } from "../inbox/inbox.ts";
import { accountOf } from "../inbox/names.ts";

/** Webhook deliveries that were given up, by the record they are about. */
type GivenUp = ReadonlyMap<string, readonly string[]>;

export interface Refetch {
  /** Tries these errors' records once more. Throws what kept the vendor from answering at all; the errors stay open then. */
  retry(rows: readonly Row<"errors">[]): Promise<void>;
}

/**
 * Brings records of one connection in anew: what a given-up delivery asked for is worked off, a record without one is fetched by its
 * id. Both go through the pipeline as a webhook would, behind those that just came. Throws ConfigError when the connection cannot be used.
 */
export async function openRefetch(hub: Hub, id: string): Promise<Refetch> {
  const connection = hub.connection(id);
  const account = await accountOf(hub, connection);
  const givenUp = await readGivenUp(hub, connection, account);
  return {
    async retry(errors) {
      const keys = errors.map(({ record_key }) => record_key);
      const deliveries = await readDeliveries(hub, connection, [
        ...new Set(keys.flatMap((key) => givenUp.get(key) ?? [])),
      ]);
      const sorted = sortWork(connection, deliveries, account);
      askById(
        connection,
        keys.filter((key) => !givenUp.has(key)),
        sorted,
      );
      const failures = await workOff(hub, connection, sorted, { lane: "poll" });
      await keepFailures(hub, id, failures);
      const away = failures.find(isAway);
      if (away) throw away.cause;
    },
  };
}

/** True when the vendor as such does not answer, so that asking it for the next records is no use. */
function isAway({ cause }: Failure): boolean {
  return cause instanceof SourceError && cause.next !== "skip";
}

/** Adds records that no delivery asks for to what is to be fetched, where their stream can fetch by id. */
function askById({ open }: HubConnection, recordKeys: readonly string[], { changed }: SortedWork): void {
  const streams = Object.entries(open.streams);
  for (const key of recordKeys) {
    const { object, remoteId } = parseRecordKey(key);
    const [name] = streams.find(([, stream]) => stream.object === object && stream.byId) ?? [];
    if (name === undefined) continue;
    const asked = changed.get(name) ?? new Map<string, Row<"inbox">[]>();
    if (!asked.has(remoteId)) asked.set(remoteId, []);
    changed.set(name, asked);
  }
}

const deliveriesPerPage = 500;
const pagesMax = 100_000;

/** Read once a retry: which record a delivery is about stands in its body alone. */
async function readGivenUp(hub: Hub, connection: HubConnection, account: string | null): Promise<GivenUp> {
  const { inbox } = hub.store.tables;
  const found = new Map<string, string[]>();
  let after = 0;
  for (let n = 0; n < pagesMax; n++) {
    const rows = await hub.store.db
      .select()
      .from(inbox)
      .where(and(eq(inbox.status, "failed"), gt(inbox.seq, after), eq(inbox.connection, connection.id)))
      .orderBy(asc(inbox.seq))
      .limit(deliveriesPerPage);
    const last = rows.at(-1);
    if (!last) break;
    after = last.seq;
    for (const row of rows) {
      for (const key of keysOfDelivery(connection, row, account)) {
        const known = found.get(key);
        if (known) known.push(row.dedupe_key);
        else found.set(key, [row.dedupe_key]);
      }
    }
  }
  return found;
}

/** The keys its error may stand under: the delivery's own where nothing more was known, the record's where it was. */
function keysOfDelivery(connection: HubConnection, row: Row<"inbox">, account: string | null): string[] {
  const { units, changed } = sortWork(connection, [row], account);
  const told = units.flatMap(({ record }) =>
    record ? [recordKey(connection.id, record.object, record.remote_id)] : [],
  );
  const named = [...changed].flatMap(([name, asked]) => {
    const object = connection.open.streams[name]?.object ?? name;
    return [...asked.keys()].map((id) => recordKey(connection.id, object, id));
  });
  return [deliveryKey(connection.id, row.dedupe_key), ...told, ...named];
}

async function readDeliveries(
  { store }: Hub,
  { id }: HubConnection,
  dedupeKeys: readonly string[],
): Promise<Row<"inbox">[]> {
  const { inbox } = store.tables;
  const rows: Row<"inbox">[] = [];
  for (let start = 0; start < dedupeKeys.length; start += deliveriesPerPage) {
    const asked = dedupeKeys.slice(start, start + deliveriesPerPage);
    const found = await store.db
      .select()
      .from(inbox)
      .where(and(eq(inbox.connection, id), inArray(inbox.dedupe_key, asked), eq(inbox.status, "failed")));
    rows.push(...found);
  }
  return rows.sort((a, b) => a.seq - b.seq);
}
