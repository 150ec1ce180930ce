/**
 * How a name in Hangul, kana, Khmer, Georgian, Armenian or a script of India is read, in Latin letters. Roughly: their bearers spell
 * themselves as they like, so that it tells that two names may be one, and not that they are two. Of other scripts the text as it is.
 * @param text in lower case, its vowel signs on their letters
 * @example readingIn("김"); readingIn("राजेश") // "kim"; "rajesh"
 */
export function readingIn(text: string): string {
  if (/\p{Script=Hangul}/u.test(text)) return text.split(" ").map(koreanWord).join(" ");
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return japanese(text);
  if (/\p{Script=Khmer}/u.test(text)) return syllables(text, khmer);
  if (/[\u0900-\u0d7f]/.test(text)) return indian(text);
  return text
    .replaceAll("ու", "u")
    .replaceAll("եւ", "ev")
    .replaceAll(/[ა-ჰա-ֆ]/gu, (letter) => letters.get(letter) ?? letter);
}

const initialSounds = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ");
const vowelSounds = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(" ");
const finalSounds = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ");

/** Surnames as their bearers write them. */
const koreanSurnames = new Map(
  Object.entries({
    ...{
      김: "kim",
      이: "lee",
      박: "park",
      최: "choi",
      정: "jung",
      강: "kang",
      조: "cho",
      윤: "yoon",
      임: "lim",
      오: "oh",
    },
    ...{
      신: "shin",
      유: "yoo",
      안: "ahn",
      권: "kwon",
      문: "moon",
      우: "woo",
      구: "koo",
      노: "noh",
      곽: "kwak",
      길: "gil",
    },
  }),
);

function koreanWord(word: string): string {
  const read = [...word].map((syllable) => {
    const code = syllable.charCodeAt(0) - 0xac00;
    if (code < 0 || code >= 19 * 588) return syllable;
    return `${initialSounds[Math.floor(code / 588)]}${vowelSounds[Math.floor((code % 588) / 28)]}${finalSounds[code % 28]}`;
  });
  return koreanSurnames.get(word) ?? read.join("");
}

/**
 * A name of two to four syllables of Hangul, the surname first; null of any other.
 * @example hangulName("김민수") // { last: "김", first: "민수" }
 */
export function hangulName(text: string): { first: string; last: string } | null {
  const [, spacedLast, spacedFirst] = /^(\p{Script=Hangul}{1,2}) (\p{Script=Hangul}{1,3})$/u.exec(text) ?? [];
  if (spacedLast && spacedFirst) return { first: spacedFirst, last: spacedLast };
  if (!/^\p{Script=Hangul}{2,4}$/u.test(text)) return null;
  const end = text.length > 2 && /^(?:남궁|황보|제갈|선우|독고|사공|서문)/.test(text) ? 2 : 1;
  return { first: text.slice(end), last: text.slice(0, end) };
}

/** From ァ on, small letters beside their large ones. */
const kana = new Map<string, string>(
  (
    "ア:a イ:i ウ:u エ:e オ:o カ:ka ガ:ga キ:ki ギ:gi ク:ku グ:gu ケ:ke ゲ:ge コ:ko ゴ:go サ:sa ザ:za シ:shi ジ:ji ス:su ズ:zu セ:se ゼ:ze ソ:so ゾ:zo " +
    "タ:ta ダ:da チ:chi ヂ:ji ツ:tsu ヅ:zu テ:te デ:de ト:to ド:do ナ:na ニ:ni ヌ:nu ネ:ne ノ:no ハ:ha バ:ba パ:pa ヒ:hi ビ:bi ピ:pi フ:fu ブ:bu プ:pu " +
    "ヘ:he ベ:be ペ:pe ホ:ho ボ:bo ポ:po マ:ma ミ:mi ム:mu メ:me モ:mo ヤ:ya ユ:yu ヨ:yo ラ:ra リ:ri ル:ru レ:re ロ:ro ワ:wa ヲ:o ン:n ヴ:vu " +
    "ァ:a ィ:i ゥ:u ェ:e ォ:o ー:"
  )
    .split(" ")
    .map((pair): [string, string] => [pair.charAt(0), pair.slice(2)]),
);

