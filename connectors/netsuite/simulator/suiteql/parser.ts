import { parseExpression } from "./expression.ts";
import { readTokens, type TokenReader } from "./reader.ts";
import { unsupported } from "./refusal.ts";
import type { Expression, OrderTerm, SelectItem, Source, Statement } from "./syntax.ts";

/**
 * Parses one SELECT statement.
 * @throws SuiteqlRefusal pointing at the first token that does not fit.
 * @example parseSuiteql("SELECT id FROM customer WHERE id > 5 ORDER BY id").sources[0]?.table // "customer"
 */
export function parseSuiteql(statement: string): Statement {
  const reader = readTokens(statement);
  if (reader.atWord("WITH")) throw unsupported("WITH clauses are not simulated.");
  reader.takeWord("SELECT");
  const distinct = reader.acceptWord("DISTINCT");
  const top = reader.peek().upper === "TOP" && reader.peek(1).type === "number" ? parseTop(reader) : null;
  const items = parseList(reader, parseItem);
  reader.takeWord("FROM");
  const sources = parseSources(reader);
  const where = reader.acceptWord("WHERE") ? parseExpression(reader) : null;
  const groupBy = parseGroupBy(reader);
  const having = reader.acceptWord("HAVING") ? parseExpression(reader) : null;
  const orderBy = parseOrderBy(reader);
  const rowsSkipped = parseOffset(reader);
  const fetched = parseFetch(reader);
  if (reader.atWord("UNION", "MINUS", "INTERSECT")) throw unsupported("Set operators are not simulated.");
  if (reader.peek().type !== "end") throw reader.refuse();
  return { distinct, items, sources, where, groupBy, having, orderBy, rowsMax: fetched ?? top, rowsSkipped };
}

function parseList<Part>(reader: TokenReader, parse: (reader: TokenReader) => Part): Part[] {
  const list = [parse(reader)];
  while (reader.acceptSymbol(",")) list.push(parse(reader));
  return list;
}

function parseTop(reader: TokenReader): number {
  reader.take();
  return takeWholeNumber(reader);
}

function parseItem(reader: TokenReader): SelectItem {
  if (reader.acceptSymbol("*")) return { type: "all", qualifier: null };
  if (
    reader.atName() &&
    reader.peek(1).text === "." &&
    reader.peek(2).text === "*" &&
    reader.peek(2).type === "symbol"
  ) {
    const qualifier = reader.takeName();
    reader.takeSymbol(".");
    reader.takeSymbol("*");
    return { type: "all", qualifier };
  }
  const expression = parseExpression(reader);
  return { type: "expression", expression, alias: parseAlias(reader) };
}

function parseAlias(reader: TokenReader): string | null {
  return reader.acceptWord("AS") || reader.atName() ? reader.takeName() : null;
}

function parseSources(reader: TokenReader): Source[] {
  const sources = [parseSource(reader, "none")];
  while (reader.atSymbol(",") || reader.atWord("CROSS", "JOIN", "INNER", "LEFT", "RIGHT", "FULL")) {
    if (reader.acceptSymbol(",")) sources.push(parseSource(reader, "none"));
    else if (reader.acceptWord("CROSS")) sources.push(parseCrossJoin(reader));
    else if (reader.atWord("RIGHT", "FULL")) throw unsupported("RIGHT and FULL joins are not simulated.");
    else sources.push(parseJoin(reader));
  }
  return sources;
}

function parseCrossJoin(reader: TokenReader): Source {
  reader.takeWord("JOIN");
  return parseSource(reader, "none");
}

function parseJoin(reader: TokenReader): Source {
  const left = reader.acceptWord("LEFT");
  if (left) reader.acceptWord("OUTER");
  else reader.acceptWord("INNER");
  reader.takeWord("JOIN");
  const source = parseSource(reader, left ? "left" : "inner");
  reader.takeWord("ON");
  return { ...source, on: parseExpression(reader) };
}

function parseSource(reader: TokenReader, join: Source["join"]): Source {
  if (reader.atSymbol("(")) throw unsupported("Subqueries are not simulated.");
  const table = reader.takeName();
  // Oracle knows no AS before a table alias; SuiteQL takes it.
  return { table, alias: parseAlias(reader) ?? table, join, on: null };
}

function parseGroupBy(reader: TokenReader): Expression[] {
  if (!reader.acceptWord("GROUP")) return [];
  reader.takeWord("BY");
  return parseList(reader, parseExpression);
}

function parseOrderBy(reader: TokenReader): OrderTerm[] {
  if (!reader.acceptWord("ORDER")) return [];
  reader.takeWord("BY");
  return parseList(reader, (): OrderTerm => {
    const expression = parseExpression(reader);
    const descending = reader.acceptWord("DESC");
    if (!descending) reader.acceptWord("ASC");
    return { expression, descending, nullsFirst: parseNulls(reader) };
  });
}

function parseNulls(reader: TokenReader): boolean | null {
  if (reader.peek().upper !== "NULLS") return null;
  reader.take();
  if (reader.acceptWord("FIRST")) return true;
  if (reader.peek().upper !== "LAST") throw reader.refuse();
  reader.take();
  return false;
}

function parseOffset(reader: TokenReader): number {
  if (!reader.acceptWord("OFFSET")) return 0;
  const rows = takeWholeNumber(reader);
  if (!reader.acceptWord("ROWS")) takeRow(reader);
  return rows;
}

function parseFetch(reader: TokenReader): number | null {
  if (!reader.acceptWord("FETCH")) return null;
  if (!reader.acceptWord("FIRST")) reader.takeWord("NEXT");
  const rows = takeWholeNumber(reader);
  if (!reader.acceptWord("ROWS")) takeRow(reader);
  reader.takeWord("ONLY");
  return rows;
}

function takeRow(reader: TokenReader): void {
  if (reader.take().upper !== "ROW") throw reader.refuse();
}

function takeWholeNumber(reader: TokenReader): number {
  const token = reader.peek();
  if (token.type !== "number" || token.text.includes(".")) throw reader.refuse();
  reader.take();
  return Number(token.text);
}
