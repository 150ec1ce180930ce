/** A name reduced to what is compared: no accents, no case, letters and digits only. */
export function normaliseName(name: string | undefined): string {
  if (!name) return "";
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

const legalForms =
  /\b(inc|incorporated|llc|ltd|limited|corp|corporation|co|company|plc|gmbh|ag|kg|sa|sarl|srl|spa|bv|nv|ab|as|oy|pty|pte|holdings?)\b/g;

/** A company's name without its legal form, its words kept apart: "Acme, Inc." and "ACME Incorporated" are one, "Acme UK" is another. */
export function normaliseCompany(name: string | undefined): string {
  if (!name) return "";
  const plain = name.normalize("NFKD").toLowerCase().replaceAll(/[.,']/g, "").replaceAll("&", " and ");
  return words(plain.replaceAll(legalForms, " ")) || words(plain);
}

function words(text: string): string {
  return text
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(normaliseName)
    .filter((word) => word !== "")
    .join(" ");
}

export interface PartyName {
  first: string;
  last: string;
}

/**
 * Whether two names may be one person's (or, with `last` only, one company's): a part that is missing agrees with everything, a typing
 * error is forgiven, and a first name agrees with its short forms.
 */
export function namesAgree(a: PartyName, b: PartyName): boolean {
  return partsAgree(a.last, b.last, similar) && partsAgree(a.first, b.first, sameFirstName);
}

function partsAgree(a: string, b: string, same: (a: string, b: string) => boolean): boolean {
  return a === "" || b === "" || a === b || same(a, b);
}

function sameFirstName(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a) || nicknameOf(a) === nicknameOf(b) || similar(a, b);
}

/** One typing error in four letters or more, two in eight or more; a word more is no typing error ("Acme" and "Acme UK"). */
function similar(a: string, b: string): boolean {
  if (a.split(" ").length !== b.split(" ").length) return false;
  const errorsMax = Math.min(a.length, b.length) >= 8 ? 2 : Math.min(a.length, b.length) >= 4 ? 1 : 0;
  return Math.abs(a.length - b.length) <= errorsMax && editDistance(a, b) <= errorsMax;
}

/** Optimal string alignment: inserted, lost, changed and swapped letters count one each. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const nicknames = new Map(
  Object.entries({
    alex: "alexander",
    charlie: "charles",
    eddie: "edward",
    becky: "rebecca",
    debbie: "deborah",
    jon: "jonathan",
    josh: "joshua",
    katherine: "catherine",
    kathryn: "catherine",
    kathy: "catherine",
    mandy: "amanda",
    sandy: "sandra",
    terry: "terrence",
    andy: "andrew",
    tony: "anthony",
    ben: "benjamin",
    bill: "william",
    will: "william",
    bob: "robert",
    rob: "robert",
    cathy: "catherine",
    kate: "catherine",
    katie: "catherine",
    chris: "christopher",
    dan: "daniel",
    dave: "david",
    dick: "richard",
    rick: "richard",
    rich: "richard",
    ed: "edward",
    liz: "elizabeth",
    beth: "elizabeth",
    jim: "james",
    jimmy: "james",
    joe: "joseph",
    jack: "john",
    jenny: "jennifer",
    jen: "jennifer",
    larry: "lawrence",
    maggie: "margaret",
    peggy: "margaret",
    meg: "margaret",
    matt: "matthew",
    mike: "michael",
    nick: "nicholas",
    pat: "patricia",
    pete: "peter",
    sam: "samuel",
    steve: "steven",
    sue: "susan",
    ted: "edward",
    tom: "thomas",
    vicky: "victoria",
    greg: "gregory",
    jeff: "jeffrey",
    ken: "kenneth",
    ron: "ronald",
    don: "donald",
    tim: "timothy",
  }),
);

function nicknameOf(name: string): string {
  return nicknames.get(name) ?? name;
}
