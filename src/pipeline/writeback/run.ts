import type { FieldFinding, OpenWriteback, WritebackOutcome } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { set } from "../../store/writes.ts";
import { planErrors, planStanding, readErrors } from "../problems.ts";
import { type PlannedWriteback, planWritebacks } from "./plan.ts";
import { readCandidates } from "./rows.ts";

const pageSize = 1_000;
const pagesMax = 1_000_000;

/** Every difference of a connection, a page of records at a time; nothing is sent. */
export async function* planConnection(
  store: Store,
  connection: string,
  targets: OpenWriteback["targets"],
): AsyncGenerator<PlannedWriteback[]> {
  const objects = Object.keys(targets);
  let after = "";
  for (let n = 0; n < pagesMax; n++) {
    const { candidates, last } = await readCandidates(store, { connection, objects, after, limit: pageSize });
    const planned = planWritebacks(candidates);
    if (planned.length > 0) yield planned;
    if (last === null) return;
    after = last;
  }
}

export interface ApplyOptions {
  store: Store;
  connection: string;
  writeback: OpenWriteback;
  now(): string;
  onProgress?: (written: number) => void;
}

export interface Applied {
  records: number;
  fields: number;
  refused: number;
  findings: FieldFinding[];
}

/**
 * Sends every difference of a connection in the vendor's batches. What the CRM refuses becomes an open error of its record; what was
 * accepted is noted, and seen again by the next pull. Objects whose fields are missing are left out and reported.
 */
export async function applyConnection({
  store,
  connection,
  writeback,
  now,
  onProgress,
}: ApplyOptions): Promise<Applied> {
  const findings = await writeback.prepare();
  const missing = new Set(findings.filter(({ created }) => !created).map(({ object }) => object));
  await reportMissing(store, connection, findings, now());
  const applied: Applied = { records: 0, fields: 0, refused: 0, findings };
  for await (const planned of planConnection(store, connection, writeback.targets)) {
    const sendable = planned.filter(({ object }) => !missing.has(object));
    await concurrently(batches(sendable, writeback.batchMax), writeback.concurrency, async (batch) => {
      const [head] = batch;
      if (!head) return;
      const outcomes = await writeback.apply(head.object, batch);
      await keepOutcomes(store, connection, batch, outcomes, now());
      applied.refused += outcomes.filter((outcome) => outcome !== null).length;
      applied.records += outcomes.filter((outcome) => outcome === null).length;
      applied.fields += batch.reduce(
        (sum, { values }, n) => sum + (outcomes[n] === null ? Object.keys(values).length : 0),
        0,
      );
      onProgress?.(applied.records + applied.refused);
    });
  }
  return applied;
}

/** Batches of one object each, in order. */
function batches(planned: readonly PlannedWriteback[], batchMax: number): PlannedWriteback[][] {
  const result: PlannedWriteback[][] = [];
  for (const change of planned) {
    const open = result.find((batch) => batch[0]?.object === change.object && batch.length < batchMax);
    if (open) open.push(change);
    else result.push([change]);
  }
  return result;
}

async function concurrently<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

async function keepOutcomes(
  store: Store,
  connection: string,
  batch: readonly PlannedWriteback[],
  outcomes: readonly WritebackOutcome[],
  now: string,
): Promise<void> {
  const known = await readErrors(
    store,
    batch.map(({ record_key }) => record_key),
  );
  const problems = batch.flatMap((change, n): Problem[] => {
    const outcome = outcomes[n];
    return outcome ? [refusal(connection, change, outcome)] : [];
  });
  const failed = new Set(problems.map(({ record_key }) => record_key));
  const passed = new Set(batch.map(({ record_key }) => record_key).filter((key) => !failed.has(key)));
  const rows = batch.map(
    (change, n): Row<"writebacks"> => ({
      record_key: change.record_key,
      connection,
      desired: JSON.stringify(change.desired),
      observed: JSON.stringify(change.observed),
      status: statusOf(outcomes[n] ?? null),
      raw_seq: change.raw_seq,
      attempts: 1,
      sent_at: now,
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

async function reportMissing(
  store: Store,
  connection: string,
  findings: readonly FieldFinding[],
  now: string,
): Promise<void> {
  const problems = findings
    .filter(({ created }) => !created)
    .map(
      ({ object, field, instructions }): Problem => ({
        connection,
        record_key: "",
        step: "writeback",
        class: "missing_field",
        fingerprint: `${object}.${field}`,
        message: `${object} has no field ${field} that journey-hub may write`,
        remedy: instructions,
        raw_seq: null,
      }),
    );
  const known = (await readErrors(store, [""])).filter(
    (row) => row.connection === connection && row.step === "writeback",
  );
  const writes = planStanding({ problems, known, concerns: () => true, now });
  if (writes.length > 0) await store.commit(writes);
}
