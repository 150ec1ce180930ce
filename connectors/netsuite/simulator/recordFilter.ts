import type { Cell, Row } from "./partition.ts";
import { invalidParameter } from "./problems.ts";
import { findField, type RecordType } from "./recordTypes.ts";
import type { Column } from "./schema.ts";
import type { Account } from "./storage.ts";

/**
 * Reads the `q` of a record listing, such as `lastModifiedDate ON_OR_AFTER "1/1/2026" AND email CONTAIN "@acme"`.
 * @throws Problem 400 INVALID_PARAMETER for unknown fields, operators and values that are no date.
 */
export function parseRecordFilter(account: Account, type: RecordType, filter: string): (row: Row) => boolean {
  const tokens = filter.match(/"(?:[^"\\]|\\.)*"|\(|\)|\[[^\]]*\]|[^\s()[\]"]+/g) ?? [];
  const reader = { tokens, at: 0 };
  const test = parseEither({ account, type, reader });
  if (reader.at < tokens.length || tokens.length === 0) throw unreadable(filter);
  return test;
}

interface FilterContext {
  account: Account;
  type: RecordType;
  reader: { tokens: readonly string[]; at: number };
}

type RowTest = (row: Row) => boolean;

function parseEither(context: FilterContext): RowTest {
  let left = parseBoth(context);
  while (accept(context, "OR")) {
    const [one, other] = [left, parseBoth(context)];
    left = (row) => one(row) || other(row);
  }
  return left;
}

function parseBoth(context: FilterContext): RowTest {
  let left = parseTerm(context);
  while (accept(context, "AND")) {
    const [one, other] = [left, parseTerm(context)];
    left = (row) => one(row) && other(row);
  }
  return left;
}

function parseTerm(context: FilterContext): RowTest {
  if (accept(context, "(")) {
    const inner = parseEither(context);
    if (!accept(context, ")")) throw unreadable("a closing parenthesis is missing");
    return inner;
  }
  const field = take(context);
  const column = findField(context.account, context.type, field);
  if (!column) throw invalidParameter(`Invalid query parameter 'q'. Unknown field '${field}'.`, "q");
  const operator = take(context).toUpperCase();
  const presence = presenceOperators[operator];
  if (presence) return (row) => presence(row[column.column] ?? null);
  const value = unquote(take(context));
  return column.kind === "date" || column.kind === "datetime"
    ? temporalTest(context.account, column, operator, value)
    : plainTest(column, operator, value);
}

const presenceOperators: Record<string, (cell: Cell) => boolean> = {
  EMPTY: (cell) => cell === null,
  EMPTY_NOT: (cell) => cell !== null,
};

const dayMs = 86_400_000;

/** Days as the user writes and sees them: the whole day, in the account's time zone. */
function temporalTest(account: Account, column: Column, operator: string, value: string): RowTest {
  const { calendar } = account;
  const wall = calendar.read(value);
  if (!wall)
    throw invalidParameter(
      `Invalid query parameter 'q'. '${value}' is no date in the format ${calendar.dateFormat}.`,
      "q",
    );
  const midnight = { ...wall, hour: 0, minute: 0, second: 0 };
  const start = calendar.instantOf(midnight);
  const end = nextMidnight(account, start);
  const dayTests: Record<string, (instant: string) => boolean> = {
    ON: (instant) => instant >= start && instant < end,
    ON_NOT: (instant) => instant < start || instant >= end,
    AFTER: (instant) => instant >= end,
    AFTER_NOT: (instant) => instant < end,
    ON_OR_AFTER: (instant) => instant >= start,
    ON_OR_AFTER_NOT: (instant) => instant < start,
    BEFORE: (instant) => instant < start,
    BEFORE_NOT: (instant) => instant >= start,
    ON_OR_BEFORE: (instant) => instant < end,
    ON_OR_BEFORE_NOT: (instant) => instant >= end,
  };
  const test = dayTests[operator];
  if (!test) throw unknownOperator(operator);
  return (row) => {
    const cell = row[column.column] ?? null;
    if (cell === null) return false;
    return test(column.kind === "date" ? calendar.midnight(String(cell)) : String(cell));
  };
}

function nextMidnight({ calendar }: Account, start: string): string {
  // Noon of the next day is a day and a half on, whatever the clocks do in between.
  const wall = calendar.wallOf(new Date(Date.parse(start) + 1.5 * dayMs).toISOString());
  return calendar.instantOf({ ...wall, hour: 0, minute: 0, second: 0 });
}

function plainTest(column: Column, operator: string, value: string): RowTest {
  const test = textOperators[operator] ?? null;
  const compare = numberOperators[operator] ?? null;
  const wanted = column.kind === "boolean" ? (/^(true|t)$/i.test(value) ? "T" : "F") : value;
  if (column.kind === "integer" || column.kind === "number") {
    if (operator === "ANY_OF") return listTest(column, value);
    const number = Number(value);
    if (!compare || Number.isNaN(number)) throw unknownOperator(operator);
    return (row) => row[column.column] != null && compare(Number(row[column.column]), number);
  }
  if (!test) throw unknownOperator(operator);
  return (row) => row[column.column] != null && test(String(row[column.column]).toLowerCase(), wanted.toLowerCase());
}

function listTest(column: Column, value: string): RowTest {
  const ids = new Set(
    value
      .replace(/^\[|\]$/g, "")
      .split(",")
      .map((part) => Number(unquote(part.trim()))),
  );
  return (row) => ids.has(Number(row[column.column] ?? Number.NaN));
}

const textOperators: Record<string, (text: string, value: string) => boolean> = {
  IS: (text, value) => text === value,
  IS_NOT: (text, value) => text !== value,
  CONTAIN: (text, value) => text.includes(value),
  CONTAIN_NOT: (text, value) => !text.includes(value),
  START_WITH: (text, value) => text.startsWith(value),
  START_WITH_NOT: (text, value) => !text.startsWith(value),
  END_WITH: (text, value) => text.endsWith(value),
  END_WITH_NOT: (text, value) => !text.endsWith(value),
};

const numberOperators: Record<string, (number: number, value: number) => boolean> = {
  EQUAL: (number, value) => number === value,
  IS: (number, value) => number === value,
  EQUAL_NOT: (number, value) => number !== value,
  GREATER: (number, value) => number > value,
  GREATER_OR_EQUAL: (number, value) => number >= value,
  LESS: (number, value) => number < value,
  LESS_OR_EQUAL: (number, value) => number <= value,
};

function accept({ reader }: FilterContext, word: string): boolean {
  if (reader.tokens[reader.at]?.toUpperCase() !== word) return false;
  reader.at += 1;
  return true;
}

function take({ reader }: FilterContext): string {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw unreadable("it ends too early");
  reader.at += 1;
  return token;
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('\\"', '"') : text;
}

function unknownOperator(operator: string) {
  return invalidParameter(
    `Invalid query parameter 'q'. The operator '${operator}' cannot be used with this field.`,
    "q",
  );
}

function unreadable(reason: string) {
  return invalidParameter(`Invalid query parameter 'q'. The filter cannot be read: ${reason}.`, "q");
}
