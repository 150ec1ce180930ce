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
  return plainWords(text) ?? wordsOfAnyScript(text);
}

/** Of ASCII, which most texts are, by its letters alone; null of any other. */
function plainWords(text: string): string[] | null {
  const lower = text.toLowerCase();
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < lower.length; at++) {
    const letter = lower.charCodeAt(at);
    // ' . and ` join what they stand between.
    if (letter > 127 || letter === 39 || letter === 46 || letter === 96) return null;
    const isInWord = (letter >= 97 && letter <= 122) || (letter >= 48 && letter <= 57);
    if (isInWord === start >= 0) continue;
    if (!isInWord) words.push(lower.slice(start, at));
    start = isInWord ? at : -1;
  }
  if (start >= 0) words.push(lower.slice(start));
  return words;
}

/** Apostrophes, full stops, and marks without which a letter is still the same: not the vowels of Indian scripts, nor what makes ba of ha. */
const accents =
  /['’`.]|(?![\u3099\u309a])(?=\p{M})[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Cyrillic}\p{Script=Hebrew}]/gu;

function wordsOfAnyScript(text: string): string[] {
  return inPlainLetters(text.normalize("NFKD").toLowerCase().replaceAll(accents, "").normalize("NFC"))
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== "");
}

/** A text in lower case without letters that are written in plain ones elsewhere. @example inPlainLetters("mærsk") // "maersk" */
export function inPlainLetters(lower: string): string {
  return lower.replaceAll(/[ßøłæœđðþı]/g, (letter) => unfolded[letter] ?? letter);
}
