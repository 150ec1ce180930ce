import type { WritebackOutcome } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { set } from "../../store/writes.ts";
import { planErrors } from "../problems.ts";
import { readErrorsThatPass } from "./freeze.ts";
import type { PlannedWriteback } from "./plan.ts";

/** One batch as it was sent. */
export interface SentBatch {
  connection: string;
  batch: readonly PlannedWriteback[];
  outcomes: readonly WritebackOutcome[];
  /** When it was sent, and the newest version of each record then: those behind it were read after. */
  sent_at: string;
  versions: ReadonlyMap<string, number>;
}

/** Notes what was sent and what became of it; what was refused is an open error of its record, what passed closes its errors. */
export async function keepOutcomes(
  store: Store,
  { connection, batch, outcomes, sent_at, versions }: SentBatch,
  now: string,
): Promise<void> {
  const keys = batch.map(({ record_key }) => record_key);
  const known = await readErrorsThatPass(store, keys);
  const problems = batch.flatMap((change, n): Problem[] => {
    const outcome = outcomes[n];
    return outcome ? [refusal(connection, change, outcome)] : [];
  });
  const failed = new Set(problems.map(({ record_key }) => record_key));
  const passed = new Set(keys.filter((key) => !failed.has(key)));
  const rows = batch.map(
    (change, n): Row<"writebacks"> => ({
      record_key: change.record_key,
      connection,
      desired: JSON.stringify(change.desired),
      observed: JSON.stringify(change.observed),
      status: statusOf(outcomes[n] ?? null),
      raw_seq: versions.get(change.record_key) ?? change.raw_seq,
      attempts: 1,
      sent_at,
    }),
  );
  await store.commit([set("writebacks", rows), ...planErrors({ step: "writeback", problems, passed, known, now })]);
}

/** `later`: the CRM was busy with the record (a lock, a write conflict); it is sent again next time. */
function statusOf(outcome: WritebackOutcome): "sent" | "refused" | "later" {
  if (outcome === null) return "sent";
  return outcome.next === "retry" ? "later" : "refused";
}

function refusal(
  connection: string,
  { record_key, object }: PlannedWriteback,
  outcome: NonNullable<WritebackOutcome>,
): Problem {
  const code = outcome.details.code ?? String(outcome.details.status ?? "refused");
  return {
    connection,
    record_key,
    step: "writeback",
    class: "rejected",
    fingerprint: `${object} ${code} ${outcome.details.field ?? ""}`.trim(),
    message: outcome.message,
    remedy:
      outcome.details.remedy ?? "Correct the record in the CRM; it is written again when it or the value changes.",
    raw_seq: null,
  };
}
