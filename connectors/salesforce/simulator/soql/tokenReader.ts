import type { Refusal } from "../refusal.ts";
import type { Path } from "./ast.ts";
import { refuseAt } from "./refuse.ts";
import { type Token, tokenize } from "./tokenize.ts";

/** Reads a statement token by token; every expectation that fails is the vendor's "unexpected token". */
export class TokenReader {
  readonly #statement: string;
  readonly #tokens: Token[];
  #position = 0;

  constructor(statement: string) {
    this.#statement = statement;
    this.#tokens = tokenize(statement);
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)];
    return token ?? { kind: "end", text: "<EOF>", at: this.#statement.length };
  }

  next(): Token {
    const token = this.peek();
    this.#position++;
    return token;
  }

  /** The text of a coming symbol or word; strings answer "" so that `'('` is never taken for a parenthesis. */
  textAhead(ahead: number): string {
    const token = this.peek(ahead);
    return token.kind === "string" ? "" : token.text;
  }

  isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "word" && token.text.toUpperCase() === word;
  }

  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#position++;
    return true;
  }

  expectWord(word: string): void {
    if (!this.acceptWord(word)) throw this.unexpected();
  }

  accept(symbol: string): boolean {
    if (this.peek().kind !== "symbol" || this.peek().text !== symbol) return false;
    this.#position++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.accept(symbol)) throw this.unexpected();
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") throw this.unexpected();
  }

  /** A name such as `Account.Name`; a reserved word is none. */
  path(): Path {
    const token = this.peek();
    if (token.kind !== "word" || reserved.has(token.text.toUpperCase())) throw this.unexpected();
    this.#position++;
    return { steps: token.text.split("."), text: token.text, at: token.at };
  }

  /** One or more items with commas between them. */
  list<Item>(read: (reader: TokenReader) => Item): Item[] {
    const items = [read(this)];
    while (this.accept(",")) items.push(read(this));
    return items;
  }

  unexpected(token: { text: string; at: number } = this.peek()): Refusal {
    return this.refuse(token.at, `unexpected token: '${token.text}'`);
  }

  refuse(at: number, reason: string): Refusal {
    return refuseAt(this.#statement, at, "MALFORMED_QUERY", reason);
  }
}

const reserved = new Set(
  "AND ASC DESC EXCLUDES FROM HAVING IN INCLUDES LIKE LIMIT NOT NULL NULLS OR SELECT USING WHERE WITH".split(" "),
);
