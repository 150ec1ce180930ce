import { refuseAt } from "./refuse.ts";

/** One word of a statement: its kind, its text as written (strings without their quotes), where it begins. */
export interface Token {
  kind: "word" | "string" | "number" | "date" | "dateTime" | "symbol" | "end";
  text: string;
  at: number;
}

const patterns: [Token["kind"], RegExp][] = [
  ["dateTime", /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:?\d{2})/y],
  ["date", /\d{4}-\d{2}-\d{2}(?![\dT])/y],
  ["number", /[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(?![\w-])/y],
  ["word", /[A-Za-z]\w*(\.[A-Za-z]\w*)*/y],
  ["symbol", /<=|>=|!=|<>|[=<>(),:*]/y],
];

/** Splits a statement into tokens, the last of kind "end"; refuses characters and strings no statement can hold. */
export function tokenize(statement: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < statement.length) {
    const character = statement[at] ?? "";
    if (/\s/.test(character)) {
      at++;
    } else if (character === "'") {
      const text = quoted(statement, at);
      tokens.push({ kind: "string", text, at });
      at += text.length + 2;
    } else {
      const token = match(statement, at);
      tokens.push(token);
      at += token.text.length;
    }
  }
  return [...tokens, { kind: "end", text: "<EOF>", at: statement.length }];
}

function match(statement: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(statement);
    if (found) return { kind, text: found[0], at };
  }
  const character = statement[at] ?? "";
  throw refuseAt(statement, at, "MALFORMED_QUERY", `line 1:${at} no viable alternative at character '${character}'`);
}

/** The text between the quotes, its escapes still in place. */
function quoted(statement: string, start: number): string {
  for (let at = start + 1; at < statement.length; at++) {
    const character = statement[at];
    if (character === "\\") at++;
    else if (character === "'") return statement.slice(start + 1, at);
    else if (character === "\n" || character === "\r") break;
  }
  const reason = `line 1:${start} mismatched character '<EOF>' expecting '''`;
  throw refuseAt(statement, start, "MALFORMED_QUERY", reason);
}
