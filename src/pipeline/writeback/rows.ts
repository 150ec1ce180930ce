import { and, asc, eq, gt, inArray, isNull } from "drizzle-orm";
import type { WritebackValues } from "../../connector/writeback.ts";
import { groupBy } from "../../lib/group.ts";
import type { Evidence, ObservedWriteback, Score } from "../../model/index.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { companyOf } from "../company.ts";

/** A record that may be written back to, with what should stand there and what was seen to. */
export interface Candidate {
  record_key: string;
  object: string;
  remote_id: string;
  customer_id: string;
  raw_seq: number;
  /** Null while its customer has not been derived. */
  desired: WritebackValues | null;
  /** Why it is desired, for people: the evidence of the stage and the reason of the score. */
  because: string;
  observed: ObservedWriteback;
  remote_updated_at: string | null;
  last: Row<"writebacks"> | null;
  /** Its fields that somebody else writes as well. */
  contested: readonly Row<"contested_fields">[];
}

export interface CandidateQuery {
  connection: string;
  objects: readonly string[];
  /** Records behind this key. */
  after: string;
  limit: number;
  /** Only these records. */
  keys?: readonly string[];
}

/** The next records of a connection in these objects, in order of their keys; deleted ones are left out. `last` is null at the end. */
export async function readCandidates(
  store: Store,
  { connection, objects, after, limit, keys: only }: CandidateQuery,
): Promise<{ candidates: Candidate[]; last: string | null }> {
  const { records } = store.tables;
  const rows = await store.db
    .select({
      record_key: records.record_key,
      object: records.object,
      remote_id: records.remote_id,
      raw_seq: records.raw_seq,
      observed: records.observed,
      remote_updated_at: records.remote_updated_at,
    })
    .from(records)
    .where(
      and(
        eq(records.connection, connection),
        inArray(records.object, [...objects]),
        eq(records.deleted, 0),
        gt(records.record_key, after),
        only ? inArray(records.record_key, [...only]) : undefined,
      ),
    )
    .orderBy(asc(records.record_key))
    .limit(limit);
  const keys = rows.map(({ record_key }) => record_key);
  const links = new Map(
    (await store.byKey("links", "record_key", keys)).map((row) => [row.record_key, row.customer_id]),
  );
  const desired = await readDesired(store, [...new Set(links.values())]);
  const last = new Map((await store.byKey("writebacks", "record_key", keys)).map((row) => [row.record_key, row]));
  const contested = groupBy(await store.byKey("contested_fields", "record_key", keys), ({ record_key }) => record_key);
  const candidates = rows.flatMap((row) => {
    const customer_id = links.get(row.record_key);
    if (!customer_id) return [];
    const observed = row.observed ? (JSON.parse(row.observed) as ObservedWriteback) : {};
    return [
      {
        ...row,
        customer_id,
        observed,
        desired: desired.get(customer_id)?.values ?? null,
        because: desired.get(customer_id)?.because ?? "",
        last: last.get(row.record_key) ?? null,
        contested: contested.get(row.record_key) ?? [],
      },
    ];
  });
  return { candidates, last: keys.at(-1) ?? null };
}

interface Desired {
  values: WritebackValues;
  because: string;
}

/** What should stand in the CRMs for each customer: its score, and the stage of its journey's subject (the company, else the person). */
async function readDesired(store: Store, customerIds: readonly string[]): Promise<Map<string, Desired>> {
  const companies = await companyOf(store, customerIds);
  const subjects = [...new Set([...customerIds, ...companies.values()])];
  const stages = await currentStages(store, subjects);
  const scores = new Map(
    (await store.byKey("scores", "customer_id", customerIds)).map((row) => [row.customer_id, row]),
  );
  const desired = new Map<string, Desired>();
  for (const id of customerIds) {
    const score = scores.get(id);
    if (!score) continue;
    const stage = stages.get(companies.get(id) ?? id) ?? stages.get(id);
    const { reason } = JSON.parse(score.document) as Pick<Score, "reason">;
    const values = {
      stage: stage?.stage ?? null,
      stage_date: stage ? toSecond(stage.valid_from) : null,
      score: Math.round(score.value),
      grade: score.grade,
      reason,
    };
    const shown = stage ? (JSON.parse(stage.evidence) as Evidence).text : "";
    desired.set(id, { values, because: [shown, reason].filter(Boolean).join("; ") });
  }
  return desired;
}

/** CRMs keep date-times to the second at best; a finer wish would never be seen fulfilled. */
function toSecond(instant: string): string {
  return `${instant.slice(0, 19)}.000Z`;
}

async function currentStages(
  store: Store,
  customerIds: readonly string[],
): Promise<Map<string, Row<"stage_intervals">>> {
  if (customerIds.length === 0) return new Map();
  const { stage_intervals } = store.tables;
  const rows = await store.db
    .select()
    .from(stage_intervals)
    .where(and(isNull(stage_intervals.valid_to), inArray(stage_intervals.customer_id, [...customerIds])));
  return new Map(rows.map((row) => [row.customer_id, row]));
}
