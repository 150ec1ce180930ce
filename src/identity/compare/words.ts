/** Letters that are one thing to a reader and do not come apart into a plain letter and an accent. */
const unfolded: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  æ: "ae",
  œ: "oe",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/** The words of a text without case, accents and punctuation. @example foldWords("O’Brien-Núñez") // ["obrien", "nunez"] */
export function foldWords(text: string): string[] {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\p{M}'’`.]/gu, "")
    .replaceAll(/[ßøłæœđðþı]/g, (letter) => unfolded[letter] ?? letter)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
