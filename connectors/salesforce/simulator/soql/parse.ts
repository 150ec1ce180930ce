import type { Refusal } from "../refusal.ts";
import type { OrderTerm, Path, SelectItem, Statement } from "./ast.ts";
import { parseConditions } from "./parseConditions.ts";
import { malformed, refuseAt } from "./refuse.ts";
import { TokenReader } from "./tokenReader.ts";

const limitMax = 2 ** 31 - 1;
const offsetMax = 2000;

/**
 * Parses one SOQL statement by the vendor's published grammar: SELECT, FROM, WHERE, ORDER BY, LIMIT, OFFSET in this
 * order. AND and OR cannot be mixed without parentheses. Throws a Refusal (MALFORMED_QUERY mostly) on anything else.
 * @example parse("SELECT Id FROM Contact WHERE Email != null LIMIT 5").limit // 5
 */
export function parse(statement: string): Statement {
  if (statement.trim() === "") throw malformed("SOQL statements cannot be empty or null");
  const reader = new TokenReader(statement);
  reader.expectWord("SELECT");
  const countOnly = readCountOnly(reader);
  const select = countOnly ? [] : reader.list(readSelectItem);
  reader.expectWord("FROM");
  const from = reader.path();
  const where = reader.acceptWord("WHERE") ? parseConditions(reader) : undefined;
  const orderBy = reader.acceptWord("ORDER") ? readOrder(reader) : [];
  const limit = reader.acceptWord("LIMIT") ? readCount(reader, limitMax) : undefined;
  const offset = reader.acceptWord("OFFSET") ? readCount(reader, limitMax) : 0;
  reader.expectEnd();
  const parsed: Statement = { countOnly, select, from, where, orderBy, limit, offset };
  const refusal = wholeStatementRefusal(statement, parsed);
  if (refusal) throw refusal;
  return parsed;
}

function readCountOnly(reader: TokenReader): boolean {
  if (!reader.isWord("COUNT") || reader.textAhead(1) !== "(" || reader.textAhead(2) !== ")") return false;
  reader.next();
  reader.expect("(");
  reader.expect(")");
  return true;
}

function readSelectItem(reader: TokenReader): SelectItem {
  const path = reader.path();
  if (reader.textAhead(0) !== "(") return { kind: "path", path };
  const name = path.text.toUpperCase();
  const isCount = name === "COUNT" || name === "COUNT_DISTINCT";
  if (!isCount && name !== "FIELDS") throw reader.unexpected();
  reader.expect("(");
  const argument = reader.path();
  reader.expect(")");
  if (isCount) return { kind: "count", path: argument, distinct: name !== "COUNT", alias: readAlias(reader) };
  const which = argument.text.toUpperCase();
  if (which === "ALL" || which === "STANDARD" || which === "CUSTOM") return { kind: "fields", which, at: path.at };
  throw reader.unexpected(argument);
}

function readAlias(reader: TokenReader): string | null {
  const { kind, text } = reader.peek();
  if (kind !== "word" || reader.isWord("FROM")) return null;
  const alias = reader.path();
  if (alias.steps.length > 1) throw reader.unexpected(alias);
  return text;
}

function readOrder(reader: TokenReader): OrderTerm[] {
  reader.expectWord("BY");
  return reader.list(() => {
    const path: Path = reader.path();
    const descending = !reader.acceptWord("ASC") && reader.acceptWord("DESC");
    let nullsLast = false;
    if (reader.acceptWord("NULLS")) {
      nullsLast = reader.acceptWord("LAST");
      if (!nullsLast) reader.expectWord("FIRST");
    }
    return { path, descending, nullsLast };
  });
}

function readCount(reader: TokenReader, max: number): number {
  const token = reader.next();
  if (token.kind !== "number" || !/^\+?\d+$/.test(token.text)) throw reader.unexpected(token);
  const count = Number(token.text);
  if (count > max) throw reader.refuse(token.at, `numeric value out of range: ${token.text}`);
  return count;
}

/** What is wrong with a statement whose every clause is well formed. */
function wholeStatementRefusal(statement: string, parsed: Statement): Refusal | null {
  const fields = parsed.select.find((item) => item.kind === "fields");
  const unbounded = fields?.kind === "fields" && fields.which !== "STANDARD";
  if (unbounded && (parsed.limit ?? Number.POSITIVE_INFINITY) > 200) {
    return malformed("The SOQL FIELDS function must have a LIMIT of at most 200");
  }
  if (parsed.offset > offsetMax) {
    const at = statement.toUpperCase().lastIndexOf("OFFSET");
    return refuseAt(statement, at, "NUMBER_OUTSIDE_VALID_RANGE", `Maximum SOQL offset allowed is ${offsetMax}`);
  }
  const first = parsed.orderBy[0];
  if (parsed.countOnly && first) {
    return refuseAt(statement, first.path.at, "MALFORMED_QUERY", "COUNT() cannot be used with ORDER BY");
  }
  return parsed.select.some((item) => item.kind === "count") ? aggregateRefusal(statement, parsed) : null;
}

/** What an aggregate without GROUP BY cannot stand beside. */
function aggregateRefusal(statement: string, { select, orderBy: [first], limit, offset }: Statement): Refusal | null {
  const plain = select.find((item) => item.kind !== "count");
  if (plain) {
    const name = plain.kind === "fields" ? "FIELDS" : plain.path.text;
    return malformed(`Field must be grouped or aggregated: ${name}`);
  }
  if (first) {
    const reason = `Ordered field must be grouped or aggregated: ${first.path.text}`;
    return refuseAt(statement, first.path.at, "MALFORMED_QUERY", reason);
  }
  if (limit === undefined && offset === 0) return null;
  return malformed("Non-grouped query that uses overall aggregate functions cannot also use LIMIT");
}
