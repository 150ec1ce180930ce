import type { SourceError } from "./errors.ts";

/** The values journey-hub keeps in a CRM. Dates are ISO instants; the connector puts them into the vendor's form. */
export interface WritebackValues {
  stage: string | null;
  stage_date: string | null;
  score: number | null;
  grade: string | null;
  reason: string | null;
}
export type WritebackField = keyof WritebackValues;
export const writebackFields = ["stage", "stage_date", "score", "grade", "reason"] as const satisfies WritebackField[];

export interface WritebackChange {
  remote_id: string;
  /** Only the fields that differ. */
  values: Partial<WritebackValues>;
}

/** A field our write-back needs that the account lacks, with what a person must do; `created` when the connector made it. */
export interface FieldFinding {
  object: string;
  field: string;
  created: boolean;
  instructions: string;
}

/** Who changed a field, in words for a person, and when (ISO instant). */
export interface Writer {
  by: string;
  at: string;
}

/**
 * What became of each change, in the order given: null when accepted. A refusal that says it is `common` ends the write-back once the
 * others are noted; where nothing was written at all, `apply` may as well throw it.
 */
export type WritebackOutcome = SourceError | null;

export interface WritebackDeclaration<Session> {
  /** Vendor object → our value → the vendor's field name. */
  targets: Readonly<Record<string, Readonly<Record<WritebackField, string>>>>;
  /** Changes in one `apply`, and how many `apply` may run at once. */
  batchMax: number;
  concurrency: number;
  /** Creates what the vendor lets us create and reports the rest. */
  prepare(session: Session): Promise<FieldFinding[]>;
  /** Reports what a person must create, and creates nothing. Absent: `prepare` creates nothing either. */
  look?(session: Session): Promise<FieldFinding[]>;
  /** Creates what `prepare` does not, as that takes rights a person decides about: done when asked for. Absent: `prepare` creates all that can be. */
  create?(session: Session): Promise<FieldFinding[]>;
  apply(session: Session, object: string, changes: readonly WritebackChange[]): Promise<WritebackOutcome[]>;
  /** Who last changed a field that somebody else keeps writing over; null where the vendor does not tell. Asked seldom, for people. */
  whoWrote?(session: Session, object: string, remoteId: string, field: WritebackField): Promise<Writer | null>;
}
