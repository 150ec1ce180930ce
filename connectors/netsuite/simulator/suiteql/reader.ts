import type { SuiteqlRefusal } from "./refusal.ts";
import { syntaxRefusal, type Token, tokenise } from "./tokens.ts";

/** Walks through a statement's tokens. `take…` moves on and refuses when the next token is another; `accept…` moves on if it fits. */
export interface TokenReader {
  peek(ahead?: number): Token;
  take(): Token;
  atWord(...words: readonly string[]): boolean;
  atSymbol(...symbols: readonly string[]): boolean;
  acceptWord(word: string): boolean;
  acceptSymbol(symbol: string): boolean;
  takeWord(word: string): void;
  takeSymbol(symbol: string): void;
  /** A table, column or alias name: a word that is no keyword, or anything in double quotes. */
  takeName(): string;
  atName(): boolean;
  refuse(): SuiteqlRefusal;
}

/** A reader at the first token of a statement. */
export function readTokens(statement: string): TokenReader {
  const tokens = tokenise(statement);
  let at = 0;
  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(at + ahead, tokens.length - 1)];
    if (!token) throw syntaxRefusal(statement, { text: "<EOF>", line: 1, column: 1 });
    return token;
  };
  const refuse = () => syntaxRefusal(statement, peek());
  const take = () => {
    const token = peek();
    at += 1;
    return token;
  };
  const atWord = (...words: readonly string[]) => peek().type === "word" && words.includes(peek().upper);
  const atSymbol = (...symbols: readonly string[]) => peek().type === "symbol" && symbols.includes(peek().text);
  const accept = (fits: boolean) => {
    if (fits) at += 1;
    return fits;
  };
  const atName = () => peek().type === "quoted" || (peek().type === "word" && !keywords.has(peek().upper));
  return {
    peek,
    take,
    atWord,
    atSymbol,
    atName,
    refuse,
    acceptWord: (word) => accept(atWord(word)),
    acceptSymbol: (symbol) => accept(atSymbol(symbol)),
    takeWord(word) {
      if (!accept(atWord(word))) throw refuse();
    },
    takeSymbol(symbol) {
      if (!accept(atSymbol(symbol))) throw refuse();
    },
    takeName() {
      if (!atName()) throw refuse();
      return take().text;
    },
  };
}

// LIMIT is one of them: SuiteQL has no such clause, so the word is refused wherever it stands.
const keywords = new Set(
  "SELECT FROM WHERE AND OR NOT IN LIKE BETWEEN IS NULL ORDER GROUP BY HAVING JOIN LEFT RIGHT INNER OUTER FULL CROSS ON AS ASC DESC DISTINCT FETCH OFFSET UNION MINUS INTERSECT CASE WHEN THEN ELSE END WITH LIMIT ESCAPE EXISTS INSERT UPDATE DELETE DROP INTO VALUES SET".split(
    " ",
  ),
);
