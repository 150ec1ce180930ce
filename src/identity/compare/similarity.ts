let beforeLast = new Uint16Array(64);
let last = new Uint16Array(64);
let row = new Uint16Array(64);

/** Optimal string alignment: inserted, lost, changed and swapped letters count one each. @example editDistance("anna", "anan") // 1 */
export function editDistance(a: string, b: string): number {
  return boundedDistance(a, b, Math.max(a.length, b.length));
}

/** Whether at most so many typing errors lie between two texts; cheaper than counting them all. */
export function withinEdits(a: string, b: string, errorsMax: number): boolean {
  return Math.abs(a.length - b.length) <= errorsMax && boundedDistance(a, b, errorsMax) <= errorsMax;
}

/** The distance, or something above the bound where it is beyond: only alignments that stay within the bound are tried. */
function boundedDistance(one: string, other: string, bound: number): number {
  const [a, b] = withoutCommonEnds(one, other);
  if (a.length === 0 || b.length === 0) return Math.max(a.length, b.length);
  if (b.length >= row.length) {
    beforeLast = new Uint16Array(b.length * 2);
    last = new Uint16Array(b.length * 2);
    row = new Uint16Array(b.length * 2);
  }
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    if (editRow(a, b, i, bound) > bound) return bound + 1;
    const spare = beforeLast;
    beforeLast = last;
    last = row;
    row = spare;
  }
  return last[b.length] ?? 0;
}

function withoutCommonEnds(a: string, b: string): [string, string] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  return start + end === 0 ? [a, b] : [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/** Fills the next row near the diagonal, and gives its least. */
function editRow(a: string, b: string, i: number, bound: number): number {
  const letter = a.charCodeAt(i - 1);
  const letterBefore = i > 1 ? a.charCodeAt(i - 2) : -1;
  const from = Math.max(1, i - bound);
  const to = Math.min(b.length, i + bound);
  row[from - 1] = from === 1 ? i : bound + 1;
  let least = row[from - 1] ?? 0;
  for (let j = from; j <= to; j++) {
    const other = b.charCodeAt(j - 1);
    let best = (last[j - 1] ?? 0) + (letter === other ? 0 : 1);
    best = Math.min(best, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    if (j > 1 && letter === b.charCodeAt(j - 2) && letterBefore === other)
      best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
    row[j] = best;
    if (best < least) least = best;
  }
  if (to < b.length) row[to + 1] = bound + 1;
  return least;
}

let takenA = new Uint8Array(64);
let takenB = new Uint8Array(64);

/** No name is longer; the time that likeness takes grows with the square of the length. */
const likenessLengthMax = 500;

/**
 * Jaro–Winkler similarity from 0 to 1: shares of common letters in about the same places, a common start counting more. The same both
 * ways: whose letters choose first would matter, so the text that sorts first does. Texts longer than any name are the same or not alike.
 * @example jaroWinkler("martha", "marhta") // 0.961…
 */
export function jaroWinkler(one: string, other: string): number {
  if (one === other) return 1;
  const [a, b] = one < other ? [one, other] : [other, one];
  if (a.length === 0 || Math.max(a.length, b.length) > likenessLengthMax) return 0;
  const common = commonLetters(a, b);
  if (common === 0) return 0;
  const jaro = (common / a.length + common / b.length + (common - transposed(a, b) / 2) / common) / 3;
  let start = 0;
  while (start < 4 && start < a.length && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  return jaro + start * 0.1 * (1 - jaro);
}

/** Marks the letters of each that the other has in reach, and counts them. */
function commonLetters(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  if (longest > takenA.length) {
    takenA = new Uint8Array(longest * 2);
    takenB = new Uint8Array(longest * 2);
  }
  takenA.fill(0, 0, a.length);
  takenB.fill(0, 0, b.length);
  const reach = Math.max(0, (longest >> 1) - 1);
  let common = 0;
  for (let i = 0; i < a.length; i++) {
    const end = Math.min(b.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      if (takenB[j] === 1 || a.charCodeAt(i) !== b.charCodeAt(j)) continue;
      takenA[i] = 1;
      takenB[j] = 1;
      common++;
      break;
    }
  }
  return common;
}

/** How many of the marked letters stand in another order. */
function transposed(a: string, b: string): number {
  let moved = 0;
  let j = 0;
  for (let i = 0; i < a.length; i++) {
    if (takenA[i] !== 1) continue;
    while (takenB[j] !== 1) j++;
    if (a.charCodeAt(i) !== b.charCodeAt(j)) moved++;
    j++;
  }
  return moved;
}

/** Which of 32 groups of letters occur: what two texts lack of each other bounds how similar they can be, in two machine words. */
export function lettersOf(text: string): number {
  let letters = 0;
  for (let at = 0; at < text.length; at++) letters |= 1 << (text.charCodeAt(at) & 31);
  return letters;
}

/** How many bits of a mask are set. */
export function bitsOf(mask: number): number {
  let rest = mask - ((mask >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Classes of consonants that are mistaken for each other; vowels and h, w, y make no class. */
const soundClasses: Readonly<Record<string, string>> = Object.fromEntries(
  ["bfpv", "cgjkqsxz", "dt", "l", "mn", "r"].flatMap((letters, n) => [...letters].map((each) => [each, String(n + 1)])),
);
/** As names are romanised out of Arabic. */
const markedVowels = "áýẃ";

/**
 * How a name sounds, roughly: up to four classes of consonants, after a mark for a vowel at the start.
 * @example soundOf("smith") === soundOf("schmidt") // true
 */
export function soundOf(name: string): string {
  let sound = "";
  let before = "";
  for (const letter of name) {
    const isVowel = (letter >= "a" && letter <= "z") || markedVowels.includes(letter);
    const found = soundClasses[letter] ?? (isVowel ? "" : letter);
    if (found !== "" && found !== before) sound += found;
    else if (sound === "" && before === "" && found === "") sound = "0";
    if (sound.length === 4) break;
    // h and w do not part two consonants of a class, vowels do.
    if (letter !== "h" && letter !== "w") before = found;
  }
  return sound;
}
