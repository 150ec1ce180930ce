import { expect, test } from "vitest";
import { company, contact } from "../../src/model/kinds.ts";
import { plantedRecords } from "../fixtures/identity/planted/plant.ts";
import type { PlantedRecord } from "../fixtures/identity/planted/record.ts";

const records = [...plantedRecords({ records: 4_000, seed: 5 })];

test("the same seed plants the same records, and more of them begin with the same", () => {
  expect([...plantedRecords({ records: 500, seed: 5 })]).toEqual(records.slice(0, 500));
  expect([...plantedRecords({ records: 500, seed: 6 })]).not.toEqual(records.slice(0, 500));
});

test("every record has a key of its own and fields of our vocabulary", () => {
  expect(new Set(records.map(({ key }) => key)).size).toBe(records.length);
  for (const { kind, fields } of records) (kind === "contact" ? contact : company).parse(fields);
});

test("every way in which CRMs confuse people occurs", () => {
  const changes = new Set(records.flatMap((record) => record.changes));
  expect([...changes].sort()).toEqual([
    "birth date mistyped",
    "email mistyped",
    "family mailbox",
    "firm's name",
    "first name mistyped",
    "initial",
    "job change",
    "last name mistyped",
    "moved",
    "names exchanged",
    "nickname",
    "no email",
    "no first name",
    "old mailbox",
    "phone typo",
    "shared mailbox",
  ]);
});

const people = records.filter((record): record is PlantedRecord & { kind: "contact" } => record.kind === "contact");

/** How often two people of one circle have what `of` gives in common. */
function shared(kind: string, of: (record: (typeof people)[number]) => string | undefined): number {
  const holders = new Map<string, Set<string>>();
  for (const person of people.filter(({ circle }) => circle.kind === kind)) {
    const value = of(person);
    const place = `${person.circle.id} ${value}`;
    if (value !== undefined) holders.set(place, (holders.get(place) ?? new Set()).add(person.truth));
  }
  return [...holders.values()].filter(({ size }) => size > 1).length;
}

test("families share a telephone and a mailbox, fathers and sons a name, colleagues a switchboard, a mailbox and at times a name", () => {
  const phone = ({ fields }: (typeof people)[number]) => fields.phone_numbers?.at(-1)?.number;
  const mailbox = ({ fields }: (typeof people)[number]) => fields.emails?.[0]?.email;
  const name = ({ fields }: (typeof people)[number]) =>
    `${fields.first_name} ${fields.last_name?.replace(/ [JS]r$/, "")}`;
  const counts = {
    familyPhones: shared("household", phone),
    familyMailboxes: shared("household", mailbox),
    familyNames: shared("household", name),
    switchboards: shared("firm", phone),
    firmMailboxes: shared("firm", mailbox),
    colleaguesOfOneName: shared("firm", name),
  };
  for (const [what, count] of Object.entries(counts)) expect([what, count > 2]).toEqual([what, true]);
});