/** Long vowels as most write them, `Taro` and `Yuko`. */
function japanese(text: string): string {
  return [...text.replaceAll(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))]
    .map((letter) => kana.get(letter) ?? letter)
    .join("")
    .replaceAll(/(sh|ch|j)i([ャュョ])/g, (_, start: string, small: string) => `${start}${smallVowels.get(small)}`)
    .replaceAll(/i([ャュョ])/g, (_, small: string) => `y${smallVowels.get(small)}`)
    .replaceAll(/ッ([a-z])/g, "$1$1")
    .replaceAll(/ou|oo/g, "o")
    .replaceAll("uu", "u");
}

const smallVowels = new Map([
  ["ャ", "a"],
  ["ュ", "u"],
  ["ョ", "o"],
]);

/** A script whose consonants are followed by a vowel of their own, unless a sign says another one, or none. */
interface Syllabary {
  consonants: ReadonlyMap<string, string>;
  /** Vowels, and marks that are not read. */
  signs: ReadonlyMap<string, string>;
  own: string;
}

function syllables(text: string, { consonants, signs, own }: Syllabary): string {
  return text
    .split(" ")
    .map((word) => {
      const marks = [...word];
      return marks
        .map((mark, at) => {
          const consonant = consonants.get(mark);
          if (consonant === undefined) return signs.get(mark) ?? mark;
          const next = marks[at + 1];
          // The last consonant of a word has no vowel.
          return next !== undefined && consonants.has(next) ? `${consonant}${own}` : consonant;
        })
        .join("");
    })
    .join(" ");
}

const khmer: Syllabary = {
  consonants: pairs(
    "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ",
    "k kh k kh ng ch ch ch ch nh d th d th n t th t th n b ph p ph m y r l v s h l a",
  ),
  signs: new Map([
    ...pairs("ាិីឹឺុូួើឿៀេែៃោៅំ", "a i i i eu u u uo oe oea ie e ae ai o au m"),
    ...[..."ះ់៉៊៍្"].map((mark): [string, string] => [mark, ""]),
  ]),
  own: "a",
};

/** The blocks of India's scripts have one order, which Devanagari's stands for here. */
const devanagari: Syllabary = {
  consonants: pairs(
    "कखगघङचछजझञटठडढणतथदधनऩपफबभमयरऱलळऴवशषसह",
    "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h",
  ),
  signs: new Map([
    ...pairs("अआइईउऊऋऎएऐऒओऔािीुूृॆेैॊोौँंः", "a a i i u u ri e e ai o o au a i i u u ri e e ai o o au n n h"),
    ["़", ""],
    ["्", ""],
  ]),
  own: "a",
};

/** Blocks whose names end in the vowel of their last consonant: Telugu, Kannada, Malayalam. */
const sounded = /[\u0c00-\u0d7f]/;

function indian(text: string): string {
  const written = text.replaceAll(/[\u0900-\u0d7f]/g, (letter) =>
    String.fromCharCode(0x0900 + (letter.charCodeAt(0) & 0x7f)),
  );
  const read = syllables(written, devanagari);
  const last = written.at(-1) ?? "";
  return sounded.test(text) && devanagari.consonants.has(last) ? `${read}${devanagari.own}` : read;
}

const letters = new Map([
  ...pairs(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "a b g d e v z t i k l m n o p zh r s t u p k gh k sh ch ts dz ts ch kh j h",
  ),
  ...pairs(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
    "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f",
  ),
]);

function pairs(from: string, to: string): Map<string, string> {
  const latin = to.split(" ");
  return new Map([...from].map((letter, n) => [letter, latin[n] ?? ""]));
}
