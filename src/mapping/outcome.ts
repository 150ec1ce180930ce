import type { MappedAssociation, MappedRecord, RecordKind } from "../model/index.ts";

/** The lookup tables a mapping may read; the pipeline keeps them from the records of owners and pipelines. */
export const lookupTables = ["stages", "owners"] as const;
export type LookupTable = (typeof lookupTables)[number];

/** What a mapping may know besides the payload: other records' values and the connection's settings. */
export interface MapContext {
  /**
   * A row of a lookup table, or undefined when it is not known yet. Keys of `owners` are the vendor's ids; keys of `stages` are
   * `<kind>:<stage id>` (`deal:closedwon`, `ticket:4`), because a vendor's deal and ticket stages may share ids.
   */
  lookup(table: LookupTable, key: string): Readonly<Record<string, unknown>> | undefined;
  /** Name of the connection the record came by: mappings of one connector may differ between its connections. */
  connection?: string;
  /** ISO 4217 code for money whose record names no currency and whose mapping names no default. */
  baseCurrency?: string;
  /** ISO 3166 code for national phone numbers whose record names no country. */
  country?: string;
  /** IANA name of the zone of date-times written without an offset; UTC when absent. */
  timeZone?: string;
}

/** A value the mapping did not know what to do with: the field stays empty, or takes its `else`. */
export interface Drift {
  field: string;
  value: string;
  reason: "unknown_value" | "unreadable";
}

/** Why a record could not be mapped at all. */
export interface MappingFailure {
  class: "value";
  message: string;
  field: string;
}

export type MappingOutcome =
  | { record: MappedRecord; drift: Drift[] }
  | { association: MappedAssociation; drift: Drift[] }
  | { failure: MappingFailure };

/** All mapping files of one object, compiled once. */
export interface CompiledMapping {
  connector: string;
  object: string;
  /** What its payloads can become; more than one where files share the object by `when:`. */
  to: readonly (RecordKind | "association")[];
  /** Changes when a record could come out differently: a hash of the files' meaning and the engine's version. */
  version: string;
  /** Every path read from the payload, list indexes cut off: `properties.email`, `associations.companies.results`. */
  reads: readonly string[];
  map(payload: Record<string, unknown>, context: MapContext): MappingOutcome;
}
