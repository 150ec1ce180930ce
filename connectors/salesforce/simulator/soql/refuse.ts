import { Refusal } from "../refusal.ts";

/** How many characters of the statement the vendor quotes on each side of the mistake. */
const quotedBefore = 40;
const quotedAfter = 40;

/**
 * A refused statement with the vendor's pointer: a piece of the statement, a caret under the mistake, its row and
 * column (both from 1), and the reason.
 */
export function refuseAt(statement: string, at: number, errorCode: string, reason: string): Refusal {
  const before = statement.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  const row = before.split("\n").length;
  const column = at - lineStart + 1;
  const line = statement.slice(lineStart).split("\n", 1)[0] ?? "";
  const quoteStart = Math.max(0, column - 1 - quotedBefore);
  const quote = line.slice(quoteStart, column - 1 + quotedAfter);
  const caret = " ".repeat(column - 1 - quoteStart);
  return new Refusal(400, errorCode, `\n${quote}\n${caret}^\nERROR at Row:${row}:Column:${column}\n${reason}`);
}

/** A statement the grammar does not allow, without a pointer. */
export function malformed(reason: string): Refusal {
  return new Refusal(400, "MALFORMED_QUERY", reason);
}
