import { displayCell, nameOf } from "./display.ts";
import type { Row } from "./partition.ts";
import { invalidContent } from "./problems.ts";
import { fieldName, findField, type RecordType, schemaOf } from "./recordTypes.ts";
import type { Column } from "./schema.ts";
import type { NetsuiteRow } from "./seed.ts";
import type { Account } from "./storage.ts";

/** A record as the record service shows it: ISO instants, `{id, refName}` for select fields, nulls left out. */
export function recordBody(account: Account, type: RecordType, row: Row, self: string): Record<string, unknown> {
  const body: Record<string, unknown> = { links: [{ rel: "self", href: self }] };
  for (const column of schemaOf(account, type).columns.values()) {
    const name = fieldName(type, column);
    const value = row[column.column] ?? null;
    if (name === null || value === null) continue;
    body[name] = column.column === "id" ? String(value) : fieldBody(account, type, column, row);
  }
  return body;
}

function fieldBody(account: Account, type: RecordType, column: Column, row: Row): unknown {
  const value = row[column.column] ?? null;
  if (column.references) {
    const refName = nameOf(account, column.references, value);
    return { id: String(value), ...(refName !== null && { refName }) };
  }
  if (column.column === "status" && type.transactionType !== null) {
    return { id: String(value), refName: displayCell(account, column, row)?.split(" : ").at(-1) };
  }
  return column.kind === "boolean" ? value === "T" : value;
}

const readOnly: ReadonlySet<string> = new Set([
  "id",
  "lastmodifieddate",
  "datecreated",
  "createddate",
  "recordtype",
  "created",
  "lastmodified",
]);

/**
 * Reads a POST or PATCH body into column values.
 * @throws Problem 400 INVALID_CONTENT naming the first field that does not exist, cannot be written or does not take the value.
 */
export function readRecordBody(account: Account, type: RecordType, body: unknown): NetsuiteRow {
  if (!isObject(body)) throw invalidContent("Invalid content in the request body.");
  const changes: NetsuiteRow = {};
  for (const [field, value] of Object.entries(body)) {
    if (field === "links") continue;
    const column = findField(account, type, field);
    if (!column) throw invalidContent(`Unknown field '${field}' in the request body.`, field);
    if (readOnly.has(column.column)) throw invalidContent(`The field '${field}' is read-only.`, field);
    changes[column.column] = value === null ? null : readField(account, column, field, value);
  }
  return changes;
}

function readField(account: Account, column: Column, field: string, value: unknown): string | number {
  const refused = () =>
    invalidContent(
      `You have entered an Invalid Field Value ${JSON.stringify(isObject(value) ? value.id : value)} for the following field: ${field}`,
      field,
    );
  if (column.references) return readReference(account, column, isObject(value) ? value.id : value) ?? refuse(refused());
  if (isObject(value)) {
    // A choice such as status may be written back the way it is read.
    if (typeof value.id !== "string" && typeof value.id !== "number") throw refused();
    return readField(account, column, field, value.id);
  }
  return readPlain(column, field, value) ?? refuse(refused());
}

function refuse(problem: Error): never {
  throw problem;
}

function readReference(account: Account, column: Column, value: unknown): number | null {
  const id = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  return column.references && account.table(column.references).all.rows.has(id) ? id : null;
}

function readPlain(column: Column, field: string, value: unknown): string | number | null {
  switch (column.kind) {
    case "boolean":
      return typeof value === "boolean" ? (value ? "T" : "F") : null;
    case "integer":
      return Number.isSafeInteger(numberOf(value)) ? numberOf(value) : null;
    case "number":
      return Number.isFinite(numberOf(value)) ? numberOf(value) : null;
    case "date":
      return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
        ? value
        : null;
    case "datetime":
      return typeof value === "string" && instantPattern.test(value) && !Number.isNaN(Date.parse(value)) ? value : null;
    default:
      return typeof value === "string" || typeof value === "number" ? fitting(column, field, String(value)) : null;
  }
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function numberOf(value: unknown): number {
  return typeof value === "number" || (typeof value === "string" && value !== "") ? Number(value) : Number.NaN;
}

/** Length is counted in characters; the default is that of a free-form text field. */
function fitting(column: Column, field: string, text: string): string {
  const lengthMax = column.lengthMax ?? freeTextMax;
  if ([...text].length > lengthMax) {
    throw invalidContent(
      `The field ${field} contained more than the maximum number ( ${lengthMax} ) of characters allowed.`,
      field,
    );
  }
  return text;
}

const freeTextMax = 4000;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
