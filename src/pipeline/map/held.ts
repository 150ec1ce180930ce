import type { HeldMapping } from "../../mapping/index.ts";
import type { Problem } from "../../model/problem.ts";
import type { Row } from "../../store/tables.ts";

const fingerprintStart = "mistake in the mapping of ";

/** One standing error for all records of an object that wait for its mapping to be mended. */
export function heldProblem(
  { connection, object }: { connection: string; object: string },
  { findings }: Pick<HeldMapping, "findings">,
): Problem {
  const [first] = findings;
  const place = first ? `${first.file}:${first.line}:${first.column} ${first.message}` : "its file cannot be used";
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : "";
  return {
    connection,
    record_key: "",
    step: "map",
    class: "mapping",
    fingerprint: `${fingerprintStart}${object}`,
    message: `Records of ${object} are kept raw and wait until their mapping is mended; what was mapped before stands: ${place}${more}`,
    remedy:
      "Mend the file (`journey-hub lint` checks it): a running hub notices, else run `journey-hub sync`. What waits is mapped then, without a call to the vendor; nothing is written back before.",
    raw_seq: null,
  };
}

/** The object whose records an error says wait for their mapping; null for errors of another kind. */
export function objectHeld({ record_key, step, class: kind, fingerprint }: Row<"errors">): string | null {
  if (record_key !== "" || step !== "map" || kind !== "mapping" || !fingerprint.startsWith(fingerprintStart))
    return null;
  return fingerprint.slice(fingerprintStart.length);
}
