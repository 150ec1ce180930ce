/**
 * Splits text into the words a search compares, lower case.
 * @example tokensOf("ada@Northwind-Traders.com") // ["ada", "northwind", "traders", "com"]
 */
export function tokensOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** A pattern of CONTAINS_TOKEN: words in sequence, `*` standing for any run of letters and digits within a word. */
export type TokenPattern = RegExp[];

/** Reads a CONTAINS_TOKEN value; empty when it holds no word at all. */
export function tokenPattern(value: string): TokenPattern {
  const words = value.toLowerCase().match(/[\p{L}\p{N}_*]+/gu) ?? [];
  return words.map((word) => new RegExp(`^${word.replaceAll("*", "[\\p{L}\\p{N}_]*")}$`, "u"));
}

/** True when the pattern's words stand next to each other in the text. */
export function hasTokens(text: string, pattern: TokenPattern): boolean {
  const tokens = tokensOf(text);
  for (let start = 0; start + pattern.length <= tokens.length; start += 1) {
    if (pattern.every((word, index) => word.test(tokens[start + index] ?? ""))) return true;
  }
  return false;
}
