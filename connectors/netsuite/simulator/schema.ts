import { type ColumnDeclarations, type ColumnKind, customRecordColumns, tableDeclarations } from "./columns.ts";
import { isCustomTable, type TableName, tableNames } from "./seed.ts";

export interface Column {
  /** The record API's spelling: `lastModifiedDate`. */
  name: string;
  /** SuiteQL's spelling: `lastmodifieddate`. */
  column: string;
  kind: ColumnKind;
  /** The table a select field points to. */
  references?: TableName;
  /** Longest text, in characters. */
  lengthMax?: number;
  custom: boolean;
}

export interface TableSchema {
  name: TableName;
  columns: Map<string, Column>;
  /** The column stamped by every write, if the table has one. */
  modified: string | null;
  created: string | null;
}

export type Schema = ReadonlyMap<TableName, TableSchema>;

export interface CustomField {
  kind: ColumnKind;
  lengthMax?: number;
  /** Of a select field: the table it points to. */
  references?: TableName;
}

/** Custom fields by table and script id (`custentity_…`), as an administrator would have created them; a `customrecord_…` table is made by being named. */
export type CustomFields = Partial<Record<TableName, Record<string, CustomField>>>;

const journeyFields: Record<string, CustomField> = {
  custentity_journey_hub_stage: { kind: "text", lengthMax: 300 },
  custentity_journey_hub_stage_date: { kind: "datetime" },
  custentity_journey_hub_score: { kind: "integer" },
  custentity_journey_hub_grade: { kind: "text", lengthMax: 300 },
  custentity_journey_hub_why: { kind: "text", lengthMax: 300 },
};

/** The fields journey-hub's instructions tell an administrator to create. */
export const journeyCustomFields: CustomFields = { customer: journeyFields, contact: journeyFields };

/** The whole account's schema: the built-in columns plus the custom fields given. */
export function schemaWith(customFields: CustomFields): Schema {
  const names = [...tableNames, ...Object.keys(customFields).filter(isCustomTable)];
  return new Map(
    names.map((name): [TableName, TableSchema] => {
      const declared = isCustomTable(name) ? customRecordColumns : tableDeclarations[name];
      const columns = new Map(
        [...declaredColumns(declared), ...customColumns(customFields[name] ?? {})].map((column) => [
          column.column,
          column,
        ]),
      );
      return [
        name,
        {
          name,
          columns,
          modified: stampColumn(columns, modifiedColumns),
          created: stampColumn(columns, createdColumns),
        },
      ];
    }),
  );
}

// Two record types name their stamp otherwise: notes and deletions are written once, and dated.
const modifiedColumns = ["lastmodifieddate", "lastmodified", "linelastmodifieddate", "deleteddate"];
const createdColumns = ["createddate", "datecreated", "created"];

function stampColumn(columns: ReadonlyMap<string, Column>, candidates: readonly string[]): string | null {
  return candidates.find((candidate) => columns.has(candidate)) ?? null;
}

function declaredColumns(declarations: ColumnDeclarations): Column[] {
  const { references = {}, ...kinds } = declarations;
  const plain = columnKinds.flatMap((kind) =>
    words(kinds[kind]).map((name): Column => ({ name, column: name.toLowerCase(), kind, custom: false })),
  );
  const selects = Object.entries(references).flatMap(([target, names]) =>
    words(names).map((name): Column => {
      const table = tableNames.find((candidate) => candidate === target);
      return { name, column: name.toLowerCase(), kind: "integer", custom: false, ...(table && { references: table }) };
    }),
  );
  return [...plain, ...selects];
}

const columnKinds: readonly ColumnKind[] = ["integer", "number", "text", "boolean", "date", "datetime"];

function words(text = ""): string[] {
  return text.split(" ").filter(Boolean);
}

function customColumns(fields: Record<string, CustomField>): Column[] {
  return Object.entries(fields).map(([name, field]) => customColumn(name, field));
}

/** A custom field as a column. */
export function customColumn(name: string, { kind, lengthMax, references }: CustomField): Column {
  return {
    ...{ name, column: name.toLowerCase(), kind, custom: true },
    ...(lengthMax !== undefined && { lengthMax }),
    ...(references && { references }),
  };
}
