import type { ComparisonOperator, Condition, Literal, Path } from "./ast.ts";
import { dateLiteralForm } from "./dateRanges.ts";
import type { TokenReader } from "./tokenReader.ts";

/**
 * The WHERE clause, after its keyword. As in the vendor's grammar one level holds ANDs or ORs, never both, and NOT
 * stands alone before one condition or one parenthesis.
 */
export function parseConditions(reader: TokenReader): Condition {
  if (reader.acceptWord("NOT")) return { kind: "not", part: readCondition(reader) };
  const first = readCondition(reader);
  const joiner = reader.isWord("AND") ? "AND" : reader.isWord("OR") ? "OR" : null;
  if (!joiner) return first;
  const parts = [first];
  while (reader.acceptWord(joiner)) parts.push(readCondition(reader));
  return { kind: joiner === "AND" ? "and" : "or", parts };
}

function readCondition(reader: TokenReader): Condition {
  if (reader.accept("(")) {
    const inner = parseConditions(reader);
    reader.expect(")");
    return inner;
  }
  const path = reader.path();
  if (reader.acceptWord("LIKE")) return { kind: "like", path, value: readLiteral(reader) };
  if (reader.acceptWord("IN")) return readIn(reader, path, false);
  if (reader.acceptWord("NOT")) {
    reader.expectWord("IN");
    return readIn(reader, path, true);
  }
  return { kind: "compare", path, operator: readOperator(reader), value: readLiteral(reader) };
}

function readIn(reader: TokenReader, path: Path, negated: boolean): Condition {
  if (reader.textAhead(0) === ":") throw bindVariable(reader);
  reader.expect("(");
  const values = reader.list(readLiteral);
  reader.expect(")");
  return { kind: "in", path, negated, values };
}

const operators: Record<string, ComparisonOperator> = {
  "=": "=",
  "!=": "!=",
  "<>": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

function readOperator(reader: TokenReader): ComparisonOperator {
  const token = reader.peek();
  const operator = token.kind === "symbol" ? operators[token.text] : undefined;
  if (!operator) throw reader.unexpected();
  reader.next();
  return operator;
}

function readLiteral(reader: TokenReader): Literal {
  const { kind, text, at } = reader.peek();
  if (text === ":" && kind === "symbol") throw bindVariable(reader);
  if (kind === "symbol" || kind === "end") throw reader.unexpected();
  reader.next();
  if (kind !== "word") return { kind, text, at };
  const word = text.toUpperCase();
  if (word === "NULL") return { kind: "null", text, at };
  if (word === "TRUE" || word === "FALSE") return { kind: "boolean", text: word, at };
  const form = dateLiteralForm(word);
  if (form === "fixed") return { kind: "dateRange", text: word, at };
  if (form === "counted") return { kind: "dateRange", text: word, at, n: readDays(reader) };
  throw reader.unexpected({ text, at });
}

/** The `:n` of LAST_N_DAYS:n. */
function readDays(reader: TokenReader): number {
  reader.expect(":");
  const token = reader.next();
  if (token.kind !== "number" || !/^\d+$/.test(token.text)) throw reader.unexpected(token);
  return Number(token.text);
}

function bindVariable(reader: TokenReader) {
  return reader.refuse(reader.peek().at, "Bind variables only allowed in Apex code");
}
