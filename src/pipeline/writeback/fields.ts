import type { FieldFinding } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import type { Store } from "../../store/store.ts";
import { planStanding, readErrors } from "../problems.ts";

/** The fields that a person must set up before anything can be written to their object. */
export function missingOf(findings: readonly FieldFinding[]): FieldFinding[] {
  return findings.filter(({ created }) => !created);
}

/** Each missing field is an open error of the connection until it is there. */
export async function reportMissing(
  { store, now }: { store: Store; now(): string },
  connection: string,
  findings: readonly FieldFinding[],
): Promise<void> {
  const problems = missingOf(findings).map((finding) => problemOf(connection, finding));
  const known = (await readErrors(store, [""])).filter(
    (row) => row.connection === connection && row.step === "writeback",
  );
  const concerns = (row: { class: string }) => row.class === "missing_field";
  const writes = planStanding({ problems, known, concerns, now: now() });
  if (writes.length > 0) await store.commit(writes);
}

function problemOf(connection: string, { object, field, instructions }: FieldFinding): Problem {
  return {
    connection,
    record_key: "",
    step: "writeback",
    class: "missing_field",
    fingerprint: `${object}.${field}`,
    message: `${object} has no field ${field} that journey-hub may write`,
    remedy: instructions,
    raw_seq: null,
  };
}
