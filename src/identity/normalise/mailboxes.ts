import type { PersonName } from "./person-names.ts";

/**
 * The mailboxes that may be a person's own: who gives a surname alone may be any of the family that reads `family.lee@`.
 * @example ownMailboxes(["thelees@home.example", "ann@lee.example"], { first: "", last: "lee" }) // ["ann@lee.example"]
 */
export function ownMailboxes(
  emails: readonly string[],
  { first, last }: Pick<PersonName, "first" | "last">,
): readonly string[] {
  if (first !== "" || last === "") return emails;
  return emails.filter((email) => !isFamilyMailbox(email.slice(0, email.lastIndexOf("@")).toLowerCase(), last));
}

/** Whether a family reads a mailbox together, by what it is called: `family.lee`, `thelees`, `bob.and.sue`. */
function isFamilyMailbox(local: string, last: string): boolean {
  const words = local.split(/[^\p{L}]+/u);
  if (words.some((word) => familyWords.has(word) || (joints.has(word) && words.length > 2))) return true;
  const [joined, surname] = [words.join(""), last.replaceAll(" ", "")];
  if (surname.length < 3 || !joined.includes(surname)) return false;
  const rest = joined.replace(surname, " ");
  return /^the (?:e?s)?$/.test(rest) || familyWords.has(rest.trim());
}

const familyWords = new Set("fam familia familie famiglia famille family household".split(" "));
const joints = new Set("and et und".split(" "));
