import type { Column } from "../soql/columns.ts";
import type { FieldValue, SalesforceRow } from "../values.ts";

/** Names of delimiters and line endings as a job is created with them. */
export const delimiters = {
  COMMA: ",",
  TAB: "\t",
  PIPE: "|",
  SEMICOLON: ";",
  CARET: "^",
  BACKQUOTE: "`",
} as const;
export const lineEndings = { LF: "\n", CRLF: "\r\n" } as const;

export interface CsvForm {
  columnDelimiter: keyof typeof delimiters;
  lineEnding: keyof typeof lineEndings;
}

/** Rows as a result page: a heading, every value quoted, null as the empty text, date-times with `Z` instead of `+0000`. */
export function csvOf(columns: readonly Column[], rows: readonly SalesforceRow[], form: CsvForm): string {
  const line = (cells: readonly string[]) =>
    cells.map(quoted).join(delimiters[form.columnDelimiter]) + lineEndings[form.lineEnding];
  const heading = line(columns.map(({ name }) => name));
  return heading + rows.map((row) => line(columns.map((column) => cell(column, column.read(row))))).join("");
}

function cell({ field }: Column, value: FieldValue): string {
  if (value === null) return "";
  return field.type === "datetime" ? String(value).replace("+0000", "Z") : String(value);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
