import type { FieldFinding } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import type { Store } from "../../store/store.ts";
import { keepStanding } from "../problems.ts";

/** The fields that a person must set up before anything can be written to their object. */
export function missingOf(findings: readonly FieldFinding[]): FieldFinding[] {
  return findings.filter(({ created }) => !created);
}

/** Each missing field is an open error of the connection until it is there. */
export async function reportMissing(
  of: { store: Store; now(): string },
  connection: string,
  findings: readonly FieldFinding[],
): Promise<void> {
  const problems = missingOf(findings).map((finding) => problemOf(connection, finding));
  const concerns = (row: { class: string }) => row.class === "missing_field";
  await keepStanding(of, { connection, step: "writeback", problems, concerns });
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
