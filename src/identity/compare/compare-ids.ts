import { freeMailDomains } from "../../mapping/free-mail.ts";
import { missing } from "./levels.ts";
import { bitsOf, jaroWinkler, lettersOf, withinEdits } from "./similarity.ts";

/** Levels of `birth_date`. */
const birth = { exact: 0, one_error: 1, partial: 2, near: 3, apart: 4, different: 5 };

const yearMs = 366 * 24 * 60 * 60 * 1000;
/** As many years lie between the youngest parent and a child, with some to spare. */
const generationYears = 12;

/** A date made ready for comparing. */
export interface DateParts {
  text: string;
  year: string;
  month: string;
  day: string;
  ms: number;
}

/** @param text `YYYY-MM-DD` */
export function dateParts(text: string): DateParts {
  return { text, year: text.slice(0, 4), month: text.slice(5, 7), day: text.slice(8), ms: Date.parse(text) };
}

/**
 * Two dates. Day and month the other way round are one error, as is a wrong digit. The first of January mostly stands for a date of which
 * only the year is known: then day and month say nothing.
 */
export function compareDates(a: DateParts, b: DateParts): number {
  if (a.text === b.text) return birth.exact;
  const sameYear = a.year === b.year;
  if (isYearOnly(a) || isYearOnly(b)) return sameYear ? birth.partial : birth[distance(a, b)];
  if ((sameYear && a.month === b.day && a.day === b.month) || isOneSlip(a.text, b.text)) return birth.one_error;
  if (Number(sameYear) + Number(a.month === b.month) + Number(a.day === b.day) >= 2) return birth.partial;
  return birth[distance(a, b)];
}

function isYearOnly({ month, day }: DateParts): boolean {
  return month === "01" && day === "01";
}

function distance(a: DateParts, b: DateParts): "near" | "apart" | "different" {
  const apartMs = Math.abs(a.ms - b.ms);
  if (apartMs <= yearMs) return "near";
  return apartMs < generationYears * yearMs ? "apart" : "different";
}

/** One digit changed, or two neighbours exchanged, also across a hyphen. */
function isOneSlip(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let differing = 0;
  for (let at = 0; at < a.length && differing < 3; at++) if (a.charCodeAt(at) !== b.charCodeAt(at)) differing++;
  return differing === 1 || (differing === 2 && withinEdits(a.replaceAll("-", ""), b.replaceAll("-", ""), 1));
}

/** An id and its type; only ids of one type say anything of each other. */
export interface IdParts {
  type: string;
  number: string;
}

export function idParts(text: string): IdParts {
  const colon = text.indexOf(":");
  return { type: text.slice(0, colon), number: text.slice(colon + 1) };
}

/** Two ids: exact, one typing error (two in seven characters or more), different. */
export function compareIds(a: IdParts, b: IdParts): number {
  if (a.type !== b.type) return missing;
  if (a.number === b.number) return 0;
  const errorsMax = Math.min(a.number.length, b.number.length) > 6 ? 2 : 1;
  return withinEdits(a.number, b.number, errorsMax) ? 1 : 2;
}

/** Levels of `phone`. */
const phone = { exact: 0, local: 1, one_error: 2, different: 3 };

