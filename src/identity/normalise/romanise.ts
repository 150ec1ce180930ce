import { readingOf } from "./han.ts";

/** Letters as names in Latin script write them most often; vowels that Arabic leaves out are not made up. */
const letters = new Map<string, string>(
  Object.entries({
    // Cyrillic; marks on letters are gone already.
    ...pairs("абвгдезиклмнопрстуфыэіј", "abvgdeziklmnoprstufyeij"),
    ...{ ж: "zh", х: "kh", ц: "ts", ч: "ch", ш: "sh", щ: "shch", ю: "yu", я: "ya", є: "ye", ґ: "g", ћ: "c", ђ: "dj" },
    ...{ љ: "lj", њ: "nj", џ: "dz", ъ: "", ь: "" },
    // Greek.
    ...pairs("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo"),
    ...{ θ: "th", χ: "ch", ψ: "ps" },
    // Arabic, Persian and Urdu.
    ...pairs("ابتجحدرزسصضطظفقكگلمنهةويىپکی", "abtjhdrzssdtzfqkglmnhawyapky"),
    ...{ ث: "th", خ: "kh", ذ: "dh", ش: "sh", غ: "gh", چ: "ch", ژ: "zh", ع: "a", ء: "" },
  }),
);

/**
 * A word in Latin letters, as far as its script is known: Cyrillic, Greek, Arabic, Chinese. What is not known stays as it is.
 * @param word in lower case, as `foldWords` gives it
 * @example romanised("васильев") // "vasiliev"; romanised("فيصل") // "fýsl"
 */
export function romanised(word: string): string {
  if (/^[\p{Script=Latin}\p{N}]*$/u.test(word)) return word;
  let made = "";
  for (const letter of word.replaceAll(/ь(?=[еиюя])/g, "и").replaceAll("ου", "ou"))
    made += letters.get(letter) ?? readingOf(letter) ?? letter;
  return /\p{Script=Arabic}/u.test(word) ? withMarks(made) : made.replace(/ii$/, "i");
}

/**
 * Marks letters that may be vowels here, but at the start: they tell Hasan from Husain, who are written alike but for one of them, and are
 * no letters to look for in a name as Latin script writes it.
 */
function withMarks(made: string): string {
  const rest = made.slice(1).replaceAll(/[ayw]/g, (letter) => marked.get(letter) ?? letter);
  return `${made.charAt(0)}${made.startsWith("a") ? rest.replace(/^á/, "") : rest}`;
}

const marked = new Map([
  ["a", "á"],
  ["y", "ý"],
  ["w", "ẃ"],
]);

/** Whether a name was written in Arabic with letters that may be vowels: then each letter counts. */
export function isMarked(text: string): boolean {
  return /[áýẃ]/.test(text);
}

/** Whether a name is written in letters that are not Latin and that nobody has romanised: then it says nothing of one that is. */
export function isForeign(text: string): boolean {
  return /[^\p{Script=Latin}\p{N}\s]/u.test(text);
}

/** Consonants alone, as names stand in Arabic: F-S-L for Faisal and for Faysal. */
export function skeletonOf(text: string): string {
  return text
    .replaceAll(/[aeiouywáýẃ\s]/g, "")
    .replaceAll("q", "k")
    .replaceAll(/(.)\1+/g, "$1");
}

function pairs(from: string, to: string): Record<string, string> {
  const latin = [...to];
  return Object.fromEntries([...from].map((letter, n) => [letter, latin[n] ?? ""]));
}
