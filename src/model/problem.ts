/** Which part of the way a record takes could not deal with it. */
export type ProblemStep = "pull" | "hook" | "map" | "resolve" | "derive" | "writeback";

/**
 * Something about a record (or a whole connection: `record_key` "") that a person must know of. Problems of one cause share a
 * fingerprint; a problem is open until its record passes the step.
 */
export interface Problem {
  connection: string;
  record_key: string;
  step: ProblemStep;
  class:
    | "connection"
    | "value"
    | "drift"
    | "no_mapping"
    | "mapping"
    | "rejected"
    | "missing_field"
    | "conflict"
    | "limit"
    | "signature"
    | "internal";
  fingerprint: string;
  message: string;
  remedy: string;
  raw_seq: number | null;
}
