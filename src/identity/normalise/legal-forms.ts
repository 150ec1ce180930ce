import { commonShareOf } from "../compare/common-words.ts";

/** What firms are in law, as names end with it; of countries whose letters are ours. */
const forms = new Set(
  `ab ag aktiengesellschaft aps as asa bhd bv bvba co companies company corp corporation cos doo eurl gbr gesmbh ggmbh gmbh holding holdings inc
  incorporated jsc kft kg kgaa kk lda limited llc lllp llp lp ltd ltda ltee mbh nv nyrt ohg oy oyj pjsc plc pllc pte pty pvt sa sadecv sapidecv
  sarl sas sasu sdn se sl slu snc spolsro sprl spzoo srl srls sro tbk ug vof zrt`.split(/\s+/),
);

/** Of those what is no word of a name anywhere. */
const plainForms = new Set(
  `aktiengesellschaft bhd bvba eurl gesmbh ggmbh gmbh inc incorporated kft kgaa llc lllp llp ltd ltda ltee mbh nyrt pjsc plc pllc pte pty pvt sadecv
  sapidecv sarl sasu sdn spolsro sprl spzoo srl srls sro zrt`.split(/\s+/),
);

/** Those that names begin with where they are usual. */
const front = /^\W*(cv|oao|ooo|pao|pt|sia|tov|uab|zao|ао|зао|оао|ооо|пао|тоо)\.?[\s"«“„]+(?=\S)/u;

/** Those that are told from words by how they are written: a spa is none. */
const writtenForms =
  /(?<![\p{L}\p{N}.])(?:S\.\s?p\.\s?A\b\.?|SpA|e\.\s?V\b\.?|e\.\s?K\b\.?|eG|eK|eV)(?![\p{L}\p{N}])/gu;

/** Those of several words, or with a stroke, as one. */
const joinedForms: readonly (readonly [form: RegExp, written: string])[] = [
  [/\bsa(pi)? de cv\b/g, "sa$1decv"],
  [/\bkg aa\b/g, "kgaa"],
  [/\bspol s ?r ?o\b/g, "spolsro"],
  [/\bsp z ?o ?o\b/g, "spzoo"],
  [/\bs r ([ol])\b/g, "sr$1"],
  [/\ba\/s\b/g, "as"],
  [/\bs\/a\b/g, "sa"],
];

/** What a part of a name ends at: `Acme Inc. (Boston)`, `Acme AG, Bern`, `Acme Corp - Sales`, `Acme Company of Canada`. */
const partEnd = /\s*[,;:()[\]]\s*|\s+[-–—/]+\s+|\s+(?=(?:of|in) )/;

/** What a name, or its form, does not end with. */
const joining = new Set(["a", "an", "de", "for", "in", "of", "the"]);

/**
 * A name in lower case without what its firm is in law. That stands at its end or at that of a part of it, `Acme GmbH & Co. KG`, in some countries
 * before it; elsewhere it is a word of the name, `AG Insurance`, unless it is no word at all. No name is left without a word.
 */
export function withoutLegalForm(name: string): string {
  const lower = name
    .replaceAll(writtenForms, " ")
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/(?<=\w)\.(?:com|net|org)\b/g, " ");
  const plain = plainText(isFormInFront(lower) ? lower.replace(front, "") : lower);
  const joined = joinedForms.reduce((text, [form, written]) => text.replaceAll(form, written), plain);
  const [first = "", ...others] = joined.split(partEnd);
  const start = withoutForms(first.split(/\s+/).filter(Boolean), 1);
  return [start, ...others.map((part) => withoutForms(part.split(/\s+/).filter(Boolean), 0))].flat().join(" ");
}

/** Without dots, and commas within numbers; `and` in words; no two blanks together, since ends of parts are looked for at each of them. */
function plainText(text: string): string {
  return text
    .replaceAll(/\.|(?<=\d),(?=\d)/g, "")
    .replaceAll(/[&+]/g, " and ")
    .replaceAll(/\s+/g, " ");
}

/** Only where the rest names somebody: PT Solutions treats patients. */
function isFormInFront(name: string): boolean {
  const [form] = front.exec(name) ?? [];
  return form !== undefined && commonShareOf(/^[\p{L}\p{N}]*/u.exec(name.slice(form.length))?.[0] ?? "") === undefined;
}

/** A part's words without the forms at its end, and without those that are no words and what goes with them; of its first so many one is kept. */
function withoutForms(words: readonly string[], keptMin: number): string[] {
  const kept: string[] = [];
  let isBehindForm = false;
  words.forEach((word, n) => {
    const isPlain = n >= keptMin && plainForms.has(bare(word));
    const goesWith = isBehindForm && (isForm(word) || (bare(word) === "and" && isForm(words[n + 1])));
    isBehindForm = isPlain || goesWith;
    if (!isBehindForm) kept.push(word);
  });
  while (kept.length > keptMin && isForm(kept.at(-1)) && !joining.has(bare(kept.at(-2)))) {
    kept.pop();
    while (kept.length > keptMin && bare(kept.at(-1)) === "and") kept.pop();
  }
  return kept;
}

const isForm = (word: string | undefined): boolean => forms.has(bare(word));

/** A word without quotes and the like around it. */
const bare = (word = ""): string => /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/u.exec(word)?.[0] ?? "";
