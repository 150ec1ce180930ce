import { SuiteqlRefusal } from "./refusal.ts";

export interface Token {
  type: "word" | "quoted" | "string" | "number" | "symbol" | "end";
  text: string;
  /** The word in upper case; the text itself for everything else. */
  upper: string;
  /** Where it starts, counted from 1. */
  line: number;
  column: number;
}

/**
 * Splits a statement into tokens, comments left out, an `end` token last.
 * @throws SuiteqlRefusal at an unclosed text or a character SQL has no use for.
 */
export function tokenise(statement: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  while (at < statement.length) {
    const match = pattern.exec(statement.slice(at, at + lookahead(statement, at)));
    const text = match?.[0];
    const column = at - lineStart + 1;
    if (!match?.groups || !text) throw syntaxRefusal(statement, { text: statement.charAt(at), line, column });
    const { word, quoted, string, number, symbol } = match.groups;
    if (word !== undefined) tokens.push({ type: "word", text: word, upper: word.toUpperCase(), line, column });
    else if (quoted !== undefined) push(tokens, "quoted", quoted.slice(1, -1), { line, column });
    else if (string !== undefined) push(tokens, "string", string.slice(1, -1).replaceAll("''", "'"), { line, column });
    else if (number !== undefined) push(tokens, "number", number, { line, column });
    else if (symbol !== undefined) push(tokens, "symbol", symbol, { line, column });
    for (let index = 0; index < text.length; index += 1) {
      if (text.charAt(index) !== "\n") continue;
      line += 1;
      lineStart = at + index + 1;
    }
    at += text.length;
  }
  push(tokens, "end", "<EOF>", { line, column: at - lineStart + 1 });
  return tokens;
}

/** The refusal of a statement that does not parse, pointing at the token in the way. */
export function syntaxRefusal(statement: string, near: { text: string; line: number; column: number }): SuiteqlRefusal {
  return new SuiteqlRefusal(
    `Failed to parse SQL [${statement}]. syntax error, state:849(10102) near: ${near.text}(${near.line},${near.column}, token code:0)`,
  );
}

const pattern =
  /^(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/|(?<word>[A-Za-z_][A-Za-z0-9_$#]*)|(?<quoted>"[^"\n]+")|(?<string>'(?:[^']|'')*')|(?<number>\d+(?:\.\d+)?|\.\d+)|(?<symbol><>|!=|\^=|<=|>=|\|\||[=<>(),.*+\-/]))/;

// Slicing the whole rest for each token would make long IN lists quadratic.
const shortReach = 256;

function lookahead(statement: string, at: number): number {
  const next = statement.charAt(at);
  return next === "'" || next === "/" || next === "-" || next === '"' ? statement.length - at : shortReach;
}

function push(tokens: Token[], type: Token["type"], text: string, place: { line: number; column: number }): void {
  tokens.push({ type, text, upper: text, ...place });
}
