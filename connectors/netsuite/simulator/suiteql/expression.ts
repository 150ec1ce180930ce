import type { TokenReader } from "./reader.ts";
import { unsupported } from "./refusal.ts";
import type { Comparison, Expression } from "./syntax.ts";

/** Reads one expression or condition, by precedence: OR, AND, NOT, comparison, `||` and `+ -`, `* /`, operand. */
export function parseExpression(reader: TokenReader): Expression {
  let left = parseAnd(reader);
  while (reader.acceptWord("OR")) left = { type: "or", left, right: parseAnd(reader) };
  return left;
}

function parseAnd(reader: TokenReader): Expression {
  let left = parseNot(reader);
  while (reader.acceptWord("AND")) left = { type: "and", left, right: parseNot(reader) };
  return left;
}

function parseNot(reader: TokenReader): Expression {
  return reader.acceptWord("NOT") ? { type: "not", operand: parseNot(reader) } : parsePredicate(reader);
}

const comparisons: Record<string, Comparison> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "^=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

function parsePredicate(reader: TokenReader): Expression {
  const operand = parseSum(reader);
  const operator = reader.peek().type === "symbol" ? comparisons[reader.peek().text] : undefined;
  if (operator !== undefined) {
    reader.take();
    return { type: "compare", operator, left: operand, right: parseSum(reader) };
  }
  if (reader.acceptWord("IS")) {
    const negated = reader.acceptWord("NOT");
    reader.takeWord("NULL");
    return { type: "null", operand, negated };
  }
  const negated = reader.acceptWord("NOT");
  if (reader.acceptWord("IN")) return { type: "in", operand, list: parseList(reader), negated };
  if (reader.acceptWord("BETWEEN")) {
    const low = parseSum(reader);
    reader.takeWord("AND");
    return { type: "between", operand, low, high: parseSum(reader), negated };
  }
  if (reader.acceptWord("LIKE")) {
    const pattern = parseSum(reader);
    return {
      type: "like",
      operand,
      pattern,
      escape: reader.acceptWord("ESCAPE") ? parseOperand(reader) : null,
      negated,
    };
  }
  if (negated) throw reader.refuse();
  return operand;
}

function parseList(reader: TokenReader): Expression[] {
  reader.takeSymbol("(");
  if (reader.atWord("SELECT")) throw subqueryRefusal();
  const list = [parseSum(reader)];
  while (reader.acceptSymbol(",")) list.push(parseSum(reader));
  reader.takeSymbol(")");
  // Oracle's own limit (ORA-01795).
  if (list.length > listMax) throw unsupported("ORA-01795: maximum number of expressions in a list is 1000");
  return list;
}

const listMax = 1000;

function subqueryRefusal() {
  return unsupported("Subqueries are not simulated.");
}

function parseSum(reader: TokenReader): Expression {
  let left = parseProduct(reader);
  while (reader.atSymbol("+", "-", "||")) {
    const operator = reader.take().text;
    const right = parseProduct(reader);
    left =
      operator === "||"
        ? { type: "concat", left, right }
        : { type: "arithmetic", operator: operator === "+" ? "+" : "-", left, right };
  }
  return left;
}

function parseProduct(reader: TokenReader): Expression {
  let left = parseOperand(reader);
  while (reader.atSymbol("*", "/")) {
    const operator = reader.take().text === "*" ? "*" : "/";
    left = { type: "arithmetic", operator, left, right: parseOperand(reader) };
  }
  return left;
}

function parseOperand(reader: TokenReader): Expression {
  const token = reader.peek();
  if (reader.acceptSymbol("-")) {
    return { type: "arithmetic", operator: "-", left: { type: "literal", value: 0 }, right: parseOperand(reader) };
  }
  if (reader.acceptSymbol("(")) {
    if (reader.atWord("SELECT")) throw subqueryRefusal();
    const inner = parseExpression(reader);
    reader.takeSymbol(")");
    return inner;
  }
  if (token.type === "number" || token.type === "string") {
    reader.take();
    return { type: "literal", value: token.type === "number" ? Number(token.text) : token.text };
  }
  if (reader.acceptWord("NULL")) return { type: "literal", value: null };
  if (reader.acceptWord("CASE")) return parseCase(reader);
  if (reader.atWord("EXISTS")) throw subqueryRefusal();
  return parseReference(reader);
}

function parseCase(reader: TokenReader): Expression {
  const subject = reader.atWord("WHEN") ? null : parseSum(reader);
  const branches: { when: Expression; result: Expression }[] = [];
  while (reader.acceptWord("WHEN")) {
    const tested = subject ? parseSum(reader) : parseExpression(reader);
    const when: Expression = subject ? { type: "compare", operator: "=", left: subject, right: tested } : tested;
    reader.takeWord("THEN");
    branches.push({ when, result: parseSum(reader) });
  }
  if (branches.length === 0) throw reader.refuse();
  const otherwise = reader.acceptWord("ELSE") ? parseSum(reader) : null;
  reader.takeWord("END");
  return { type: "case", branches, otherwise };
}

/** A column, or a call: `BUILTIN.DF(status)` is a call with a dot in its name. */
function parseReference(reader: TokenReader): Expression {
  const first = reader.takeName();
  const second = reader.acceptSymbol(".") ? reader.takeName() : null;
  if (!reader.acceptSymbol("("))
    return { type: "column", qualifier: second === null ? null : first, name: second ?? first };
  const name = (second === null ? first : `${first}.${second}`).toUpperCase();
  if (reader.acceptSymbol("*")) {
    if (name !== "COUNT") throw reader.refuse();
    reader.takeSymbol(")");
    return { type: "countAll" };
  }
  const distinct = reader.acceptWord("DISTINCT");
  const args: Expression[] = [];
  if (!reader.atSymbol(")")) {
    args.push(parseSum(reader));
    while (reader.acceptSymbol(",")) args.push(parseSum(reader));
  }
  reader.takeSymbol(")");
  return { type: "call", name, distinct, args };
}
