import { asc, eq, gt } from "drizzle-orm";
import type { LinkEvidence } from "../../identity/group/cluster.ts";
import { parseRecordKey } from "../../model/record.ts";
import type { Hub } from "../hub.ts";

/** Which customer a record belongs to, and why. */
export interface LinkRow {
  record_key: string;
  connection: string;
  object: string;
  remote_id: string;
  customer_id: string;
  customer_name: string;
  kind: string;
  /** `founder` of the customer, or what joined the record to another of its records: a shared `claim`, the `score` of the two, or a `person`. */
  because: "founder" | "claim" | "score" | "person";
  /** The record it was joined to; null for the founder. */
  with: string | null;
  claim: string | null;
  probability: number | null;
  /** Version of the identity rules that decided. */
  rules: string;
}

const rowsPerPage = 1_000;
const pagesMax = 10_000_000;

/** Every link of a folder in the order of record keys, a page at a time; each page is read on its own. */
export async function* everyLink({ store }: Pick<Hub, "store">): AsyncGenerator<LinkRow[]> {
  const { links, customers } = store.tables;
  let last = "";
  for (let n = 0; n < pagesMax; n++) {
    const rows = await store.db
      .select({
        record_key: links.record_key,
        customer_id: links.customer_id,
        customer_name: customers.name,
        kind: links.kind,
        evidence: links.evidence,
      })
      .from(links)
      .innerJoin(customers, eq(customers.id, links.customer_id))
      .where(gt(links.record_key, last))
      .orderBy(asc(links.record_key))
      .limit(rowsPerPage);
    if (rows.length > 0) yield rows.map(linkRow);
    last = rows.at(-1)?.record_key ?? last;
    if (rows.length < rowsPerPage) return;
  }
}

/** The columns of an export, in their order. */
export const linkColumns = [
  "record_key",
  "connection",
  "object",
  "remote_id",
  "customer_id",
  "customer_name",
  "kind",
  "because",
  "with",
  "claim",
  "probability",
  "rules",
] as const satisfies readonly (keyof LinkRow)[];

/** In the order of the columns: lines of JSON are written as they are. */
function linkRow({
  record_key,
  customer_id,
  customer_name,
  kind,
  evidence,
}: {
  record_key: string;
  customer_id: string;
  customer_name: string;
  kind: string;
  evidence: string;
}): LinkRow {
  const found = JSON.parse(evidence) as LinkEvidence;
  const { connection, object, remoteId } = parseRecordKey(record_key);
  return {
    record_key,
    connection,
    object,
    remote_id: remoteId,
    customer_id,
    customer_name,
    kind,
    because: reasonOf(found),
    with: found.with,
    claim: found.claim,
    probability: found.match?.probability ?? null,
    rules: found.rules,
  };
}

function reasonOf({ with: other, claim, override }: LinkEvidence): LinkRow["because"] {
  if (other === null) return "founder";
  if (override) return "person";
  return claim === null ? "score" : "claim";
}