/** Two telephone numbers. The last seven digits are the number itself where country or area was left out or is wrong. */
export function comparePhones(a: string, b: string): number {
  if (a === b) return phone.exact;
  const end = a.length - 7;
  if (a.charCodeAt(a.length - 1) === b.charCodeAt(b.length - 1) && a.slice(end) === b.slice(-7)) return phone.local;
  if (Math.min(a.length, b.length) < 9 || Math.abs(a.length - b.length) > 1) return phone.different;
  // An area and a few digits are common to many; one slip is told only from the whole.
  let start = 0;
  while (start < a.length && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let rest = 0;
  const room = Math.min(a.length, b.length) - start;
  while (rest < room && a.charCodeAt(a.length - 1 - rest) === b.charCodeAt(b.length - 1 - rest)) rest++;
  if (start + rest < a.length - 2) return phone.different;
  return withinEdits(a, b, 1) ? phone.one_error : phone.different;
}

/** Two mobiles' numbers. That they differ, `phone` says. */
export function compareMobiles(a: string, b: string): number {
  return a === b ? 0 : missing;
}

/** Levels of `email`. */
const email = { exact: 0, one_error: 1, similar: 2, same_local: 3, numbered: 4, same_host: 5, different: 6 };

/** An e-mail address made ready for comparing. */
export interface EmailParts {
  address: string;
  local: string;
  domain: string;
  /** The local part without digits, and the digits. */
  stem: string;
  digits: string;
  localLetters: number;
  domainLetters: number;
  isNamed: boolean;
  /** At a host where anybody can have an address. */
  isCrowded: boolean;
}

/** @param marked the address after `=` where it is made of its owner's name, else after `-` */
export function emailParts(marked: string): EmailParts {
  const address = marked.slice(1);
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const isNumbered = /\d/.test(local);
  return {
    address,
    local,
    domain,
    stem: isNumbered ? local.replaceAll(/\d/g, "") : local,
    digits: isNumbered ? local.replaceAll(/\D/g, "") : "",
    localLetters: lettersOf(local),
    domainLetters: lettersOf(domain),
    isNamed: marked.startsWith("="),
    isCrowded: freeMailDomains.has(domain),
  };
}

/**
 * Two e-mail addresses. The same mailbox name at another host says nothing new where it is made of the owner's name: the names
 * have said it. A digit or an initial more at the same host is another mailbox, no typing error.
 */
export function compareEmails(a: EmailParts, b: EmailParts): number {
  // Most differ in their letters: that is seen without reading them.
  const isOneLocal = a.localLetters === b.localLetters && a.local === b.local;
  if (a.domainLetters === b.domainLetters && a.domain === b.domain)
    return isOneLocal ? email.exact : compareMailboxes(a, b);
  if (isOneLocal) return sameLocal(a, b);
  if (!mayBeAlike(a, b) || Math.min(a.local.length, b.local.length) < 5) return email.different;
  if (withinEdits(a.address, b.address, 2)) return email.one_error;
  if (jaroWinkler(a.local, b.local) < 0.92) return email.different;
  return jaroWinkler(a.domain, b.domain) >= 0.9 ? email.similar : email.different;
}

/** Two mailboxes of one host. Two made of one name, `ann` and `ann.lee`, are alike without being a slip of each other. */
function compareMailboxes(a: EmailParts, b: EmailParts): number {
  const other = a.isCrowded ? email.different : email.same_host;
  if (a.stem === b.stem) return a.digits === b.digits ? email.one_error : email.numbered;
  if (!mayBeAlike(a, b) || Math.min(a.local.length, b.local.length) < 5) return other;
  if (isOtherInitial(a.local, b.local)) return email.numbered;
  if (a.isCrowded) return isSlipAmongMany(a, b) ? email.one_error : other;
  if (withinEdits(a.local, b.local, 2)) return email.one_error;
  if ((a.isNamed && b.isNamed) || isFirstWord(a.local, b.local)) return other;
  return jaroWinkler(a.local, b.local) >= 0.92 ? email.similar : other;
}

/** Whether one is the first word of the other: `brittany` of `brittany.lee`. */
function isFirstWord(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long.startsWith(short) && /[-_.]/.test(long.charAt(short.length));
}

/** Where anybody can have an address, most mailboxes have neighbours: one letter may be a slip, a digit is another person's. */
function isSlipAmongMany(a: EmailParts, b: EmailParts): boolean {
  return a.digits === b.digits && withinEdits(a.stem, b.stem, 1);
}

/** One letter more or another at an end, `meghanm` and `meghanr`: it stands for another surname, and is no slip. */
function isOtherInitial(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  if (short.length < long.length) return long.startsWith(short) || long.endsWith(short);
  return short.slice(1) === long.slice(1) || short.slice(0, -1) === long.slice(0, -1);
}

/** Whether four errors can lie between them: each brings or takes at most two letters. */
function mayBeAlike(a: EmailParts, b: EmailParts): boolean {
  if (Math.abs(a.address.length - b.address.length) > 4) return false;
  return bitsOf(a.localLetters ^ b.localLetters) <= 4 && bitsOf(a.domainLetters ^ b.domainLetters) <= 6;
}

function sameLocal(a: EmailParts, b: EmailParts): number {
  if (Math.min(a.domain.indexOf("."), b.domain.indexOf(".")) > 3 && withinEdits(a.domain, b.domain, 2))
    return email.one_error;
  if (a.isNamed || b.isNamed) return missing;
  return a.local.length > 4 ? email.same_local : email.different;
}

/** Levels of `generation`. */
const generation = { exact: 0, omitted: 1, different: 2 };

/** What two records say of their generation. That only one says anything is another matter: see `loneLevel`. */
export function compareGenerations(a: string, b: string): number {
  return a === b ? generation.exact : generation.different;
}
