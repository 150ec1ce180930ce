import { remembered } from "../../lib/remembered.ts";
import { withinEdits } from "./similarity.ts";

/** How many names are kept in mind with what they are reduced to. */
const namesMax = 20_000;

/** A name reduced to what is compared: no accents, no case, letters and digits only. */
export function normaliseName(name: string | undefined): string {
  return name ? reducedName(name) : "";
}

const reducedName = remembered((name) => {
  const lower = name.toLowerCase();
  return /^[a-z0-9]+$/.test(lower) ? lower : lettersAndDigits(name);
}, namesMax);

function lettersAndDigits(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

const legalForms =
  /\b(inc|incorporated|llc|ltd|limited|corp|corporation|co|company|plc|gmbh|ag|kg|sa|sarl|srl|spa|bv|nv|ab|as|oy|pty|pte|holdings?)\b/g;

/** A company's name without its legal form, its words kept apart: "Acme, Inc." and "ACME Incorporated" are one, "Acme UK" is another. */
export function normaliseCompany(name: string | undefined): string {
  return name ? reducedCompany(name) : "";
}

const reducedCompany = remembered((name) => {
  const plain = name.normalize("NFKD").toLowerCase().replaceAll(/[.,']/g, "").replaceAll("&", " and ");
  return words(plain.replaceAll(legalForms, " ")) || words(plain);
}, namesMax);

function words(text: string): string {
  return text
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(lettersAndDigits)
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
  return a.startsWith(b) || b.startsWith(a) || formalName(a) === formalName(b) || similar(a, b);
}

/** One typing error in four letters or more, two in eight or more; a word more is no typing error ("Acme" and "Acme UK"). */
function similar(a: string, b: string): boolean {
  if (a.split(" ").length !== b.split(" ").length) return false;
  const errorsMax = Math.min(a.length, b.length) >= 8 ? 2 : Math.min(a.length, b.length) >= 4 ? 1 : 0;
  return withinEdits(a, b, errorsMax);
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
    al: "albert",
    abby: "abigail",
    barb: "barbara",
    bella: "isabella",
    bertie: "robert",
    bobby: "robert",
    billy: "william",
    carol: "caroline",
    chuck: "charles",
    cindy: "cynthia",
    connie: "constance",
    danny: "daniel",
    deb: "deborah",
    debra: "deborah",
    dot: "dorothy",
    drew: "andrew",
    erik: "eric",
    frank: "francis",
    fred: "frederick",
    freddie: "frederick",
    gabi: "gabriella",
    gerry: "gerald",
    hal: "henry",
    harry: "henry",
    hank: "henry",
    howie: "howard",
    izzy: "isabella",
    jackie: "jacqueline",
    jake: "jacob",
    jamie: "james",
    jess: "jessica",
    jessie: "jessica",
    jerry: "gerald",
    joey: "joseph",
    johnny: "john",
    kathleen: "catherine",
    kim: "kimberly",
    len: "leonard",
    leo: "leonard",
    lizzie: "elizabeth",
    betty: "elizabeth",
    lou: "louis",
    luke: "lucas",
    maddie: "madeline",
    mick: "michael",
    mickey: "michael",
    millie: "mildred",
    mitch: "mitchell",
    molly: "mary",
    nate: "nathaniel",
    nathan: "nathaniel",
    ned: "edward",
    nicky: "nicole",
    phil: "philip",
    phillip: "philip",
    polly: "mary",
    ray: "raymond",
    robbie: "robert",
    sandra: "alexandra",
    sally: "sarah",
    sara: "sarah",
    stephen: "steven",
    stu: "stuart",
    stewart: "stuart",
    susie: "susan",
    suzanne: "susan",
    teddy: "edward",
    tess: "theresa",
    teresa: "theresa",
    tina: "christina",
    tommy: "thomas",
    trish: "patricia",
    val: "valerie",
    vince: "vincent",
    wes: "wesley",
    willie: "william",
    zach: "zachary",
    zack: "zachary",
  }),
);

/** The name a short form stands for. @example formalName("bob") // "robert" */
export function formalName(name: string): string {
  return nicknames.get(name) ?? name;
}
