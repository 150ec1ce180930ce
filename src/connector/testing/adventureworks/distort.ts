import { type Distortion, distortions, type Person, type Seat } from "./model.ts";
import { retypedPhone } from "./phones.ts";
import type { Random } from "./random.ts";

/** Counts what was done to the truth. */
export interface Tally {
  note(distortion: Distortion): void;
  readonly counts: ReadonlyMap<Distortion, number>;
}

/** A tally with every distortion at zero. */
export function openTally(): Tally {
  const counts = new Map<Distortion, number>(distortions.map((distortion) => [distortion, 0]));
  return { note: (distortion) => void counts.set(distortion, (counts.get(distortion) ?? 0) + 1), counts };
}

const nicknames: Readonly<Record<string, string>> = {
  Alexander: "Alex",
  Alexandra: "Alex",
  Andrew: "Andy",
  Anthony: "Tony",
  Benjamin: "Ben",
  Charles: "Charlie",
  Christina: "Tina",
  Christopher: "Chris",
  Daniel: "Dan",
  Edward: "Ed",
  Elizabeth: "Liz",
  Gabriella: "Gabi",
  Gregory: "Greg",
  Isabella: "Bella",
  James: "Jim",
  Jennifer: "Jen",
  Jessica: "Jess",
  Jonathan: "Jon",
  Joseph: "Joe",
  Katherine: "Kate",
  Kimberly: "Kim",
  Matthew: "Matt",
  Michael: "Mike",
  Nathaniel: "Nate",
  Nicholas: "Nick",
  Nicole: "Nicky",
  Patricia: "Pat",
  Rebecca: "Becky",
  Richard: "Rick",
  Robert: "Rob",
  Samantha: "Sam",
  Samuel: "Sam",
  Steven: "Steve",
  Thomas: "Tom",
  Timothy: "Tim",
  Victoria: "Vicky",
  William: "Bill",
};

/** How one system spells a person's name: mostly right, now and then short or mistyped. */
export function writtenName(person: Person, tally: Tally, random: Random): Pick<Person, "firstName" | "lastName"> {
  const { firstName, lastName } = person;
  const nickname = nicknames[firstName];
  if (nickname && random.chance(0.2)) {
    tally.note("nickname");
    return { firstName: nickname, lastName };
  }
  if (!random.chance(0.03)) return { firstName, lastName };
  tally.note("name typo");
  return random.chance(0.5)
    ? { firstName: mistyped(firstName, random), lastName }
    : { firstName, lastName: mistyped(lastName, random) };
}

/** What makes one record's mailbox another than the person's own. */
export interface MailboxCircumstances {
  readonly seat: Seat;
  /** The one record of this person that has it differently. */
  readonly isOdd: boolean;
  /** The company's domain, where its people give the firm's mailbox. */
  readonly sharedDomain: string | null;
  /** Addresses this system has already taken and lets nobody else have; null where it does not mind. */
  readonly taken: Set<string> | null;
}

/** The address one system has for a person, or null. HubSpot admits each address once: there a second holder has none. */
export function writtenEmail(
  person: Person,
  circumstances: MailboxCircumstances,
  tally: Tally,
  random: Random,
): string | null {
  const email = wishedEmail(person, circumstances, tally, random);
  const { taken } = circumstances;
  if (email === null || taken === null) return email;
  if (taken.has(email.toLowerCase())) {
    tally.note("missing email");
    return null;
  }
  taken.add(email.toLowerCase());
  return email;
}

function wishedEmail(
  person: Person,
  { seat, isOdd, sharedDomain }: MailboxCircumstances,
  tally: Tally,
  random: Random,
): string | null {
  if (sharedDomain !== null && seat.system !== "hubspot" && random.chance(0.6)) {
    tally.note("shared mailbox");
    return `${seat.system === "netsuite" ? "info" : "sales"}@${sharedDomain}`;
  }
  if (seat.isDuplicate && seat.object === "contacts") return changedEmail(person, "old mailbox", tally);
  if (!isOdd) return person.email;
  const changes = [
    "old mailbox",
    "old mailbox",
    "plus tag",
    "upper-case email",
    "upper-case email",
    "email typo",
    "freemail",
    "missing email",
  ] as const;
  return changedEmail(person, random.pick(changes), tally, random);
}

type EmailChange = "old mailbox" | "plus tag" | "upper-case email" | "email typo" | "freemail" | "missing email";

function changedEmail(person: Person, change: EmailChange, tally: Tally, random?: Random): string | null {
  tally.note(change);
  const [local = "", domain = ""] = person.email.split("@");
  const number = person.customerId.replace(/^\D+/, "");
  if (change === "missing email") return null;
  if (change === "old mailbox") return `${local}.${number}@mailbox-of-old.example`;
  if (change === "freemail") return `${local}.${number}@gmail.com`;
  if (change === "plus tag") return `${local}+bikes@${domain}`;
  if (change === "upper-case email" || !random) return person.email.toUpperCase();
  return `${mistyped(local, random)}@${domain}`;
}

/** How one system has the telephone number: as it is, respelled, the firm's own, or not at all. */
export function writtenPhone(person: Person, switchboard: string | null, tally: Tally, random: Random): string | null {
  const throwAt = random.next();
  if (throwAt < 0.16) {
    tally.note("missing phone");
    return null;
  }
  if (switchboard !== null && throwAt < 0.3) {
    tally.note("switchboard phone");
    return switchboard;
  }
  if (throwAt > 0.8) return person.phone;
  tally.note("reformatted phone");
  return retypedPhone(person.phone, person.address.country, random);
}

/** A company's name in another spelling. */
export function variantName(name: string, random: Random): string {
  return random.pick([
    name.toUpperCase(),
    `${name} Inc.`,
    name.replace(" and ", " & "),
    name.replace("Company", "Co."),
    mistyped(name, random),
  ]);
}

/** Two neighbouring letters in the middle exchanged, or one lost. */
function mistyped(word: string, random: Random): string {
  if (word.length < 4) return `${word}${word.at(-1)}`;
  const at = random.int(1, word.length - 3);
  const swapped = word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
  return swapped === word || random.chance(0.4) ? word.slice(0, at) + word.slice(at + 1) : swapped;
}
